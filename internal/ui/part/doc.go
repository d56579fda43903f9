// Package part holds what all pages share: the document and its frame, the
// components, the messages in each language, icons, style sheets and scripts.
//
// It is the vocabulary of the ui family and stands below its pages. A page
// room embeds its templates and hands them to [Parse]; a template defines
// "title" and "main", may define "head", and may define "frame" to replace the
// centred card by its own.
//
// In templates these are at hand:
//
//	{{t "key" "name" value}}     a message, as text
//	{{rich "key" "name" value}}  a message whose values are set off in <bdi>
//	{{say .Error}}               a *[Message]
//	{{icon "check"}}             an inline drawing, hidden from screen readers
//	{{asset "cardea.css"}}       the address of an asset
//	{{locale}}                   the language of the page
//
// Calls with nothing but one literal are resolved while the template is
// parsed: they cost nothing per page, and an unknown key, icon or asset is an
// error of the template.
//
// Nothing here is written by an operator or an app except as a value, and
// values only ever become text or quoted attributes.
package part
