package authorize

import (
	"net/http"
	"net/url"

	"github.com/cardea-iam/cardea/internal/oauth"
	"github.com/cardea-iam/cardea/internal/web"
)

// respond sends an authorization response, good or bad, to the client's redirect URI: the only
// place from which this room leaves our origin. The error is one of drawing the form.
func (a *Room) respond(w http.ResponseWriter, r *web.Request, q *request, params url.Values) error {
	// RFC 9207 §2: every authorization response, also an error, says who sends it
	params.Set("iss", r.Tenant.Issuer)
	// RFC 6749 §4.1.2: state comes back exactly as it was received
	if q.state != "" {
		params.Set("state", q.state)
	}
	if q.mode == oauth.ResponseModeFormPost {
		if err := web.AllowFormAction(w, q.target.String()); err != nil {
			return err
		}
		// OAuth 2.0 Form Post Response Mode §2: the parameters are fields of a form that posts itself
		return a.Pages.FormPost(w, r, q.client, q.target, params)
	}
	// RFC 9700 §4.12: 303, which never repeats a form that held a password
	web.SeeOther(w, q.target.Redirect(params))
	return nil
}
