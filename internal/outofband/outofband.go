package outofband

import (
	"embed"
	"strconv"
	"strings"
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/secret"
	"github.com/cardea-iam/cardea/internal/store"
)

//go:embed migrations
var files embed.FS

// Migrations are the room's tables.
var Migrations = store.Migrations{Room: "outofband", Files: files}

const (
	// Life is how long a code is valid (NIST SP 800-63B-4 §3.1.3.3: at most 10 minutes).
	Life = 10 * time.Minute
	// MaxTries is how many wrong codes one that was sent survives.
	MaxTries = 5
)

// Minutes is Life as messages say it.
var Minutes = strconv.Itoa(int(Life / time.Minute))

// Purpose says what a code is for; one that was sent for one purpose serves no other.
type Purpose string

// The purposes.
const (
	SMS         Purpose = "sms"          // second factor by text message
	Voice       Purpose = "voice"        // second factor by call
	VerifyPhone Purpose = "verify_phone" // a number becomes the account's
)

// Errand is what a code was sent for. Every part of it must be the same when the code comes back.
type Errand struct {
	Purpose Purpose
	Place   string // the interaction or session that asked
	Account account.ID
	To      string // the number that it went to
}

func (e Errand) mac(root *secret.Root, tenant id.Tenant, code string) []byte {
	return root.MAC("outofband/code", strings.Join([]string{string(tenant), string(e.Purpose), e.Place, string(e.Account), e.To, code}, "\x00"))
}

// Put notes what was sent, in place of what the errand's place had for its purpose before.
func Put(tx *store.Tx, root *secret.Root, tenant id.Tenant, e Errand, code string) error {
	_, err := tx.Exec(`INSERT INTO outofband_code (tenant, place, purpose, account, code, tries, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, 0, $6, $7)
		ON CONFLICT (tenant, place, purpose) DO UPDATE SET account = excluded.account, code = excluded.code, tries = 0,
		created_at = excluded.created_at, expires_at = excluded.expires_at`,
		tenant, e.Place, e.Purpose, e.Account, e.mac(root, tenant, code), tx.Now(), tx.Now().Add(Life))
	return err
}

// Spend uses a code up. It returns store.ErrNotFound for a code that is wrong, was used, replaced,
// tried too often, or has expired.
func Spend(tx *store.Tx, root *secret.Root, tenant id.Tenant, e Errand, code string) error {
	return tx.ExecOne(`DELETE FROM outofband_code WHERE tenant = $1 AND place = $2 AND purpose = $3 AND account = $4
		AND code = $5 AND tries < $6 AND expires_at > $7`,
		tenant, e.Place, e.Purpose, e.Account, e.mac(root, tenant, code), MaxTries, tx.Now())
}

// Missed counts a wrong code. It belongs into Tx.OnRefusal.
func Missed(tx *store.Tx, tenant id.Tenant, e Errand) error {
	_, err := tx.Exec("UPDATE outofband_code SET tries = tries + 1 WHERE tenant = $1 AND place = $2 AND purpose = $3", tenant, e.Place, e.Purpose)
	return err
}

// Forget drops what was sent to an account.
func Forget(tx *store.Tx, tenant id.Tenant, who account.ID) error {
	_, err := tx.Exec("DELETE FROM outofband_code WHERE tenant = $1 AND account = $2", tenant, who)
	return err
}

// Sweeps are the codes that have expired.
var Sweeps = []store.Sweep{{Table: "outofband_code", Key: []string{"tenant", "place", "purpose"}, Gone: "expires_at < $1"}}
