// Package oauth is the vocabulary of the OAuth family: the words that the
// protocol rooms, the clients and the sessions have in common. Every type here
// is made by a constructor that parses, so a value in hand is valid; the zero
// value of each type means "absent" and never passes for a chosen value.
//
// It holds scopes and errors (RFC 6749), redirect targets (RFC 6749 §3.1.2,
// RFC 8252), return paths, PKCE (RFC 7636), resource indicators (RFC 8707) and
// the closed parameter values of RFC 6749, RFC 7009 and OpenID Connect Core 1.0.
//
// It does not know HTTP handlers, rows, keys or tokens, and imports only the
// standard library.
package oauth
