package audit

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/cardea-iam/cardea/internal/audit/person"
	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/store"
)

// personal is what is sealed of an event.
type personal struct {
	Address string `json:"address,omitempty"`
}

// owner is under whose key the personal part of an event stands. An address is the caller's own: an
// administrator's does not go with the person whom they look after.
func owner(e Event, at time.Time) person.Owner {
	switch {
	case e.Caller.Kind == caller.Account && e.Caller.ID != "":
		return person.Owner(e.Caller.ID)
	case e.Person == "" || strings.HasSuffix(e.Person, "_"+id.None) || e.claimed():
		return person.Strangers(at)
	}
	return person.Owner(e.Person)
}

// claimed tells whether a caller who is nobody yet merely says that they are the event's person. Its
// address is a stranger's until the event gets its position: finding the person's key then and there
// would be work that a name which nobody has does not make (security row AU19).
func (e Event) claimed() bool {
	return e.Claimed && e.Caller.Kind == caller.Anonymous && e.Person != ""
}

// settle puts the addresses of claims behind one order, up to another, under the keys of the people
// whom they concern, so that they go with them. Of those who were erased nothing is kept.
func (l *Log) settle(tx *store.Tx, from, to int64) error {
	if l.keys == nil {
		return nil
	}
	claims, err := store.Collect(tx.Read(), func(r store.Row) (c row, err error) {
		return c, r.Scan(&c.ord, &c.n, &c.Tenant, &c.At, &c.Person, &c.sealed)
	}, "SELECT ord, n, tenant, at, person, sealed FROM event WHERE ord > $1 AND ord <= $2 AND claimed AND sealed IS NOT NULL", from, to)
	if err != nil {
		return err
	}
	for _, c := range claims {
		whose := owner(c.Event, c.At)
		if whose == person.Strangers(c.At) {
			continue // nobody's
		}
		text, err := l.keys.Open(tx, c.Tenant, person.Strangers(c.At), place(c.ord, c.n), c.sealed)
		if err != nil {
			return err
		}
		var sealed []byte
		if text != nil {
			if sealed, err = l.keys.Seal(tx, c.Tenant, whose, place(c.ord, c.n), text); err != nil {
				return err
			}
		}
		if _, err := tx.Exec("UPDATE event SET sealed = $3 WHERE ord = $1 AND n = $2", c.ord, c.n, sealed); err != nil {
			return err
		}
	}
	return nil
}

// place names the row of an event, so that what is sealed for one opens in no other.
func place(ord, n int64) string { return strconv.FormatInt(ord, 10) + "." + strconv.FormatInt(n, 10) }

// seal returns the sealed personal part of an event, an untyped nil for none.
func (l *Log) seal(tx *store.Tx, n int, e Event) (any, error) {
	if e.Caller.Address == "" || l.keys == nil {
		return nil, nil //nolint:nilnil // there is nothing personal
	}
	text, err := json.Marshal(personal{Address: e.Caller.Address})
	if err != nil {
		return nil, err
	}
	sealed, err := l.keys.Seal(tx, e.Tenant, owner(e, tx.Now()), place(tx.Order(), int64(n)), text)
	if err != nil || sealed == nil {
		return nil, err
	}
	return sealed, nil
}

// open opens what is sealed of the rows, with one look at the keys for all.
func (l *Log) open(r *store.Reader, tenant id.Tenant, rows []row) ([]Event, error) {
	var owners []person.Owner
	for _, e := range rows {
		if len(e.sealed) > 0 {
			owners = append(owners, owner(e.Event, e.At))
		}
	}
	slices.Sort(owners)
	var opener person.Opener
	if l.keys != nil {
		var err error
		if opener, err = l.keys.Opener(r, tenant, slices.Compact(owners)); err != nil {
			return nil, err
		}
	}
	out := make([]Event, len(rows))
	for i, e := range rows {
		out[i] = e.Event
		if len(e.sealed) == 0 {
			continue
		}
		var p personal
		text, ok := opener.Open(owner(e.Event, e.At), place(e.ord, e.n), e.sealed)
		if ok {
			if err := json.Unmarshal(text, &p); err != nil {
				return nil, err
			}
		}
		out[i].Caller.Address, out[i].Erased = p.Address, !ok
	}
	return out, nil
}
