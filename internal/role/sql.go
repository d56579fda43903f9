package role

import (
	"fmt"
	"strings"

	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/store"
)

const columns = "SELECT id, name, description, created_at, version FROM role "

func scan(row store.Row) (r Role, err error) {
	r.Permissions = []Permission{}
	return r, row.Scan(&r.ID, &r.Name, &r.Description, &r.CreatedAt, &r.Version)
}

// Get returns a role with its permissions, or store.ErrNotFound.
func Get(r *store.Reader, tenant id.Tenant, role ID) (Role, error) {
	list, err := store.Collect(r, scan, columns+"WHERE tenant = $1 AND id = $2", tenant, role)
	if err == nil && len(list) == 0 {
		err = store.ErrNotFound
	}
	if err == nil {
		err = addPermissions(r, tenant, list)
	}
	if err != nil {
		return Role{}, err
	}
	return list[0], nil
}

// Filter selects roles; empty fields select all.
type Filter struct {
	Name     string // exact
	Resource string // has permissions on it
}

// List returns up to limit roles behind an id that pass the filter, in order of id.
func List(r *store.Reader, tenant id.Tenant, f Filter, after ID, limit int) ([]Role, error) {
	where, args := "WHERE tenant = $1 AND id > $2", []any{tenant, after, limit}
	if f.Name != "" {
		if !nameForm.MatchString(f.Name) {
			return []Role{}, nil
		}
		args = append(args, f.Name)
		where += fmt.Sprintf(" AND name = $%d", len(args))
	}
	if f.Resource != "" {
		if id.Check("res", f.Resource) != nil {
			return []Role{}, nil
		}
		args = append(args, f.Resource)
		where += fmt.Sprintf(" AND id IN (SELECT role FROM role_permission WHERE tenant = $1 AND resource = $%d)", len(args))
	}
	list, err := store.Collect(r, scan, columns+where+" ORDER BY id LIMIT $3", args...)
	if err == nil {
		err = addPermissions(r, tenant, list)
	}
	return list, err
}

// addPermissions reads the permissions of all listed roles with one statement.
func addPermissions(r *store.Reader, tenant id.Tenant, list []Role) error {
	if len(list) == 0 {
		return nil
	}
	at := map[ID]int{}
	marks, args := make([]string, len(list)), []any{tenant}
	for i := range list {
		at[list[i].ID] = i
		args = append(args, list[i].ID)
		marks[i] = fmt.Sprintf("$%d", len(args))
	}
	return r.Each(func(row store.Row) error {
		var role ID
		var p Permission
		if err := row.Scan(&role, &p.Resource, &p.Name); err != nil {
			return err
		}
		i := at[role]
		list[i].Permissions = append(list[i].Permissions, p)
		return nil
	}, "SELECT role, resource, name FROM role_permission WHERE tenant = $1 AND role IN ("+strings.Join(marks, ", ")+") ORDER BY role, resource, name", args...)
}

func insert(tx *store.Tx, tenant id.Tenant, r Role) error {
	if _, err := tx.Exec("INSERT INTO role (tenant, id, name, description, created_at, version) VALUES ($1, $2, $3, $4, $5, $6)",
		tenant, r.ID, r.Name, r.Description, r.CreatedAt, r.Version); err != nil {
		return err
	}
	return setPermissions(tx, tenant, r)
}

// update returns store.ErrNotFound if the role is not there in this version.
func update(tx *store.Tx, tenant id.Tenant, r Role) error {
	if err := tx.ExecOne("UPDATE role SET name = $1, description = $2, version = version + 1 WHERE tenant = $3 AND id = $4 AND version = $5",
		r.Name, r.Description, tenant, r.ID, r.Version); err != nil {
		return err
	}
	return setPermissions(tx, tenant, r)
}

func setPermissions(tx *store.Tx, tenant id.Tenant, r Role) error {
	if _, err := tx.Exec("DELETE FROM role_permission WHERE tenant = $1 AND role = $2", tenant, r.ID); err != nil {
		return err
	}
	for _, p := range r.Permissions {
		if _, err := tx.Exec("INSERT INTO role_permission (tenant, role, resource, name) VALUES ($1, $2, $3, $4)", tenant, r.ID, p.Resource, p.Name); err != nil {
			return err
		}
	}
	return nil
}

func remove(tx *store.Tx, tenant id.Tenant, role ID) error {
	return tx.ExecOne("DELETE FROM role WHERE tenant = $1 AND id = $2", tenant, role)
}
