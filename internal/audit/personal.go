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

// owner is under whose key the personal part of an event stands. An address is the caller's own:
// an administrator's does not go with the person whom they look after.
func owner(c caller.Caller, concerns string, at time.Time) person.Owner {
	switch {
	case c.Kind == caller.Account && c.ID != "":
		return person.Owner(c.ID)
	case concerns != "":
		return person.Owner(concerns)
	}
	return person.Strangers(at)
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
	sealed, err := l.keys.Seal(tx, e.Tenant, owner(e.Caller, e.Person, tx.Now()), place(tx.Order(), int64(n)), text)
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
			owners = append(owners, owner(e.Caller, e.Person, e.At))
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
		text, ok := opener.Open(owner(e.Caller, e.Person, e.At), place(e.ord, e.n), e.sealed)
		if ok {
			if err := json.Unmarshal(text, &p); err != nil {
				return nil, err
			}
		}
		out[i].Caller.Address, out[i].Erased = p.Address, !ok
	}
	return out, nil
}
