package totp

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/credential"
	"github.com/cardea-iam/cardea/internal/factor"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/secret"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/throttle"
)

const kind = credential.Kind(factor.TOTP)

// Hook is run in the transaction of a change to the account's authenticator app.
type Hook func(tx *store.Tx, tenant id.Tenant, who account.ID) error

// Hooks tell the person of changes.
type Hooks struct {
	Added   Hook // also after a replacement
	Removed Hook
}

// Room keeps and checks the seeds of authenticator apps. It is safe for concurrent use.
type Room struct {
	guard    *guard.Guard
	root     *secret.Root
	throttle *throttle.Room
	hooks    Hooks
}

// New returns the room. Both hooks are needed; an error is meant to stop the start.
func New(g *guard.Guard, root *secret.Root, t *throttle.Room, hooks Hooks) (*Room, error) {
	if hooks.Added == nil || hooks.Removed == nil {
		return nil, errors.New("totp: nobody is told of changes")
	}
	return &Room{g, root, t, hooks}, nil
}

// Reason says why a code was refused.
type Reason string

// The reasons. A code that cannot be looked at yet is a *throttle.Refused.
const (
	Wrong   Reason = "wrong_code"
	Used    Reason = "used_code"        // it was right once, or a later one was
	Gone    Reason = "interaction_gone" // what it was for is over
	Expired Reason = "setup_expired"    // the app has to be set up anew
	None    Reason = "no_authenticator" // there is nothing to remove
	Present Reason = "has_authenticator"
	Unasked Reason = "not_offered" // the tenant does not offer the factor
)

// Refused is the refusal of a code or a change.
type Refused struct{ Reason Reason }

// Error implements error.
func (r *Refused) Error() string { return "totp: " + string(r.Reason) }

// RefusalCode implements guard.Refusal.
func (r *Refused) RefusalCode() string { return string(r.Reason) }

var _ guard.Refusal = (*Refused)(nil)

// offered refuses what the tenant does not offer.
func offered(r *store.Reader, tenant id.Tenant) error {
	kinds, err := credential.Offered(r, tenant)
	if err == nil && !slices.Contains(kinds, factor.TOTP) {
		err = &Refused{Unasked}
	}
	return err
}

// data is what the sealed row holds.
type data struct {
	Seed []byte `json:"seed"`
	Step int64  `json:"step"` // the last time step whose code was used
}

func (d data) bytes() ([]byte, error) { return json.Marshal(d) }

func parse(b []byte) (d data, err error) {
	if err := json.Unmarshal(b, &d); err != nil || len(d.Seed) == 0 {
		return d, fmt.Errorf("the seed of an authenticator app: %w", errors.Join(err, errors.New("is not one")))
	}
	return d, nil
}

// since is when the account's authenticator app was added; the zero time if it has none.
func since(r *store.Reader, tenant id.Tenant, who account.ID) (time.Time, error) {
	at, err := credential.SetAt(r, tenant, who, kind, credential.Only)
	if errors.Is(err, store.ErrNotFound) {
		return time.Time{}, nil
	}
	return at, err
}

// State is what a person sees of their authenticator app.
type State struct {
	Since time.Time // zero for none
	Used  time.Time // zero for never
}

// State reads the account's authenticator app.
func (room *Room) State(r *store.Reader, tenant id.Tenant, who account.ID) (State, error) {
	c, err := credential.Get(r, room.root, tenant, who, kind, credential.Only)
	if errors.Is(err, store.ErrNotFound) {
		return State{}, nil
	}
	return State{c.CreatedAt, c.UsedAt}, err
}

// Kind names the factor in facts.
func (room *Room) Kind() factor.Kind { return factor.TOTP }

// Path is the page that asks for the code.
func (room *Room) Path() string { return "/signin/totp" }

// First says that a code needs a first factor before it.
func (room *Room) First() bool { return false }

// Enrolled tells whether the account has an authenticator app.
func (room *Room) Enrolled(r *store.Reader, tenant id.Tenant, who account.ID) (bool, error) {
	at, err := since(r, tenant, who)
	return !at.IsZero(), err
}

// EnrolPath is the page on which a sign-in has an app set up.
func (room *Room) EnrolPath() string { return "/signin/enrol/totp" }
