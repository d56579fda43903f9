package data

import (
	"net/http"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/export"
	"github.com/cardea-iam/cardea/internal/lifecycle"
	"github.com/cardea-iam/cardea/internal/session"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/ui/own"
	"github.com/cardea-iam/cardea/internal/ui/visit"
	"github.com/cardea-iam/cardea/internal/web"
)

// Room is the pages of a person's data. It is safe for concurrent use.
type Room struct {
	Desk      *own.Desk
	Visits    *visit.Room
	Exports   *export.Room
	Lifecycle *lifecycle.Lifecycle
}

// Routes are the room's endpoints.
func (room *Room) Routes() []web.Route {
	d := room.Desk
	leaving := func(name, method, path, action, public string, h web.Handler) web.Route {
		r := web.Route{Name: name, Method: method, Path: path, Scope: web.PerTenant, Action: action, Event: action, Public: public, Handler: h, Errors: d.Translate}
		if method == http.MethodPost {
			r.CSRF = web.Browser
		}
		return r
	}
	return []web.Route{
		d.Get("ui.activity", own.PathActivity, room.activity),
		d.Get("ui.data", own.PathData, room.data),
		d.FreshPost("ui.data.download", PathDownload, export.Download.Name(), web.RateCostly, own.PathData, room.download),
		d.FreshGet("ui.data.delete", PathDelete, room.askDelete),
		d.FreshPost("ui.data.delete.post", PathDelete, account.AskDeletion.Name(), web.RateStandard, PathDelete, room.delete),
		leaving("ui.deletion", http.MethodGet, visit.PathLeaving, "", "shows whose deletion is due when, and others how to sign in", room.leaving),
		leaving("ui.deletion.keep", http.MethodPost, PathKeep, account.CancelDeletion.Name(), "", room.keep),
		leaving("ui.deletion.signout", http.MethodPost, pathLeave, session.Logout.Name(), "", room.leave),
	}
}

const (
	pathLeave     = "/account/deletion/signout"
	pathSignedOut = "/signedout"
)

func (room *Room) read(r *web.Request, fn func(*store.Reader) error) error {
	return room.Visits.Guard.Store().Read(r.Context(), visit.Tenant(r), fn)
}
