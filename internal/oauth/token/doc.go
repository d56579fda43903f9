// Package token is the token endpoint (RFC 6749 §3.2): one pipeline in token.go and one file per
// grant type.
//
// The pipeline reads the form once, finds the grant type, authenticates the client and asks
// whether it may use the grant; then the grant type takes the parameters that it knows, in types,
// and everything else is dropped. A grant type changes what is remembered inside guard (a code is
// spent, a refresh token rotated) and signs after the commit.
//
// A token is for one audience: an API (RFC 8707), or the issuer itself, whose only API is
// userinfo. target.go chooses it and narrows the scopes: grant ∩ request ∩ client ∩ API ∩ what
// the person may do now.
package token
