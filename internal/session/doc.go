// Package session holds the server-side sessions of people in browsers: OpenID Connect's end-user
// sessions, shared by all clients of a tenant (single sign-on).
//
// The browser has an opaque random cookie, the row its digest. A session is alive while it is
// not ended, neither idle for too long nor past its absolute end (NIST SP 800-63B-4 §5.2), and
// its account is active and in the epoch in which the session began: all of it is part of the
// one look-up, so an account that is disabled has no session from that moment.
package session
