package issued

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/client"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/oauth"
	"github.com/cardea-iam/cardea/internal/secret"
	"github.com/cardea-iam/cardea/internal/store"
)

// CodeLifetime is how long an authorization code may be redeemed unless configured otherwise (RFC
// 6749 §4.1.2 allows ten minutes at most; a client redeems at once).
const CodeLifetime = time.Minute

// Code is what an authorization code stands for: the authorization as the person gave it.
type Code struct {
	Client       client.ID           `json:"client"`
	RedirectURI  string              `json:"redirect_uri"`            // where the code was sent
	RedirectSent bool                `json:"redirect_sent,omitempty"` // the authorization request named it
	Challenge    oauth.CodeChallenge `json:"challenge"`
	Account      account.ID          `json:"account"`
	Epoch        int64               `json:"epoch"`   // the account's at the authorization
	Session      string              `json:"session"` // id of the browser's session
	Terms        Terms               `json:"terms"`
	WithRefresh  bool                `json:"with_refresh,omitempty"` // a refresh token is given out too
	Offline      bool                `json:"offline,omitempty"`      // the grant outlives the session (offline_access)
	IssuedAt     time.Time           `json:"issued_at"`
}

// PutCode stores what a fresh authorization code stands for and how long it may be redeemed.
// Account, Session and Client are those of this very authorization.
func PutCode(tx *store.Tx, root *secret.Root, tenant id.Tenant, code secret.Secret, c Code, life time.Duration) error {
	payload, err := json.Marshal(c)
	if err != nil {
		return err
	}
	return Put(tx, tenant, secret.AuthorizationCode, root.Digest(secret.AuthorizationCode, code), string(payload), tx.Now().Add(life))
}

// SpendCode uses a code up for a grant and returns what it stood for. store.ErrNotFound is a code
// that never was, or has expired; ErrSpent one that was spent before: then what it stood for is
// returned too, and the grant that it became ("" if it was burned without becoming one).
func SpendCode(tx *store.Tx, root *secret.Root, tenant id.Tenant, code secret.Secret, grant GrantID) (c Code, earlier GrantID, err error) {
	payload, before, err := Spend(tx, tenant, secret.AuthorizationCode, root.Digest(secret.AuthorizationCode, code), string(grant))
	if err != nil && !errors.Is(err, ErrSpent) {
		return Code{}, "", err
	}
	if broken := json.Unmarshal([]byte(payload), &c); broken != nil {
		return Code{}, "", fmt.Errorf("the payload of a code: %w", broken)
	}
	return c, GrantID(before), err
}

// BurnCode makes a code worthless without a grant, as after a failed proof. It is no error if the
// code was spent meanwhile.
func BurnCode(tx *store.Tx, root *secret.Root, tenant id.Tenant, code secret.Secret) error {
	_, _, err := Spend(tx, tenant, secret.AuthorizationCode, root.Digest(secret.AuthorizationCode, code), "")
	if errors.Is(err, ErrSpent) || errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return err
}
