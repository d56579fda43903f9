// Package userinfo is the userinfo endpoint (OpenID Connect Core 1.0 §5.3): a client gets the
// claims that a person released to it, as JSON or as a signed JWT, as it registered.
//
// It is a protected resource whose only audience is the issuer: an access token for some API
// opens nothing here. A bearer token comes in the Authorization header or in the form body of a
// POST (RFC 6750 §2), never in the URL.
package userinfo
