package inbox

import (
	"errors"
	"net/http"
	"strings"

	"github.com/cardea-iam/cardea/internal/outbox"
	"github.com/cardea-iam/cardea/internal/outbox/inbox"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/ui/visit"
	"github.com/cardea-iam/cardea/internal/web"
)

// Path is where the inbox is.
const Path = "/inbox"

// shown is how many messages the list shows.
const shown = 200

// previewPolicy lets a mail's own style through and nothing else, in an origin of its own that has
// no scripts and no forms. Links open as they would from a mail program.
const previewPolicy = "sandbox allow-top-navigation-by-user-activation allow-popups allow-popups-to-escape-sandbox; " +
	"default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// Room is the pages of the inbox. It is safe for concurrent use.
type Room struct {
	Visits    *visit.Room
	Inbox     *inbox.Room
	Translate web.ErrorFunc
}

// Routes are the room's endpoints.
func (room *Room) Routes() []web.Route {
	page := func(name, path string, h web.Handler) web.Route {
		return web.Route{
			Name: name, Method: http.MethodGet, Path: path, Scope: web.PerTenant,
			Public: "a server for development shows what it would have sent", Handler: h, Errors: room.Translate,
		}
	}
	return []web.Route{
		page("ui.inbox", Path, room.list),
		page("ui.inbox.message", Path+"/{id}", room.message),
		page("ui.inbox.html", Path+"/{id}/html", room.html),
	}
}

func entry(r *web.Request, m inbox.Message) Entry {
	e := Entry{URL: visit.URL(r, Path+"/"+string(m.ID)), Channel: m.Channel, To: m.To, Subject: m.Subject, At: m.CreatedAt}
	if e.Subject == "" {
		e.Subject, _, _ = strings.Cut(m.Text, "\n")
	}
	return e
}

func (room *Room) list(w http.ResponseWriter, r *web.Request) error {
	visit.Remember(w, r)
	q, err := web.Query(r)
	if err != nil {
		return err
	}
	base, err := room.Visits.Base(r.Context(), r, nil, nil)
	if err != nil {
		return err
	}
	page := &List{Base: base, To: q.Get("to"), AllURL: visit.URL(r, Path)}
	page.Path = visit.URL(r, Path)
	found, err := room.Inbox.List(r.Context(), visit.Tenant(r), page.To, shown)
	if err != nil {
		return err
	}
	for _, m := range found {
		page.Entries = append(page.Entries, entry(r, m))
	}
	return visit.Show(w, http.StatusOK, page)
}

func (room *Room) get(r *web.Request) (inbox.Message, error) {
	m, err := room.Inbox.Get(r.Context(), visit.Tenant(r), outbox.ID(r.PathValue("id")))
	if errors.Is(err, store.ErrNotFound) {
		err = visit.ErrMissing
	}
	return m, err
}

func (room *Room) message(w http.ResponseWriter, r *web.Request) error {
	m, err := room.get(r)
	if err != nil {
		return err
	}
	base, err := room.Visits.Base(r.Context(), r, nil, nil)
	if err != nil {
		return err
	}
	page := &Message{Base: base, Entry: entry(r, m), Text: m.Text, Links: m.Links, ListURL: visit.URL(r, Path),
		RecipientURL: visit.URL(r, Path, "to", m.To)}
	page.Path = page.URL
	if m.HTML != "" {
		page.HTMLURL = visit.URL(r, Path+"/"+string(m.ID)+"/html")
	}
	return visit.Show(w, http.StatusOK, page)
}

func (room *Room) html(w http.ResponseWriter, r *web.Request) error {
	m, err := room.get(r)
	if err != nil {
		return err
	}
	if m.HTML == "" {
		return visit.ErrMissing
	}
	w.Header().Set("Content-Security-Policy", previewPolicy)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, err = w.Write([]byte(m.HTML))
	return err
}
