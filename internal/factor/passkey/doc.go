// Package passkey is the factor of a key that never leaves its owner's authenticators and signs
// for our origin only: W3C Web Authentication Level 3 from the relying party's side.
//
// There are two ceremonies. Each begins with a challenge, a one-time row bound to what is under
// way, and ends by spending it in the transaction of its effect:
//
//	registration  on the account's pages (bound to session and account), or during a sign-in whose
//	              policy asks for more than the person has (bound to the interaction)
//	assertion     a sign-in (bound to the interaction and its browser): first, when nobody is known
//	              and the key says who is there, or as second factor of a person who is known
//
// Parsing and arithmetic are pure and know no rows: response.go decodes what a browser sent,
// clientdata.go, assertion.go and registration.go are the steps of §7.1 and §7.2. CBOR, COSE keys and
// attestation statements are the work of github.com/go-webauthn/webauthn, which nobody else imports.
//
// A key is a row of the room credential, sealed; the table passkey finds its owner by the digest of
// the credential id. Verified users, keys that may be copied, and which key it was become marks of
// the fact (factor.Assess).
//
// Standards: WebAuthn Level 3, NIST SP 800-63B-4 §3.1.7 and appendix B, OWASP ASVS 5.0 V6.
package passkey
