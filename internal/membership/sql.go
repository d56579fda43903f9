package membership

import (
	"fmt"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/store"
)

const columns = "SELECT id, name, description, created_at, version FROM account_group "

func scan(row store.Row) (g Group, err error) {
	return g, row.Scan(&g.ID, &g.Name, &g.Description, &g.CreatedAt, &g.Version)
}

// Get returns a group, or store.ErrNotFound.
func Get(r *store.Reader, tenant id.Tenant, group GroupID) (Group, error) {
	return store.First(r, scan, columns+"WHERE tenant = $1 AND id = $2", tenant, group)
}

// GroupFilter selects groups; empty fields select all.
type GroupFilter struct {
	Name   string     // exact
	Member account.ID // the account belongs to it
}

// List returns up to limit groups behind an id that pass the filter, in order of id.
func List(r *store.Reader, tenant id.Tenant, f GroupFilter, after GroupID, limit int) ([]Group, error) {
	where, args := "WHERE tenant = $1 AND id > $2", []any{tenant, after, limit}
	if f.Name != "" {
		if !nameForm.MatchString(f.Name) {
			return []Group{}, nil
		}
		args = append(args, f.Name)
		where += fmt.Sprintf(" AND name = $%d", len(args))
	}
	if f.Member != "" {
		if f.Member.Check() != nil {
			return []Group{}, nil
		}
		args = append(args, f.Member)
		where += fmt.Sprintf(" AND id IN (SELECT group_id FROM group_member WHERE tenant = $1 AND account = $%d)", len(args))
	}
	return store.Collect(r, scan, columns+where+" ORDER BY id LIMIT $3", args...)
}

// Members returns up to limit members of a group behind an account, in order of account.
func Members(r *store.Reader, tenant id.Tenant, group GroupID, after account.ID, limit int) ([]Member, error) {
	return store.Collect(r, func(row store.Row) (m Member, err error) { return m, row.Scan(&m.Account, &m.Since) },
		"SELECT account, created_at FROM group_member WHERE tenant = $1 AND group_id = $2 AND account > $3 ORDER BY account LIMIT $4", tenant, group, after, limit)
}

// BindingFilter selects bindings; empty fields select all.
type BindingFilter struct {
	Role    Role
	Account account.ID // bound to it directly
	Group   GroupID
}

// bindings returns up to limit bindings that pass the filter behind another, in order of role
// and subject; the zero Binding is before all.
func bindings(r *store.Reader, tenant id.Tenant, f BindingFilter, after Binding, limit int) ([]Binding, error) {
	where, args := "", []any{tenant, after.Role, string(after.Account) + string(after.Group), limit}
	for _, c := range []struct{ column, value string }{{"role", string(f.Role)}, {"account", string(f.Account)}, {"group_id", string(f.Group)}} {
		if c.value != "" {
			args = append(args, c.value)
			where += fmt.Sprintf(" AND %s = $%d", c.column, len(args))
		}
	}
	return store.Collect(r, func(row store.Row) (b Binding, err error) {
		return b, row.Scan(&b.Role, &b.Account, &b.Group, &b.Since)
	}, `SELECT role, account, group_id, created_at FROM (
			SELECT tenant, role, account AS subject, account, '' AS group_id, created_at FROM account_role WHERE tenant = $1
			UNION ALL
			SELECT tenant, role, group_id, '', group_id, created_at FROM group_role WHERE tenant = $1) AS b
		WHERE (role, subject) > ($2, $3)`+where+` ORDER BY role, subject LIMIT $4`, args...)
}

// held lists the roles of an account, its own and its groups'; $1 is the tenant, $2 the account.
const held = `SELECT role FROM account_role WHERE tenant = $1 AND account = $2
	UNION
	SELECT g.role FROM group_member m JOIN group_role g ON g.tenant = m.tenant AND g.group_id = m.group_id
	WHERE m.tenant = $1 AND m.account = $2`

// RolesOf returns the roles that an account, enabled or not, holds directly and through its
// groups, in order.
func RolesOf(r *store.Reader, tenant id.Tenant, who account.ID) ([]Role, error) {
	return store.Collect(r, scanRole, held+" ORDER BY 1", tenant, who)
}

func scanRole(row store.Row) (x Role, err error) { return x, row.Scan(&x) }

// builtinRoles returns the built-in roles of an account; activeOnly gives a disabled one none.
func builtinRoles(r *store.Reader, tenant id.Tenant, who account.ID, activeOnly bool) ([]string, error) {
	sql := "SELECT role FROM (" + held + ") AS h WHERE role IN ('owner', 'admin', 'auditor')"
	if activeOnly {
		sql += " AND EXISTS (SELECT 1 FROM active_account WHERE tenant = $1 AND id = $2)"
	}
	return store.Collect(r, func(row store.Row) (x string, err error) { return x, row.Scan(&x) }, sql+" ORDER BY 1", tenant, who)
}

