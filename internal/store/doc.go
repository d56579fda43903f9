// Package store is the one door to the database: SQLite in the process (the default) or
// PostgreSQL for several nodes, spoken to in one SQL text with $1 placeholders. There is no
// storage interface and no query builder; a room's sql.go holds its statements and hands them
// to a Tx or a Reader.
//
//   - A Tx writes. Only guard and migrations may open one (a test holds them to it), so holding
//     a Tx proves that policy was asked and that an event will be written.
//   - SQLite has one writer. Transactions that wait share one BEGIN IMMEDIATE … COMMIT, each in
//     a savepoint of its own, and are answered after the commit reached the disk (synchronous =
//     FULL). A pool of read connections stands beside it.
//   - PostgreSQL runs Serializable transactions, again when they conflict; one declared
//     Conditional runs at read committed, because each of its invariants is one conditional
//     statement.
//   - Every transaction has an order: a number that followers of the log read by. A transaction
//     that has not ended yet has an order of at least Reader.Horizon.
//   - Times are stored as BIGINT microseconds since 1970 in UTC; the zero time is NULL.
//
// Source of the figures behind these choices: docs/decisions/0002-store.md.
package store
