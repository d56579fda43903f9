// Package audit is the log of what was done, refused and denied: an event per guarded
// operation, written in the operation's own transaction.
//
//   - Append puts an event into the table event, one cheap insert at the end of one index. Its
//     key is the transaction's order, so that on PostgreSQL, where transactions become visible
//     in commit order and not in the order of any sequence, nothing is skipped.
//   - Sequence, a job, gives final events their dense position per tenant (table event_log) and
//     indexes them by actor and resource. Followers — lists, and later webhooks, SCIM push and
//     caches — read by position.
//   - An event holds ids, a closed detail struct and the caller; never a mail address, never a
//     free map.
//
// It is not a debug log (that is log/slog) and has no delete.
package audit
