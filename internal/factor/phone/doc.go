// Package phone is two factors, a code by text message and a code by call: both prove that the
// person has the telephone whose number the account has verified.
//
//	phone.go   the two factors
//	verify.go  a code is sent in a sign-in, and comes back
//	number.go  a number becomes the account's, by a code that was sent to it
//
// Both are off until the operator has configured a gateway, and until the tenant offers them: the
// telephone network is a restricted authenticator (NIST SP 800-63B-4 §3.2.9), which numbers are
// moved to others, and messages cost money. They are second factors alone, so that nobody causes a
// message who has not proved something first, and they reach only numbers that begin as the
// operator has listed (security row AU33).
//
// A code has six digits, is good for ten minutes and five tries, and counts only in the interaction
// and the browser that asked for it.
package phone
