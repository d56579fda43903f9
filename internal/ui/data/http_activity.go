package data

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/cardea-iam/cardea/internal/audit"
	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/client"
	"github.com/cardea-iam/cardea/internal/factor/mailbox"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/notify"
	"github.com/cardea-iam/cardea/internal/session"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/ui/own"
	"github.com/cardea-iam/cardea/internal/ui/part"
	"github.com/cardea-iam/cardea/internal/ui/visit"
	"github.com/cardea-iam/cardea/internal/web"
)

const (
	paramBefore = "before"

	entriesPage = 30
	maxLooks    = 10 // at the log for one page: much of it may be not worth a line
)

func (room *Room) activity(w http.ResponseWriter, r *web.Request, o visit.Owner) error {
	f, err := room.Desk.Frame(r, o, own.PathActivity, nil)
	if err != nil {
		return err
	}
	q, err := web.Query(r)
	if err != nil {
		return err
	}
	page := &Activity{Frame: f, Path: visit.URL(r, own.PathActivity)}
	switch s := Sort(q.Get(paramShow)); s {
	case SignIns, Changes, Apps:
		page.Sort = s
	case All:
	}
	before, err := strconv.ParseInt(q.Get(paramBefore), 10, 64)
	if err != nil || before < 1 {
		before = 0 // whatever else it is, the newest
	}
	page.Later = before > 0
	events, last, err := room.happened(r, o, page.Sort, before)
	if err != nil {
		return err
	}
	if last > 0 {
		page.Older = visit.URL(r, own.PathActivity, paramBefore, strconv.FormatInt(last, 10))
		if page.Sort != All {
			page.Older += "&" + paramShow + "=" + string(page.Sort)
		}
	}
	if page.Entries, err = room.entries(r, o, events); err != nil {
		return err
	}
	return visit.Show(w, http.StatusOK, page)
}

// happened reads the events of a page, and the position before which older ones are, 0 for none.
func (room *Room) happened(r *web.Request, o visit.Owner, sort Sort, before int64) (out []audit.Event, last int64, err error) {
	filter := audit.Filter{Person: string(o.Account.ID), Actions: actions(sort)}
	err = room.read(r, func(rd *store.Reader) error {
		for range maxLooks {
			events, err := room.Visits.Guard.Log().List(rd, visit.Tenant(r), filter, before, entriesPage)
			if err != nil {
				return err
			}
			for _, e := range events {
				before = e.Position
				if _, told := said(e); !told {
					continue
				}
				if out = append(out, e.For(filter.Person)); len(out) == entriesPage {
					last = before
					return nil
				}
			}
			if len(events) < entriesPage {
				return nil
			}
		}
		last = before
		return nil
	})
	return out, last, err
}

// actions are those of a sort that the page shows.
func actions(sort Sort) (out []string) {
	for _, a := range guard.Actions() {
		if s, ok := SentenceOf(a.Name); ok && (sort == All || s.Sort == sort) {
			out = append(out, a.Name)
		}
	}
	return out
}

// about is what the page reads of an event's detail.
type about struct {
	Client  string `json:"client"`
	Session string `json:"session"`
	Refused bool   `json:"refused"` // the person said no
	Letter  string `json:"letter"`  // of mailbox.send
	Held    bool   `json:"held"`    // of mailbox.send: it did not go
}

// letters are those of mailbox.send that are worth a line: they let in whoever reads them. What the
// others are about has a line of its own.
var letters = []string{string(notify.SignInCode), string(notify.RecoveryCode)}

func aboutOf(e audit.Event) (d about) {
	_ = json.Unmarshal(e.Detail, &d) // a detail without these members has none of them
	return d
}

// said is what the page says of an event; told is false where it says nothing.
func said(e audit.Event) (key part.Key, told bool) {
	s, _ := SentenceOf(e.Action)
	detail := aboutOf(e)
	switch {
	case e.Action == mailbox.Send.Name() && (detail.Held || !slices.Contains(letters, detail.Letter)):
	case e.Outcome == audit.Done && !detail.Refused:
		key = s.Done
	case e.Outcome != audit.Denied:
		key = s.Refused
	}
	return key, key != ""
}

func (room *Room) entries(r *web.Request, o visit.Owner, events []audit.Event) (out []Entry, err error) {
	var agents map[session.ID]string
	if err := room.read(r, func(rd *store.Reader) (err error) {
		agents, err = session.Agents(rd, visit.Tenant(r), o.Account.ID)
		return err
	}); err != nil {
		return nil, err
	}
	for _, e := range events {
		key, _ := said(e)
		entry := Entry{Action: e.Action, Said: part.Say(key), At: e.At, Address: e.Caller.Address, Bad: e.Outcome == audit.Refused}
		detail := aboutOf(e)
		if detail.Client != "" {
			app, err := room.Visits.AppOf(r.Context(), visit.Tenant(r), client.ID(detail.Client))
			if err != nil {
				return nil, err
			}
			entry.App = app.Name
		}
		in := session.ID(e.Caller.Session)
		if strings.HasPrefix(e.Resource, "ses_") && e.Caller.Kind == caller.Anonymous { // the session that begins
			in = session.ID(e.Resource)
		}
		if agent, known := agents[in]; known && agent != "" {
			d := own.ParseUserAgent(agent)
			entry.Device = &d
		}
		out = append(out, entry)
	}
	return out, nil
}
