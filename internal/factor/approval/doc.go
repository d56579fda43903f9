// Package approval is the factor of another device: a sign-in shows a number of two digits, and on a
// device on which the same person is signed in already they choose it among three.
//
//	approval.go  the factor, and which sessions may approve
//	request.go   a request and its rows
//	ask.go       the sign-in asks, and uses an approval up
//	answer.go    the other device answers
//
// Only a session that was begun with something owned may approve, in another browser, and not by an
// approval itself, so that approvals make no chains. The factor stands in for another second factor
// that the account still has, and never takes its place: who has no other one left could not sign in
// once their last session has ended.
//
// Against pressing "yes" out of tiredness (MITRE ATT&CK T1621): the number has to be read from the
// screen that asks, a request lives three minutes, there is one at a time and three in a quarter of
// an hour, and it can be asked for only after a first factor. A wrong number ends a request, and
// "it wasn't me" ends it and tells the person by mail.
package approval
