package recovery

import (
	"crypto/hmac"
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

const kind = credential.Kind(factor.RecoveryCode)

// Hooks are what the room does not know by itself.
type Hooks struct {
	// Made tells the person that the account has new codes.
	Made func(tx *store.Tx, tenant id.Tenant, who account.ID) error
	// Spent tells the person that a code was used and how many are left.
	Spent func(tx *store.Tx, tenant id.Tenant, who account.ID, left int) error
	// Beside tells whether the account has a second factor that codes can stand in for.
	Beside func(r *store.Reader, tenant id.Tenant, who account.ID) (bool, error)
}

// Room keeps and checks recovery codes. It is safe for concurrent use.
type Room struct {
	guard    *guard.Guard
	root     *secret.Root
	throttle *throttle.Room
	hooks    Hooks
}

// New returns the room. All hooks are needed; an error is meant to stop the start.
func New(g *guard.Guard, root *secret.Root, t *throttle.Room, hooks Hooks) (*Room, error) {
	if hooks.Made == nil || hooks.Spent == nil || hooks.Beside == nil {
		return nil, errors.New("recovery: a hook is missing")
	}
	return &Room{g, root, t, hooks}, nil
}

// Reason says why a code or a change was refused.
type Reason string

// The reasons. A code that cannot be looked at yet is a *throttle.Refused.
const (
	Wrong Reason = "wrong_code"       // also one that was used
	Gone  Reason = "interaction_gone" // what it was for is over
	Alone Reason = "no_second_factor" // there is nothing that codes could stand in for, or the tenant does not offer them
)

// Refused is the refusal of a code or a change.
type Refused struct{ Reason Reason }

// Error implements error.
func (r *Refused) Error() string { return "recovery: " + string(r.Reason) }

// RefusalCode implements guard.Refusal.
func (r *Refused) RefusalCode() string { return string(r.Reason) }

var _ guard.Refusal = (*Refused)(nil)

// set is what the sealed row holds: the digests of the codes that are left.
type set struct {
	Digests [][]byte `json:"digests"`
}

func parse(b []byte) (s set, err error) {
	if err := json.Unmarshal(b, &s); err != nil {
		return s, fmt.Errorf("a set of recovery codes: %w", err)
	}
	return s, nil
}

// without returns the set without the code of a digest. All digests are looked at.
func (s set) without(digest []byte) (rest set, found bool) {
	for _, d := range s.Digests {
		if hmac.Equal(d, digest) {
			found = true
		} else {
			rest.Digests = append(rest.Digests, d)
		}
	}
	return rest, found
}

// digest is what is kept of a code. Another account's code has another.
//
// NIST SP 800-63B-4 §3.1.2.2: a look-up secret is stored in a form that resists offline attacks: here
// a keyed digest whose key is not in the database.
func (room *Room) digest(tenant id.Tenant, who account.ID, code string) []byte {
	return room.root.MAC("recovery_code", string(tenant)+"/"+string(who)+"/"+code)
}

// State is what a person sees of their codes.
type State struct {
	Made time.Time // zero for none
	Left int
}

// State reads how many codes an account has left.
func (room *Room) State(r *store.Reader, tenant id.Tenant, who account.ID) (State, error) {
	c, err := credential.Get(r, room.root, tenant, who, kind, credential.Only)
	if errors.Is(err, store.ErrNotFound) {
		return State{}, nil
	}
	if err != nil {
		return State{}, err
	}
	s, err := parse(c.Data)
	return State{c.CreatedAt, len(s.Digests)}, err
}

// Kind names the factor in facts.
func (room *Room) Kind() factor.Kind { return factor.RecoveryCode }

// Path is the page that asks for a code.
func (room *Room) Path() string { return "/signin/recovery-code" }

// First says that a code needs a first factor before it.
func (room *Room) First() bool { return false }

// Enrolled tells whether the account has codes, and a second factor that they can stand in for.
func (room *Room) Enrolled(r *store.Reader, tenant id.Tenant, who account.ID) (bool, error) {
	if _, err := credential.SetAt(r, tenant, who, kind, credential.Only); errors.Is(err, store.ErrNotFound) {
		return false, nil
	} else if err != nil {
		return false, err
	}
	return room.hooks.Beside(r, tenant, who)
}

// OfUse tells whether codes are of use to an account: the tenant offers them, and there is a second
// factor that they can stand in for.
func (room *Room) OfUse(r *store.Reader, tenant id.Tenant, who account.ID) (bool, error) {
	kinds, err := credential.Offered(r, tenant)
	if err != nil || !slices.Contains(kinds, factor.RecoveryCode) {
		return false, err
	}
	return room.hooks.Beside(r, tenant, who)
}
