// Package mailbox finds out whether somebody reads the mail of an address: it sends a code there and
// takes it back in the browser that asked.
//
//	mailbox.go  a code is asked for, sent, and comes back
//	code.go     the forms of codes
//	proof.go    what came back, in a sign-in
//	sql.go      the rows
//
// Sign-in, registration, recovery and the addresses of an account ask it, each for a purpose of its
// own. What asks never looks at whether anybody has the address: it writes one row and one effect,
// the same for all (security rows AU18, AU19). Only the carrier of that effect, behind the answer,
// finds out whom the address belongs to and which letter goes there, and for nobody it works as long.
//
// NIST SP 800-63B-4 §3.1.3.1: e-mail is no out-of-band authenticator. What is proved here is that an
// address works and who reads it, which is what registration and recovery need (§4.1.2, §4.2).
package mailbox
