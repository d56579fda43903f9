package visit

import (
	"net/http"

	"github.com/cardea-iam/cardea/internal/web"
)

// Get is the route of a page below the tenant's root that needs nobody signed in; public says why.
func Get(name, path string, rate web.RateClass, public string, h web.Handler, translate web.ErrorFunc) web.Route {
	return web.Route{Name: name, Method: http.MethodGet, Path: path, Scope: web.PerTenant, Rate: rate, Public: public, Handler: h, Errors: translate}
}

// Post is the route of such a page's form, which leads to an action and may cost the server something.
func Post(name, path, action string, h web.Handler, translate web.ErrorFunc) web.Route {
	return web.Route{Name: name, Method: http.MethodPost, Path: path, Scope: web.PerTenant, Rate: web.RateCostly, CSRF: web.Browser,
		Action: action, Event: action, Handler: h, Errors: translate}
}
