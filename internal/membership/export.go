package membership

import (
	"time"

	"github.com/cardea-iam/cardea/internal/store"
)

// exportedRole is a role that the person holds by themselves; those of groups come with these.
type exportedRole struct {
	Role  Role      `json:"role"`
	Name  string    `json:"name"`
	Since time.Time `json:"since"`
}

type exportedGroup struct {
	Group GroupID   `json:"group"`
	Name  string    `json:"name"`
	Since time.Time `json:"since"`
}

// Exports are what the room keeps of a person.
var Exports = []store.Export{
	{Name: "roles", Tables: []string{"account_role"}, Page: store.ExportRows(func(row store.Row) (e exportedRole, err error) {
		return e, row.Scan(&e.Role, &e.Name, &e.Since)
	}, `SELECT a.role, coalesce(r.name, a.role), a.created_at FROM account_role a LEFT JOIN role r ON r.tenant = a.tenant AND r.id = a.custom
		WHERE a.tenant = $1 AND a.account = $2 ORDER BY a.role`)},
	{Name: "groups", Tables: []string{"group_member"}, Page: store.ExportRows(func(row store.Row) (e exportedGroup, err error) {
		return e, row.Scan(&e.Group, &e.Name, &e.Since)
	}, `SELECT m.group_id, g.name, m.created_at FROM group_member m JOIN account_group g ON g.tenant = m.tenant AND g.id = m.group_id
		WHERE m.tenant = $1 AND m.account = $2 ORDER BY m.group_id`)},
}
