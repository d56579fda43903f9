// Package client holds the applications: clients in the words of RFC 6749 §2, with the
// metadata of RFC 7591 §2 that this server understands.
//
// A confidential client has a random secret of which only a keyed digest is stored: 256 random
// bits need no password hash. A public client has none and always proves PKCE. What a client
// may ask for — grants, scopes, redirect URIs — is an allow-list here and nowhere else.
package client
