// Package mint is the one place where tokens are made, and the one place where an access token
// that somebody presents is tested.
//
// An issuance has two halves. Write stores, inside the caller's guarded transaction, what the
// tokens will hang on (the grant, an opaque token's digest). Sign makes the tokens after the
// commit: signing takes longer than a row and must not hold the database's only writer, and a
// token whose rows did not reach the disk is never made.
//
// Access tokens are RFC 9068 JWTs or opaque, as their resource says; ID tokens follow OpenID
// Connect Core 1.0 §2; refresh tokens are those of room issued.
package mint
