// Package lifecycle is where people join and leave: what happens to an account across rooms, in
// one transaction with one event, whoever asks — console, API or command line.
//
// The rooms that an account reaches into (sessions, issued tokens, delegations) are given as
// effects when the program is wired; this package knows none of them. Disabling ends what is
// running; deleting removes the account and all that belongs to it, by references in the
// database and by effects.
package lifecycle
