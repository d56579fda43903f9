package notice

import (
	"errors"
	"net/http"
	"time"

	"github.com/cardea-iam/cardea/internal/browser"
	"github.com/cardea-iam/cardea/internal/factor/password/argon"
	"github.com/cardea-iam/cardea/internal/factor/password/plaintext"
	"github.com/cardea-iam/cardea/internal/factor/password/policy"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/setup"
	"github.com/cardea-iam/cardea/internal/ui/part"
	"github.com/cardea-iam/cardea/internal/ui/visit"
	"github.com/cardea-iam/cardea/internal/web"
)

// Room is the pages of this room that have an address: set-up, signed out, the way from the root
// to the account, and the assets of all pages. It is safe for concurrent use.
type Room struct {
	Pages     *Pages
	Setup     *setup.Room
	MinLength int // of the first password, in characters
}

// PathSignedOut is the page that tells that the session has ended.
const PathSignedOut = "/signedout"

// Routes are the room's endpoints.
func (room *Room) Routes() []web.Route {
	routes := []web.Route{
		{
			Name: "ui.root", Method: http.MethodGet, Path: "/{$}", Scope: web.PerTenant, Rate: web.RateCheap,
			Public: "leads to the account pages", Handler: room.root, Errors: room.Pages.Translate,
		},
		{
			Name: "ui.signedout", Method: http.MethodGet, Path: PathSignedOut, Scope: web.PerTenant,
			Public: "says the same to everybody", Handler: room.signedOut, Errors: room.Pages.Translate,
		},
		{
			Name: "ui.setup", Method: http.MethodGet, Path: setup.Path, Scope: web.Root, Rate: web.RateCostly,
			Public: "whoever has the link that the server printed", Handler: room.setup, Errors: room.Pages.Translate,
		},
		{
			Name: "ui.setup.post", Method: http.MethodPost, Path: setup.Path, Scope: web.Root, Rate: web.RateCostly, CSRF: web.Browser,
			Public: "whoever has the link that the server printed", Event: setup.Redeem.Name(), Handler: room.finishSetup, Errors: room.Pages.Translate,
		},
	}
	for _, a := range part.Assets() {
		document := web.NewDocument(a.Type, a.Body)
		routes = append(routes, web.Route{
			Name: "asset." + a.Name, Method: http.MethodGet, Path: a.Path, Scope: web.Root, Rate: web.RateCheap, Quiet: true,
			Public: "style, scripts and the mark, the same for everybody", Cache: web.Public(365 * 24 * time.Hour),
			Handler: func(w http.ResponseWriter, r *web.Request) error {
				w.Header().Set("Cache-Control", part.AssetCache)
				return document.Serve(w, r)
			},
			Errors: room.Pages.Translate,
		})
	}
	return routes
}

func (room *Room) root(w http.ResponseWriter, r *web.Request) error {
	web.SeeOther(w, browser.Path(r, "/account"))
	return nil
}

func (room *Room) signedOut(w http.ResponseWriter, r *web.Request) error {
	visit.Remember(w, r)
	page := &SignedOut{Base: room.Pages.base(r.Context(), r), SignInURL: visit.URL(r, "/account")}
	page.Path = visit.URL(r, PathSignedOut)
	return visit.Show(w, http.StatusOK, page)
}

func (room *Room) setup(w http.ResponseWriter, r *web.Request) error {
	q, err := web.Query(r)
	if err != nil {
		return err
	}
	return room.showSetup(w, r, q.Get(setup.Param), &Setup{})
}

// showSetup shows the form if the link works. Afterwards the address says that the link is spent, to whoever comes.
func (room *Room) showSetup(w http.ResponseWriter, r *web.Request, token string, page *Setup) error {
	until, err := room.Setup.Look(r.Context(), token)
	if errors.Is(err, setup.ErrNone) {
		return visit.ErrLink
	}
	if err != nil {
		return err
	}
	page.Base = room.Pages.base(r.Context(), r)
	page.Action, page.MinLength, page.Until = visit.URL(r, setup.Path), room.MinLength, until
	page.Hidden = []part.Field{{Name: setup.Param, Value: token}}
	return visit.Show(w, http.StatusOK, page)
}

func (room *Room) finishSetup(w http.ResponseWriter, r *web.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	token, username := form.Get(setup.Param), form.Get(FieldUsername)
	_, err = room.Setup.Finish(r.Context(), browser.Nobody(r), token, username, form.Get(FieldPassword))
	page := &Setup{Username: username}
	var problem *guard.Problem
	var weak *policy.Refusal
	var busy *argon.ErrBusy
	switch {
	case err == nil:
		web.SeeOther(w, browser.Path(r, "/account"))
		return nil
	case errors.Is(err, setup.ErrNone):
		return visit.ErrLink
	case errors.As(err, &busy):
		return &visit.Refusal{Kind: string(TooMany), Status: http.StatusServiceUnavailable, Wait: busy.RetryAfter, Cause: err}
	case errors.As(err, &problem) && problem.Field == "username":
		page.UsernameProblem = UsernameInvalid
	case errors.As(err, &weak):
		page.PasswordProblem = visit.WeakPassword(weak.Reason)
	case errors.Is(err, plaintext.ErrTooLong):
		page.PasswordProblem = PasswordLong
	case errors.Is(err, plaintext.ErrEmpty):
		page.PasswordProblem = PasswordShort
	default:
		return err
	}
	return room.showSetup(w, r, token, page)
}
