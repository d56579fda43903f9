// Package password is the factor of something that a person knows.
//
// Its sub-packages are arithmetic and know no accounts: plaintext parses a password, policy judges
// a new one, argon hashes, foreign checks what other systems hashed; the room throttle decides how
// fast somebody may try. This room stores what they need and puts them in order:
//
//	find      account, hash and device, with the same statements whoever is meant
//	try       pass the lanes and count the attempt, in a transaction of its own
//	hash      outside of any transaction; for nobody a dummy of the same cost
//	settle    the fact into the interaction, or one more failure
//
// A wrong password, an unknown name, a disabled account and one without a password have the same
// answer after the same work. Hashes are sealed by the room credential. A hash that came with an
// import is replaced by one of ours at the first right password (adopt.go).
//
// Standards: NIST SP 800-63B-4 §3.1.1 and §3.2.2, OWASP ASVS 5.0 V6.2 and V6.3.
package password
