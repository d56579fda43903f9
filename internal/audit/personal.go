package audit

import (
	"encoding/json"
	"slices"
	"strconv"
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

// owner is under whose key the personal part of a new event stands. An address is the caller's own:
// an administrator's does not go with the person whom they look after, and one who only says that
// they are a person is a stranger. That also makes an attempt at a name that nobody has the same work
// as one at an account (security row AU19): the key of strangers is always at hand.
func owner(e Event, at time.Time) person.Owner {
	switch {
	case e.Caller.Kind == caller.Account && e.Caller.ID != "":
		return person.Owner(e.Caller.ID)
	case e.Person == "" || e.Caller.Kind == caller.Anonymous && e.Claimed:
		return person.Strangers(at)
	}
	return person.Owner(e.Person)
}

// owners are those of an event that was read: whether its caller had proved who they are it does not
// say, and one of the keys opens it.
func owners(e Event) []person.Owner {
	first := owner(e, e.At)
	if e.Caller.Kind == caller.Anonymous && e.Person != "" {
		return []person.Owner{first, person.Strangers(e.At)}
	}
	return []person.Owner{first}
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
	var all []person.Owner
	for _, e := range rows {
		if len(e.sealed) > 0 {
			all = append(all, owners(e.Event)...)
		}
	}
	slices.Sort(all)
	var opener person.Opener
	if l.keys != nil {
		var err error
		if opener, err = l.keys.Opener(r, tenant, slices.Compact(all)); err != nil {
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
		var text []byte
		ok := false
		for _, o := range owners(e.Event) {
			if text, ok = opener.Open(o, place(e.ord, e.n), e.sealed); ok {
				break
			}
		}
		if ok {
			if err := json.Unmarshal(text, &p); err != nil {
				return nil, err
			}
		}
		out[i].Caller.Address, out[i].Erased = p.Address, !ok
	}
	return out, nil
}
