// Package cmd is what the commands of all nouns share: the connection to a running server, the
// body that is built from flags, tables and JSON, and errors with their exit codes.
//
// A command speaks to the administration API and to nothing else; it never opens the database.
package cmd
