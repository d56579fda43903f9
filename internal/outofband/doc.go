// Package outofband keeps the codes and links that were sent to people by mail or telephone, until
// they come back (NIST SP 800-63B-4 §3.1.3).
//
// A code belongs to a place (an interaction or a session) and a purpose, and there is one of each:
// a new one takes the place of the one before. Code and link of one message are one row, so that
// both die when either is used. What was sent is not kept: the row has a MAC of the code, bound to
// the place, the purpose, the person and the address, and the digest of the link. The code of a
// message with a link follows from the link, so that whoever opens it can be shown the code.
//
// A row is written for a person whom nobody knows as well: what is stored, and how long it takes,
// tells nothing about who has an account.
package outofband
