package session

import "github.com/cardea-iam/cardea/internal/store"

// Query is a statement with its arguments.
type Query struct {
	SQL  string
	Args []any
}

// PlansForTest are the statements of lists.
func PlansForTest(r *store.Reader) map[string]Query {
	return map[string]Query{
		"of a tenant":   {columns + alive + pageOfAll, []any{r.Tenant(), r.Now(), "ses_150000", MaxPage}},
		"of an account": {columns + alive + pageOfAccount, []any{r.Tenant(), r.Now(), "acc_7", "ses_150000", MaxPage}},
	}
}
