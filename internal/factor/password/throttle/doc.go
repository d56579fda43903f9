// Package throttle decides how fast somebody may try to sign in. It is arithmetic:
// counters go in, a decision and the next counters come out; who stores them does
// so in the transaction of the attempt.
//
// Every attempt passes lanes, each a GCRA limit under its own key, and waits out a
// delay that grows with consecutive failures:
//
//	stranger       account + network, account, address; then the account's delay
//	known device   its own lane and its own delay, nothing else
//
// A known device is a browser that signed in to this account before and shows the
// cookie it got then. So whoever hammers an account from elsewhere slows down other
// strangers and never its owner; and whoever steals a device has that one lane.
// After [Rules.HardStop] consecutive failures the authenticator stops for everyone
// until it is reset; the delays keep strangers days away from there, and each
// success of the owner starts them over.
//
// An attempt is counted before its password is looked at, so that parallel guesses
// gain nothing and a right password at a closed lane waits like a wrong one. Names
// that nobody has share hashed buckets with the same limits, so that the answers do
// not tell who exists and the table does not grow with the guesses.
//
// Standards: NIST SP 800-63B-4 §3.2.2, OWASP ASVS 5.0 V6.3.1.
package throttle
