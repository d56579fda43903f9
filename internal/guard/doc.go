// Package guard is the only way to write: it asks policy, opens the transaction, runs the
// operation inside it and writes the audit event before the commit.
//
// An Action is declared once, as a typed value, in the actions.go of the room it belongs to.
// That line is the permission that policy decides on, the type of the audit event, an entry of
// the API's documentation, and a row of the golden lists.
//
//	var Disable = guard.Declare[account.ID, DisableDetail]("account.disable", guard.Administer, "Disable an account")
//
//	err := g.Do(ctx, caller, account.Disable.On(tenant, id, &detail), func(tx *store.Tx) error { … })
//
// How Do ends:
//
//   - policy denies: the event (denied) is committed and nothing else; the error is a *Denied;
//   - fn returns nil: its rows and the event (done) are committed together;
//   - fn returns a refusal (an error with RefusalCode): its rows are rolled back, what it
//     registered with Tx.OnRefusal is run, the event (refused, with the code) is committed; the
//     error is the refusal;
//   - anything else fails: nothing is committed; the error is a fault.
//
// fn is for rows. It may run again after a conflict and it shares SQLite's only writer: no
// mail, HTTP, password hashing or signing inside it.
package guard
