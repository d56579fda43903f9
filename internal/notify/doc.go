// Package notify is what people are told: the kinds of messages, the two verbs by which rooms
// tell them, and the list of what did not get out yet.
//
//   - Tell puts one message to one address into the outbox, in the transaction of what caused it.
//     Warn tells every verified address of an account of a change to it, with a link by which the
//     person says "this wasn't me".
//   - A Kind declares the values that it takes. A missing, unknown or malformed value is a fault
//     of the caller, found before anything is stored.
//   - Links are built from the configured origin alone, never from a request.
//   - What is stored is sealed: a reader of the database finds no code, link or address in the
//     outbox. Open gives the message back to the carrier.
//   - Each destination has a limit (GCRA): messages that anybody may ask for are few, and one too
//     many is left out without the asker learning of it. Security notices have a limit of their
//     own, so that nobody silences them by asking for codes.
//
// The room knows no wording and no carrier: pages of mail are made in ui/mail, and app joins them
// to the carriers.
package notify
