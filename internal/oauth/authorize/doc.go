// Package authorize is the authorization endpoint (RFC 6749 §3.1, OpenID Connect Core 1.0
// §3.1.2): it judges a client's request, finds out who sits at the browser and whether that
// person agrees, and hands the client a code.
//
// The checks of a request stand in one table, in steps.go, in the order in which they are made.
// The first two decide where an error may go: before the client and its redirect URI are known
// to belong together a person sees a page, afterwards the client gets a redirect or a form.
//
// A request that needs a person becomes an interaction: its parameters are stored, pages of
// other rooms do what they do, and /oauth/authorize/resume reads the parameters again and makes
// all checks again, so that nothing that changed meanwhile is overlooked. Nothing of a request
// is ever kept in the browser but the interaction's id.
//
// The room draws no page. Whoever wires it gives it Pages.
package authorize
