package credential

import (
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/secret"
	"github.com/cardea-iam/cardea/internal/store"
)

// Draft is what a factor keeps for a person who has not confirmed it yet: the seed of an app that
// is being set up, recovery codes that are being shown. It proves nothing.
type Draft struct {
	Account account.ID
	Kind    Kind
	Place   string // whose alone it is: a session, or an interaction
	Data    []byte // in the clear
}

func (d Draft) place(tenant id.Tenant) secret.Place {
	return secret.Place{Table: "credential_draft", Column: "sealed", Tenant: string(tenant),
		Row: string(d.Account) + "/" + string(d.Kind) + "/" + d.Place}
}

// SealDraft encrypts d.Data for its row.
func SealDraft(root *secret.Root, tenant id.Tenant, d Draft) []byte {
	return root.Seal(d.place(tenant), d.Data)
}

// PutDraft keeps a draft whose data SealDraft made until it expires, in place of an older one.
func PutDraft(tx *store.Tx, tenant id.Tenant, d Draft, sealed []byte, expires time.Time) error {
	_, err := tx.Exec(`INSERT INTO credential_draft (tenant, account, kind, place, sealed, expires_at) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (tenant, account, kind, place) DO UPDATE SET sealed = excluded.sealed, expires_at = excluded.expires_at`,
		tenant, d.Account, d.Kind, d.Place, sealed, expires)
	return err
}

// GetDraft returns a draft that has not expired, or store.ErrNotFound.
func GetDraft(r *store.Reader, root *secret.Root, tenant id.Tenant, who account.ID, kind Kind, place string) (Draft, error) {
	d := Draft{Account: who, Kind: kind, Place: place}
	var sealed []byte
	err := r.One([]any{&sealed}, "SELECT sealed FROM credential_draft WHERE tenant = $1 AND account = $2 AND kind = $3 AND place = $4 AND expires_at > $5",
		tenant, who, kind, place, r.Now())
	if err != nil {
		return d, err
	}
	d.Data, err = root.Open(d.place(tenant), sealed)
	return d, err
}

// DropDraft forgets a draft; store.ErrNotFound if there is none any more.
func DropDraft(tx *store.Tx, tenant id.Tenant, who account.ID, kind Kind, place string) error {
	return tx.ExecOne("DELETE FROM credential_draft WHERE tenant = $1 AND account = $2 AND kind = $3 AND place = $4 AND expires_at > $5",
		tenant, who, kind, place, tx.Now())
}

// Sweeps are the drafts that were never confirmed.
var Sweeps = []store.Sweep{{Table: "credential_draft", Key: []string{"tenant", "account", "kind", "place"}, Gone: "expires_at < $1"}}
