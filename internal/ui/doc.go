// Package ui is what people see of Cardea: the family of page rooms.
//
// A page is one typed struct in Go with one HTML template beside it, and one
// method, Render. Pages are pure: they open no transaction, read no request
// and decide nothing. Whoever handles the request fills in the struct, with
// every address, hidden field and word already chosen.
//
//	part     layout, components, messages, icons, style sheets, scripts
//	signin   sign-in form, account chooser, proving it is still you
//	passkey  signing in with a passkey, adding the first one during a sign-in
//	security a person's ways to sign in
//	consent  what an app asks for, approve or deny
//	account  a person's own pages: profile, password, sessions, apps
//	mail     what mails and text messages say and how they look
//	inbox    the development inbox
//	notice   errors, signed out, signing out, first set-up, form_post
//
// Every page works without script and without style, in every [part.Locale],
// and carries nothing from another origin. The tests of this package hold all
// pages of all rooms to that.
package ui
