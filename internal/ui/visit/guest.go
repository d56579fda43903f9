package visit

import (
	"context"
	"errors"
	"net/http"

	"github.com/cardea-iam/cardea/internal/browser"
	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/interaction"
	"github.com/cardea-iam/cardea/internal/session"
	"github.com/cardea-iam/cardea/internal/signin"
	"github.com/cardea-iam/cardea/internal/web"
)

// Guest is a browser with something under way.
type Guest struct {
	Interaction interaction.Interaction
	Binding     []byte           // digest of the binding cookie
	Accounts    []byte           // digest of the accounts cookie, nil for none
	Session     *session.Session // nil if nobody is signed in
	Caller      caller.Caller
}

// Place names the guest's interaction.
func (g Guest) Place() signin.Place {
	return signin.Place{Interaction: g.Interaction.ID, Browser: g.Binding}
}

// Beside names the guest's interaction, and the session whose proofs count beside its own.
func (g Guest) Beside() interaction.Place {
	p := interaction.Place{Interaction: g.Interaction.ID, Browser: g.Binding}
	if g.Session != nil {
		p.Session = g.Session.ID
	}
	return p
}

// Guest finds the interaction that the id names, if it is this browser's; else ErrExpired.
func (room *Room) Guest(ctx context.Context, w http.ResponseWriter, r *web.Request, which string) (Guest, error) {
	Remember(w, r)
	i, err := room.Browser.Interaction(ctx, r, which)
	if errors.Is(err, browser.ErrNone) {
		return Guest{}, ErrExpired
	}
	if err != nil {
		return Guest{}, err
	}
	g := Guest{Interaction: i, Accounts: room.Browser.Accounts(r)}
	if g.Binding, err = room.Browser.Bind(w, r); err != nil {
		return g, err
	}
	g.Caller, g.Session, err = room.caller(ctx, r)
	return g, err
}

// Asked is Guest for a page: the interaction that its query names.
func (room *Room) Asked(w http.ResponseWriter, r *web.Request) (Guest, web.Params, error) {
	q, err := web.Query(r)
	if err != nil {
		return Guest{}, q, err
	}
	g, err := room.Guest(r.Context(), w, r, q.Get(FieldInteraction))
	return g, q, err
}

// Posted is Guest for a form: the interaction that a field names.
func (room *Room) Posted(w http.ResponseWriter, r *web.Request) (Guest, web.Params, error) {
	form, err := web.Form(r)
	if err != nil {
		return Guest{}, form, err
	}
	g, err := room.Guest(r.Context(), w, r, form.Get(FieldInteraction))
	return g, form, err
}

func (room *Room) caller(ctx context.Context, r *web.Request) (caller.Caller, *session.Session, error) {
	c, s, err := room.Browser.Caller(ctx, r)
	if err != nil || s.ID == "" {
		return c, nil, err
	}
	return c, &s, nil
}
