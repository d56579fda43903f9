package tenant

import (
	"fmt"
	"slices"

	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/store"
)

// kept are the tables that outlive a tenant: the log says what was done, and by whom.
var kept = []string{"event", "event_log"}

// The catalogue of each database: its tables that have a tenant, and which table refers to which.
var (
	tenantTables = map[store.Dialect]string{
		store.SQLite: `SELECT m.name FROM sqlite_master m JOIN pragma_table_info(m.name) c ON c.name = 'tenant' WHERE m.type = 'table' ORDER BY 1`,
		store.Postgres: `SELECT c.relname::text FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant'
			WHERE c.relkind IN ('r', 'p') AND c.relnamespace = current_schema()::regnamespace ORDER BY 1`,
	}
	references = map[store.Dialect]string{
		store.SQLite: `SELECT DISTINCT m.name, f."table" FROM sqlite_master m JOIN pragma_foreign_key_list(m.name) f WHERE m.type = 'table'`,
		store.Postgres: `SELECT DISTINCT f.relname::text, t.relname::text FROM pg_constraint x JOIN pg_class f ON f.oid = x.conrelid JOIN pg_class t ON t.oid = x.confrelid
			WHERE x.contype = 'f' AND f.relnamespace = current_schema()::regnamespace`,
	}
)

// erase deletes the tenant's rows from every table that has a tenant, those that refer to
// others first, and returns how many they were. Names of tables come from the catalogue.
func erase(tx *store.Tx, d store.Dialect, tenant id.Tenant) (rows int64, err error) {
	order, err := deletionOrder(tx.Read(), d)
	if err != nil {
		return 0, err
	}
	if d == store.Postgres { // the deed belongs to another tenant, whose wall hides these rows
		if err := sight(tx, tenant); err != nil {
			return 0, err
		}
	}
	for _, table := range order {
		n, err := tx.Exec(fmt.Sprintf(`DELETE FROM "%s" WHERE tenant = $1`, table), tenant)
		if err != nil {
			return 0, fmt.Errorf("erase the tenant from %s: %w", table, err)
		}
		rows += n
	}
	if d == store.Postgres {
		err = sight(tx, tx.Tenant())
	}
	return rows, err
}

// sight sets which tenant's rows row-level security shows for the rest of the transaction.
func sight(tx *store.Tx, tenant id.Tenant) error {
	var set string
	return tx.One([]any{&set}, "SELECT set_config('cardea.tenant', $1, true)", tenant)
}

// deletionOrder lists the tables that have a tenant so that each comes before those that it
// refers to.
func deletionOrder(r *store.Reader, d store.Dialect) ([]string, error) {
	tables, err := store.Collect(r, func(row store.Row) (name string, err error) { return name, row.Scan(&name) }, tenantTables[d])
	if err != nil {
		return nil, err
	}
	tables = slices.DeleteFunc(tables, func(name string) bool { return slices.Contains(kept, name) })
	referrers := map[string][]string{} // table → the tables that refer to it
	err = r.Each(func(row store.Row) error {
		var from, to string
		if err := row.Scan(&from, &to); err != nil {
			return err
		}
		if from != to {
			referrers[to] = append(referrers[to], from)
		}
		return nil
	}, references[d])
	if err != nil {
		return nil, err
	}
	var order []string
	state := map[string]int{} // 1 while its referrers are visited, 2 when it is in order
	var visit func(table string) error
	visit = func(table string) error {
		switch state[table] {
		case 1:
			return fmt.Errorf("the references of table %s form a circle", table)
		case 2:
			return nil
		}
		state[table] = 1
		for _, f := range referrers[table] {
			if slices.Contains(tables, f) {
				if err := visit(f); err != nil {
					return err
				}
			}
		}
		state[table] = 2
		order = append(order, table)
		return nil
	}
	for _, t := range tables {
		if err := visit(t); err != nil {
			return nil, err
		}
	}
	return order, nil
}
