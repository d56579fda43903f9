// Package throttle decides how fast somebody may try to sign in.
//
// Rules are arithmetic: counters go in, a decision and the next counters come out. The factor of
// passwords stores its own counters, for it also knows devices. The factors whose proof is a code
// (authenticator app, recovery code, mail, telephone) share those of Room, so that whoever guesses
// at one has fewer guesses left at the others.
//
// Every attempt passes lanes, each a GCRA limit under its own key, and waits out a
// delay that grows with consecutive failures:
//
//	stranger       account + network, account, address; then the account's delay
//	known device   its own lane and its own delay, nothing else
//	second factor  account, address; then the delay of the authenticator
//
// A known device is a browser that signed in to this account before and shows the
// cookie it got then. So whoever hammers an account from elsewhere slows down other
// strangers and never its owner; and whoever steals a device has that one lane.
// After [Rules.HardStop] consecutive failures the authenticator stops for everyone
// until it is reset; the delays keep strangers days away from there, and each
// success of the owner starts them over.
//
// An attempt is counted before its password or code is looked at, so that parallel guesses
// gain nothing and a right one at a closed lane waits like a wrong one. Names
// that nobody has share hashed buckets with the same limits, so that the answers do
// not tell who exists and the table does not grow with the guesses.
//
// A factor calls, in this order:
//
//	Count      in a transaction of its own, or Try in one that it has
//	Failed     from Tx.OnRefusal in the transaction of a wrong code
//	Succeeded  in the transaction of a right one
//	Reset      where the authenticator is bound anew or removed
//
// Standards: NIST SP 800-63B-4 §3.2.2, OWASP ASVS 5.0 V6.3.1.
package throttle