// Permissions returns the names of the permissions that an account holds on a resource through
// its roles, in order. An account that may not act holds none.
func Permissions(r *store.Reader, tenant id.Tenant, who account.ID, resource string) ([]string, error) {
	return store.Collect(r, func(row store.Row) (name string, err error) { return name, row.Scan(&name) },
		`SELECT DISTINCT name FROM role_permission WHERE tenant = $1 AND resource = $3 AND role IN (`+held+`)
			AND EXISTS (SELECT 1 FROM active_account WHERE tenant = $1 AND id = $2) ORDER BY name`, tenant, who, resource)
}

// owned tells whether an account that may act, and stays, is an owner.
func owned(r *store.Reader, tenant id.Tenant) (yes bool, err error) {
	err = r.One([]any{&yes}, `SELECT EXISTS (SELECT 1 FROM account_role b JOIN active_account a ON a.tenant = b.tenant AND a.id = b.account
			WHERE b.tenant = $1 AND b.role = 'owner' AND a.deletion_due_at IS NULL)
		OR EXISTS (SELECT 1 FROM group_role b JOIN group_member m ON m.tenant = b.tenant AND m.group_id = b.group_id
			JOIN active_account a ON a.tenant = m.tenant AND a.id = m.account WHERE b.tenant = $1 AND b.role = 'owner' AND a.deletion_due_at IS NULL)`, tenant)
	return yes, err
}

// governing tells whether a group holds a built-in role.
func governing(r *store.Reader, tenant id.Tenant, group GroupID) (yes bool, err error) {
	err = r.One([]any{&yes}, "SELECT EXISTS (SELECT 1 FROM group_role WHERE tenant = $1 AND group_id = $2 AND custom IS NULL)", tenant, group)
	return yes, err
}

func insertGroup(tx *store.Tx, tenant id.Tenant, g Group) error {
	_, err := tx.Exec("INSERT INTO account_group (tenant, id, name, description, created_at, version) VALUES ($1, $2, $3, $4, $5, $6)",
		tenant, g.ID, g.Name, g.Description, g.CreatedAt, g.Version)
	return err
}

// updateGroup returns store.ErrNotFound if the group is not there in this version.
func updateGroup(tx *store.Tx, tenant id.Tenant, g Group) error {
	return tx.ExecOne("UPDATE account_group SET name = $1, description = $2, version = version + 1 WHERE tenant = $3 AND id = $4 AND version = $5",
		g.Name, g.Description, tenant, g.ID, g.Version)
}

func removeGroup(tx *store.Tx, tenant id.Tenant, group GroupID) error {
	return tx.ExecOne("DELETE FROM account_group WHERE tenant = $1 AND id = $2", tenant, group)
}

func join(tx *store.Tx, tenant id.Tenant, group GroupID, who account.ID) error {
	_, err := tx.Exec("INSERT INTO group_member (tenant, group_id, account, created_at) VALUES ($1, $2, $3, $4)", tenant, group, who, tx.Now())
	return err
}

func leave(tx *store.Tx, tenant id.Tenant, group GroupID, who account.ID) error {
	return tx.ExecOne("DELETE FROM group_member WHERE tenant = $1 AND group_id = $2 AND account = $3", tenant, group, who)
}

func bind(tx *store.Tx, tenant id.Tenant, x Role, s Subject) error {
	var custom any
	if !x.Builtin() {
		custom = string(x)
	}
	if s.Group != "" {
		_, err := tx.Exec("INSERT INTO group_role (tenant, role, group_id, custom, created_at) VALUES ($1, $2, $3, $4, $5)", tenant, x, s.Group, custom, tx.Now())
		return err
	}
	_, err := tx.Exec("INSERT INTO account_role (tenant, role, account, custom, created_at) VALUES ($1, $2, $3, $4, $5)", tenant, x, s.Account, custom, tx.Now())
	return err
}

func unbind(tx *store.Tx, tenant id.Tenant, x Role, s Subject) error {
	if s.Group != "" {
		return tx.ExecOne("DELETE FROM group_role WHERE tenant = $1 AND role = $2 AND group_id = $3", tenant, x, s.Group)
	}
	return tx.ExecOne("DELETE FROM account_role WHERE tenant = $1 AND role = $2 AND account = $3", tenant, x, s.Account)
}
