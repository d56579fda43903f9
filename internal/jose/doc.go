// Package jose signs and verifies JSON Web Tokens (RFC 7519) in compact form
// (RFC 7515 §3.1) and keeps the keys for that (RFC 7517).
//
// A key is bound to one algorithm when it is made or read, and every choice is
// made by the key and the caller's list, never by the token's header (RFC 8725
// §3.1). There is no encryption (RFC 7516), no JSON serialisation, no "none", and
// no symmetric algorithm outside VerifyHMAC, which serves the command line only.
//
// github.com/go-jose/go-jose/v4 parses and prints keys and checks signatures.
// Signing calls crypto/* directly: see signer.go for the measured reason.
package jose
