package store

import "github.com/cardea-iam/cardea/internal/id"

// Export tells a person what a room keeps of them: one section of the document that they can
// download. A room lists its own; a test of package app fails for a table that no export names.
type Export struct {
	Name   string   // of the section: "sessions"
	Tables []string // where it is kept
	Single bool     // the section is one object, not a list

	// Page returns items behind a cursor ("" for the first), and the cursor of the next page, ""
	// for none. Items marshal to JSON; they hold no secret and no digest of one.
	Page func(r *Reader, tenant id.Tenant, who string, after string) (items []any, next string, err error)
}

// ExportRows is the Page of what fits in one page: what scan makes of each row of a statement
// that takes the tenant as $1 and the account as $2.
func ExportRows[T any](scan func(Row) (T, error), sql string) func(*Reader, id.Tenant, string, string) ([]any, string, error) {
	return func(r *Reader, tenant id.Tenant, who, _ string) ([]any, string, error) {
		items, err := Collect(r, func(row Row) (any, error) { return scan(row) }, sql, tenant, who)
		return items, "", err
	}
}
