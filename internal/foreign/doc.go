// Package foreign checks passwords against hashes that other systems made.
//
// [Parse] reads the spellings in which those systems write them, strictly, into a [Hash];
// Hash.String is the one form that is stored, and [Read] takes nothing but that form. A hash from
// elsewhere is kept no longer than its owner stays away: at the next right sign-in the room
// password puts argon2id with the pepper in its place.
//
//	$2b$…                              bcrypt, also $2a$ and $2y$
//	$pbkdf2-sha256$i=N$salt$tag        PBKDF2 (RFC 8018 §5.2), also -sha1 and -sha512
//	$scrypt$ln=L,r=R,p=P$salt$tag      scrypt (RFC 7914)
//	$argon2id$v=19$m=M,t=T,p=P$salt$tag  argon2 (RFC 9106), also argon2i; without our keyed step
//	$sha256$s=last$salt$tag            one salted digest, also sha1 and sha512, also s=first
//	$firebase-scrypt$ln=L,r=R,p=1$salt$tag  Firebase's scrypt; the tag is its key stream
//
// Whoever may import may also be careless or hostile: what one check may cost in memory and time
// is bounded when a hash is read, so that no row can take the machine.
//
// The package knows no accounts and stores nothing.
package foreign
