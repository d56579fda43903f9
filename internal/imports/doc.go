// Package imports makes many accounts of another system's export: a file of JSON lines, one account
// each, whose format docs/how-to/import-accounts.md describes.
//
// A run is one file, known by its SHA-256. The client sends its lines in order, in batches. Each
// batch is one transaction: its accounts with their addresses and passwords, the lines that made
// none with their reasons, and how far the run has come. So a batch is done whole or not at all,
// and whoever was killed, client or server, goes on at the line that Run.Lines names. A line is
// never imported twice: a batch that does not begin there is refused.
//
// What a line may say is what describes a person. It gives no role, no group and no membership, so
// nobody becomes an administrator by a file, and no second factor.
//
// Passwords are not looked at in the clear: hashes are taken as they are and replaced at their
// owners' next sign-in.
package imports
