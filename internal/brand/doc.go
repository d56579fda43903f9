// Package brand is how the pages of a tenant look: colours, corners, font, layout, logo, icon, a
// help link, and the wording of some headings. An application may have a brand of its own, which
// is laid over the tenant's; what neither says stays as it is built in.
//
// A brand is made of typed tokens and nothing else. Colours are parsed, and a theme that people
// could not read is refused (WCAG 2.2, success criteria 1.4.3 and 1.4.11). The style sheet is
// computed from the tokens, so no text of an administrator becomes CSS, and its name is written
// with all of its tokens: whoever asks for the name gets the same bytes, today and on every node.
// Pictures are decoded and drawn anew, so nothing that was uploaded is served. Words replace
// messages of a closed list that package ui/part keeps: a brand can neither drop nor change a
// field, a line of the consent page, or what a page says about security.
//
// What a brand is laid over is a [Scope]. Its kinds are the tenant and its applications.
package brand
