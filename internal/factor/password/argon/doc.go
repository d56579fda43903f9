// Package argon hashes passwords and checks them.
//
// A stored password is a PHC string,
//
//	$argon2id$v=19$m=19456,t=2,p=1,keyid=azE$<salt>$<hash>
//
// that carries its own parameters, so that cost can be raised over time and old
// hashes are replaced at the next sign-in. Before argon2id the password passes a
// keyed step: HMAC-SHA-256 under a pepper that lives apart from the database.
// Whoever reads only the database cannot test a single guess. The key's id stands
// in the string, so that peppers rotate.
//
// [Hasher] runs at most one hash per processor and lets others wait a bounded
// time, so that a storm of sign-ins costs neither memory nor the other endpoints.
//
// Standards: RFC 9106 (argon2id), NIST SP 800-63B-4 §3.1.1.2 (salted, slow, with
// an extra keyed step), OWASP Password Storage Cheat Sheet (parameters).
//
// The package knows no accounts and stores nothing.
package argon
