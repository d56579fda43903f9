package clientauth

import (
	"github.com/cardea-iam/cardea/internal/client"
	"github.com/cardea-iam/cardea/internal/oauth"
	"github.com/cardea-iam/cardea/internal/web"
)

// None is the method of public clients, which have nothing to prove: client_id names them (RFC
// 6749 §3.2.1).
type None struct{}

// Name implements Method.
func (None) Name() oauth.ClientAuthMethod { return oauth.ClientAuthNone }

// Read implements Method: the request uses no other method.
func (None) Read(r *web.Request, form web.Params) (Credentials, bool, error) {
	if len(r.Header["Authorization"]) > 0 || form.Has("client_secret") || !form.Has("client_id") {
		return Credentials{}, false, nil
	}
	return Credentials{Client: client.ID(form.Get("client_id"))}, true, nil
}

// Proves implements Method.
func (None) Proves(c client.Client, _ Credentials) bool {
	// RFC 6749 §3.2.1: a confidential client must authenticate; an absent or empty secret is none
	return c.Public()
}
