// Package revoke is the revocation endpoint (RFC 7009): a client says that it needs a token no
// more.
//
// A refresh token takes its whole grant along, with every access token of it. An access token
// goes alone: an app that drops one token keeps the connection that the person allowed. A JWT
// access token is inactive for introspection and for this server from then on; an API that
// verifies JWTs by itself learns of it when the token expires.
package revoke
