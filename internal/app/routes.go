package app

import (
	"net/http"
	"slices"
	"time"

	"github.com/cardea-iam/cardea/internal/oauth/introspect"
	"github.com/cardea-iam/cardea/internal/oauth/revoke"
	"github.com/cardea-iam/cardea/internal/oauth/userinfo"
	"github.com/cardea-iam/cardea/internal/ui/part"
	"github.com/cardea-iam/cardea/internal/web"
)

// routes is every door of the server.
func (a *App) routes() []web.Route {
	clients := a.clientAuth()
	return slices.Concat(
		a.metadataRoom().Routes(),
		a.tokenRoom(clients).Routes(),
		introspect.New(a.Store, a.Root, a.Mint, clients).Routes(),
		revoke.New(a.Guard, a.Root, a.Mint, clients).Routes(),
		userinfo.New(a.Store, a.Mint, a.Ring).Routes(),
		assets(),
	)
}

// assets are the files that pages refer to; their names change with their bytes.
func assets() []web.Route {
	var out []web.Route
	for _, f := range part.Assets() {
		doc := web.NewDocument(f.Type, f.Body)
		out = append(out, web.Route{
			Name: "asset." + f.Name, Method: http.MethodGet, Path: f.Path, Scope: web.Root,
			Public: "files of the pages, the same for everybody", Rate: web.RateCheap,
			Cache: web.Public(365 * 24 * time.Hour), Quiet: true,
			Handler: doc.Serve, Errors: web.PlainErrors,
		})
	}
	return out
}

func rate(perSecond, burst int) web.Rate {
	return web.Rate{Count: perSecond, Per: time.Second, Burst: burst}
}
