package clientauth

import (
	"github.com/cardea-iam/cardea/internal/client"
	"github.com/cardea-iam/cardea/internal/clock"
	"github.com/cardea-iam/cardea/internal/oauth"
	"github.com/cardea-iam/cardea/internal/secret"
	"github.com/cardea-iam/cardea/internal/web"
)

// Post is client_secret_post: client_id and client_secret in the request's body (RFC 6749
// §2.3.1). They are never taken from the query.
type Post struct {
	Root  *secret.Root
	Clock clock.Clock
}

// Name implements Method.
func (Post) Name() oauth.ClientAuthMethod { return oauth.ClientAuthPost }

// Read implements Method.
func (Post) Read(_ *web.Request, form web.Params) (Credentials, bool, error) {
	text := form.Get("client_secret")
	if text == "" {
		return Credentials{}, false, nil
	}
	return Credentials{client.ID(form.Get("client_id")), secret.Of(text)}, true, nil
}

// Proves implements Method.
func (p Post) Proves(c client.Client, given Credentials) bool {
	return c.Proves(p.Root, given.Secret.Reveal(), p.Clock())
}
