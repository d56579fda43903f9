package clientauth

import (
	"net/url"

	"github.com/cardea-iam/cardea/internal/client"
	"github.com/cardea-iam/cardea/internal/clock"
	"github.com/cardea-iam/cardea/internal/oauth"
	"github.com/cardea-iam/cardea/internal/secret"
	"github.com/cardea-iam/cardea/internal/web"
)

// Basic is client_secret_basic: HTTP Basic authentication (RFC 6749 §2.3.1, RFC 7617).
type Basic struct {
	Root  *secret.Root
	Clock clock.Clock
}

// Name implements Method.
func (Basic) Name() oauth.ClientAuthMethod { return oauth.ClientAuthBasic }

// Read implements Method.
func (Basic) Read(r *web.Request, _ web.Params) (Credentials, bool, error) {
	lines := r.Header["Authorization"]
	if len(lines) == 0 {
		return Credentials{}, false, nil
	}
	// RFC 9110 §11.6.2: a request carries one Authorization field
	if len(lines) > 1 {
		return Credentials{}, false, oauth.InvalidRequest("the request has more than one Authorization header")
	}
	user, password, ok := r.BasicAuth()
	if !ok {
		return Credentials{}, false, oauth.InvalidClient("the Authorization header is not well-formed Basic authentication")
	}
	// RFC 6749 §2.3.1: name and secret are form-urlencoded before they become Basic credentials
	name, err := url.QueryUnescape(user)
	if err != nil {
		return Credentials{}, false, oauth.InvalidClient("the client's name is not form-urlencoded").Because(err)
	}
	text, err := url.QueryUnescape(password)
	if err != nil {
		return Credentials{}, false, oauth.InvalidClient("the client's secret is not form-urlencoded")
	}
	return Credentials{client.ID(name), secret.Of(text)}, true, nil
}

// Proves implements Method.
func (b Basic) Proves(c client.Client, given Credentials) bool {
	return c.Proves(b.Root, given.Secret.Reveal(), b.Clock())
}
