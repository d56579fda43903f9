package audit

import (
	"encoding/json"
	"strconv"
	"time"

	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/store"
)

// exported is an event as a person may download it. Who else did it is said by its sort alone,
// and the address is there where it is the person's own or nobody's.
type exported struct {
	Position int64           `json:"position"`
	At       time.Time       `json:"at"`
	Action   string          `json:"action"`
	Outcome  Outcome         `json:"outcome"`
	By       string          `json:"by"` // yourself, or the sort of the caller
	Client   string          `json:"client,omitempty"`
	Session  string          `json:"session,omitempty"`
	Address  string          `json:"address,omitempty"`
	Resource string          `json:"resource,omitempty"`
	Detail   json.RawMessage `json:"detail"`
}

// Yourself is who did what a person did themselves.
const Yourself = "yourself"

// For takes from an event what the person whom it concerns has no business with: another
// person's session and address.
func (e Event) For(who string) Event {
	if e.Caller.Kind == caller.Account && e.Caller.ID != who {
		e.Caller = caller.Caller{Kind: caller.Account}
	}
	return e
}

const exportPage = 500

// Exports are what the log has of a person: what concerns them, and what they did to others.
func (l *Log) Exports() []store.Export {
	section := func(where string) func(*store.Reader, id.Tenant, string, string) ([]any, string, error) {
		return func(r *store.Reader, tenant id.Tenant, who, after string) (items []any, next string, err error) {
			var behind int64
			if after != "" {
				if behind, err = strconv.ParseInt(after, 10, 64); err != nil {
					return nil, "", err
				}
			}
			events, err := l.collect(r, tenant, "WHERE l.tenant = $1 AND "+where+" AND l.position > $3 ORDER BY l.position LIMIT $4", tenant, who, behind, exportPage)
			for _, e := range events {
				by := string(e.Caller.Kind)
				if e.Caller.Kind == caller.Account && e.Caller.ID == who {
					by = Yourself
				}
				e = e.For(who)
				items = append(items, exported{e.Position, e.At, e.Action, e.Outcome, by, e.Caller.Client, e.Caller.Session, e.Caller.Address, e.Resource, e.Detail})
			}
			if len(events) == exportPage {
				next = strconv.FormatInt(events[exportPage-1].Position, 10)
			}
			return items, next, err
		}
	}
	return []store.Export{
		{Name: "activity", Tables: []string{"event", "event_log", "person_key"}, Page: section("l.person = $2 AND l.person <> ''")},
		{Name: "deeds", Tables: []string{"event", "event_log"}, Page: section("l.actor = 'account:' || $2 AND l.person <> $2")},
	}
}
