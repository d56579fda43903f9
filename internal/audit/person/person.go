// Package person holds a key for each person, under which the log keeps what is personal: where a
// caller called from. Dropping the key erases that from every event at once, and not a byte of the
// log changes.
//
// Callers whom nobody knows share a key of the month in which they came. It goes StrangersKept
// after the month, and with it their addresses.
//
// Keys are random, stand sealed under the root key in the table person_key, and are made at the
// first event that needs one. A process remembers those that it has used for at most an hour, so
// that an event in the common case costs no statement more. A key that was dropped meanwhile
// does no harm there: what is sealed under it opens nowhere.
package person

import (
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/secret"
	"github.com/cardea-iam/cardea/internal/store"
)

// Owner is whom a key belongs to: an account's id, or Strangers of a month.
type Owner string

// StrangersKept is how long the addresses of unknown callers can be read after the end of their
// month.
const StrangersKept = 180 * 24 * time.Hour

const strangers = "strangers:"

// Strangers is who called at a time without being known.
func Strangers(at time.Time) Owner { return Owner(strangers + at.UTC().Format("2006-01")) }

// ends is when a key ends by itself; the zero time for a person's, which ends with the person.
func (o Owner) ends() (end time.Time) {
	if month, ok := strings.CutPrefix(string(o), strangers); ok {
		if begin, err := time.Parse("2006-01", month); err == nil {
			end = begin.AddDate(0, 1, 0).Add(StrangersKept)
		}
	}
	return end
}

// Keys opens and seals. It is safe for concurrent use.
type Keys struct {
	root  *secret.Root
	known memory
}

// New returns the keys that stand under a root key.
func New(root *secret.Root) *Keys { return &Keys{root: root} }

// Seal seals text for a place in the log under the owner's key, which is made if there is none
// yet. Of an owner who was erased it returns nil: nothing more is kept of them.
func (k *Keys) Seal(tx *store.Tx, tenant id.Tenant, owner Owner, place string, text []byte) ([]byte, error) {
	key, err := k.key(tx, tenant, owner)
	if err != nil || key == nil {
		return nil, err
	}
	return key.Seal(cell(tenant, place), text), nil
}

// Open opens one text of the owner inside of a transaction; nil where it can be read no more.
func (k *Keys) Open(tx *store.Tx, tenant id.Tenant, owner Owner, place string, sealed []byte) ([]byte, error) {
	key, err := k.key(tx, tenant, owner)
	if err != nil || key == nil {
		return nil, err
	}
	text, err := key.Open(cell(tenant, place), sealed)
	if err != nil {
		return nil, nil //nolint:nilerr // sealed under a key that is gone
	}
	return text, nil
}

func cell(tenant id.Tenant, place string) secret.Place {
	return secret.Place{Table: "event", Column: "sealed", Tenant: string(tenant), Row: place}
}

// key returns the owner's key, nil for an owner who was erased.
func (k *Keys) key(tx *store.Tx, tenant id.Tenant, owner Owner) (*secret.Root, error) {
	at := which{tenant, owner}
	if key := k.known.get(at, tx.Now()); key != nil {
		return key, nil
	}
	sealed, err := read(tx.Read(), tenant, owner)
	if errors.Is(err, store.ErrNotFound) {
		var fresh [32]byte
		rand.Read(fresh[:]) //nolint:errcheck // crypto/rand.Read never returns an error
		if sealed, err = insert(tx, tenant, owner, k.root.Seal(home(at), fresh[:])); err != nil {
			return nil, err
		}
	}
	if err != nil || len(sealed) == 0 {
		return nil, err
	}
	key, err := k.open(at, sealed)
	if err != nil {
		return nil, err
	}
	tx.AfterCommit(func() { k.known.put(at, key, tx.Now()) }) // a key that is rolled back was none
	return key, nil
}

func home(at which) secret.Place {
	return secret.Place{Table: "person_key", Column: "sealed", Tenant: string(at.tenant), Row: string(at.owner)}
}

func (k *Keys) open(at which, sealed []byte) (*secret.Root, error) {
	raw, err := k.root.Open(home(at), sealed)
	if err == nil && len(raw) != 32 {
		err = secret.ErrSealed
	}
	if err != nil {
		return nil, fmt.Errorf("the key of %s: %w", at.owner, err)
	}
	return secret.NewRoot([32]byte(raw)), nil
}

// Opener opens what is sealed under the keys that it was made with.
type Opener struct {
	tenant id.Tenant
	keys   map[Owner]*secret.Root
}

// Opener reads the keys of the owners with one statement; those that were erased are not among
// them. It looks at no memory: a key that is dropped opens nothing from that moment.
func (k *Keys) Opener(r *store.Reader, tenant id.Tenant, owners []Owner) (Opener, error) {
	o := Opener{tenant: tenant, keys: map[Owner]*secret.Root{}}
	if len(owners) == 0 {
		return o, nil
	}
	return o, each(r, tenant, owners, func(owner Owner, sealed []byte) (err error) {
		o.keys[owner], err = k.open(which{tenant, owner}, sealed)
		return err
	})
}

// Open returns what was sealed for a place; ok is false where it can be read no more.
func (o Opener) Open(owner Owner, place string, sealed []byte) (text []byte, ok bool) {
	key := o.keys[owner]
	if key == nil {
		return nil, false
	}
	text, err := key.Open(cell(o.tenant, place), sealed)
	return text, err == nil
}

// Erase drops the owner's key for good: nothing that was sealed under it can be read any more,
// and nothing will be sealed for them again.
func (k *Keys) Erase(tx *store.Tx, tenant id.Tenant, owner Owner) error {
	tx.AfterCommit(func() { k.known.drop(which{tenant, owner}) })
	return erase(tx, tenant, owner)
}

// Has tells whether the owner has a key.
func (k *Keys) Has(r *store.Reader, tenant id.Tenant, owner Owner) (bool, error) {
	sealed, err := read(r, tenant, owner)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return len(sealed) > 0, err
}
