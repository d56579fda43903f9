package credential

import (
	"embed"
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/secret"
	"github.com/cardea-iam/cardea/internal/store"
)

//go:embed migrations
var files embed.FS

// Migrations are the room's tables.
var Migrations = store.Migrations{Room: "credential", Files: files}

// Kind is the factor that a credential belongs to: "password", "totp", "passkey".
type Kind string

// ID tells the credentials of one kind of one account apart.
type ID string

// Only is the ID of a kind that an account has once.
const Only ID = "1"

// Credential is what a factor stored about an account.
type Credential struct {
	Account   account.ID
	Kind      Kind
	ID        ID
	Data      []byte // in the clear; the factor's own format
	CreatedAt time.Time
	UsedAt    time.Time // zero until Used
	Version   int64     // 1 at first; grows whenever Data changes
}

// place names the cell that the sealed data is bound to.
func (c Credential) place(tenant id.Tenant) secret.Place {
	return secret.Place{Table: "credential", Column: "sealed", Tenant: string(tenant),
		Row: string(c.Account) + "/" + string(c.Kind) + "/" + string(c.ID)}
}

// Sealed is a credential whose data Seal made, for InsertMany.
type Sealed struct {
	Account account.ID
	Kind    Kind
	ID      ID
	Data    []byte
}
