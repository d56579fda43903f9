// Package mail is what mails and text messages say and how they look: for each notify.Kind a
// subject, sentences, and perhaps a code, a button and some facts, in every part.Locale.
//
// Like the pages, it is pure: Render turns a message and a Brand into text and HTML and decides
// nothing. Mails differ from pages where mail programs do: the style stands in the document, and
// nothing is loaded from anywhere, so that opening a mail tells nobody. A brand is seen by its name
// and colours, light and dark; its logo, which most programs would not load, is left to the pages.
//
// Words that people chose (names of apps, devices and persons) are escaped, and what a mail
// program would turn into a link is pulled apart (security row AU29): the only links are ours.
package mail
