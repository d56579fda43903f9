// Package export writes all that is kept of one person as one JSON document, which they may
// download (GDPR Art. 15 and 20). Each room says what it keeps (store.Export); package app lists
// them, and its test fails for a table that nobody exports and that has no reason not to be.
//
// The document never holds a secret: of a password it says when it was set. It is read page by
// page, so that neither memory nor a connection of the database waits for a slow download.
package export
