// Package outofband keeps the codes that were sent to people by telephone, until they come back
// (NIST SP 800-63B-4 §3.1.3). Those that go by mail are in room mailbox.
//
// A code belongs to a place (an interaction or a session) and a purpose, and there is one of each:
// a new one takes the place of the one before. What was sent is not kept: the row has a MAC of the
// code, bound to the place, the purpose, the person and the number.
package outofband
