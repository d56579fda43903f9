package password

import (
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/throttle"
)

// Forget removes the count of an account's failures. The password and the devices go with the
// account.
func (room *Room) Forget(tx *store.Tx, tenant id.Tenant, who account.ID) error {
	return dropRecord(tx, tenant, room.row(throttle.Account(string(who))))
}

// exported is a browser that signed in by password.
type exported struct {
	Failures int64     `json:"failures"`
	FailedAt time.Time `json:"failed_at,omitzero"`
	UsedAt   time.Time `json:"used_at"`
}

// temporary is a password that has to be changed.
type temporary struct {
	SetAt time.Time `json:"set_at"`
}

// Exports are what the room keeps of a person.
var Exports = []store.Export{{Name: "temporary_password", Tables: []string{"password_temporary"}, Page: store.ExportRows(func(row store.Row) (e temporary, err error) {
	return e, row.Scan(&e.SetAt)
}, "SELECT set_at FROM password_temporary WHERE tenant = $1 AND account = $2")}, {Name: "devices", Tables: []string{"password_device"}, Page: store.ExportRows(func(row store.Row) (e exported, err error) {
	return e, row.Scan(&e.Failures, &e.FailedAt, &e.UsedAt)
}, "SELECT failures, failed_at, used_at FROM password_device WHERE tenant = $1 AND account = $2 ORDER BY used_at")}}
