// Package email is the factor of an address: whoever can read the account's mail may sign in, with
// the code or with the link of one message.
//
//	email.go   the factor, and whom and where a message is for
//	send.go    a message is asked for
//	verify.go  a code or a link comes back
//
// A message goes to an address that the account has verified, is good for ten minutes, and proves
// something only in the interaction, and with it in the browser, in which it was asked for. Looking
// at the link changes nothing: programs that scan mail follow links. Code and link die when either
// is used, and when another message is sent.
//
// Nothing that a stranger sees or measures depends on whether there is an account: whoever asks gets
// the same row of room mailbox, and only behind the answer somebody looks whom the name belongs to.
// Eight letters are not guessed: five tries a message, three messages an hour, and the throttle of
// first factors before both.
//
// Mail is no out-of-band authenticator (NIST SP 800-63B-4 §3.1.3.1): alone it is AAL1, and beside
// another factor it adds nothing.
package email
