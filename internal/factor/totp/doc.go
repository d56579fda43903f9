// Package totp is the factor of an authenticator app: a seed that the person's device and this
// server share, and a code that both compute from it and the time.
//
//	otp.go     the arithmetic: HOTP and TOTP
//	uri.go     how an app learns the seed
//	enrol.go   a seed is prepared for one session or interaction, and counts once a code confirmed it
//	verify.go  a code is counted before it is looked at, and is right at most once
//
// The seed has 160 bits and is sealed by the room credential. SHA-1, six digits and 30 seconds are
// what every app supports; SHA-1's collisions do not touch HMAC. A code counts for its time step,
// the one before and the one after. The last step that was used stands in the sealed row, whose
// version lets only one of several requests through, so that neither it nor an older one proves
// anything again.
//
// Standards: RFC 6238, RFC 4226, NIST SP 800-63B-4 §3.1.4.
package totp
