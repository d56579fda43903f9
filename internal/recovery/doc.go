// Package recovery lets people back into accounts whose password they have lost (NIST SP 800-63B-4
// §4.2): by a code to a verified address, and, where the account has more than one factor, by one more
// way: a factor that is bound to it, a saved recovery code, or a code to a second address. One mail
// never recovers such an account. Or by a link that an administrator made.
//
// A recovery is an interaction of its own kind, which can end in no session: it ends in a new
// password, and everything that was running for the account ends with it. Then the person signs in
// like anybody else. There is no second door.
//
// What the browser sees of the first steps is the same for everybody (security rows AU18, AU19):
// whether there is an account is looked at only behind the answer, when the letter is written.
package recovery
