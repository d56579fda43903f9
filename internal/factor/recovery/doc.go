// Package recovery is the factor of codes on paper: ten that the person keeps, each of which once
// stands in for a second factor that is lost (a look-up secret in NIST's words).
//
//	code.go    what a code is and how it is read back
//	make.go    a new set; the old one dies
//	verify.go  a code is counted before it is looked at, and is right once
//
// A code has 80 bits, and 20 would do (§3.1.2.1): nobody finds one, with or without the database. At
// rest stands its HMAC under a key that is derived from the root key, bound to the account, in a row that is
// sealed besides. The codes are shown for ShowTime to the session that made them, from a sealed
// draft, so that the page can be printed and loaded again; then nobody can read them any more.
//
// Codes stand in for another second factor. Without one beside them they open nothing.
//
// Standards: NIST SP 800-63B-4 §3.1.2.
package recovery
