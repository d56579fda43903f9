package clientauth

import (
	"context"
	"errors"

	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/client"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/oauth"
	"github.com/cardea-iam/cardea/internal/secret"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/web"
)

// Method is one way in which a client shows who it is.
type Method interface {
	// Name is the method's name in the registration of clients.
	Name() oauth.ClientAuthMethod
	// Read finds the method's credentials in a request; used is false where the request does not
	// use the method. The error is an *oauth.Error.
	Read(r *web.Request, form web.Params) (given Credentials, used bool, err error)
	// Proves decides whether the credentials are the client's. It does the same work for the
	// zero Client, whose credentials nobody has.
	Proves(c client.Client, given Credentials) bool
}

// Credentials are what a request claims; nothing in it is checked yet.
type Credentials struct {
	Client client.ID
	Secret secret.Secret
}

// Authenticator authenticates clients. It is safe for concurrent use.
type Authenticator struct {
	clients *client.Directory
	methods []Method
}

// New returns an authenticator that knows the given methods.
func New(clients *client.Directory, methods ...Method) *Authenticator {
	return &Authenticator{clients, methods}
}

// Authenticate returns the active client that sent the request. A refusal is an *oauth.Error:
// invalid_client, or invalid_request where the request contradicts itself.
func (a *Authenticator) Authenticate(ctx context.Context, r *web.Request, form web.Params) (client.Client, error) {
	method, given, err := a.read(r, form)
	if err != nil {
		return client.Client{}, err
	}
	c, err := a.clients.Active(ctx, id.Tenant(r.Tenant.ID), given.Client)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return client.Client{}, err
	}
	// RFC 9700 §2.5: an unknown client costs what a wrong secret costs and is told the same
	if !method.Proves(c, given) || c.ID == "" {
		return client.Client{}, oauth.InvalidClient("client authentication failed").Because(err)
	}
	// RFC 7591 §2: a client authenticates by the method that it is registered for
	if c.AuthMethod != method.Name() {
		return client.Client{}, oauth.InvalidClient("this client is registered for " + string(c.AuthMethod) + ", not for " + string(method.Name()))
	}
	return c, nil
}

func (a *Authenticator) read(r *web.Request, form web.Params) (method Method, given Credentials, err error) {
	// RFC 7521 §4.2: an assertion is a method of its own, and there is none here yet: beside other
	// credentials it would be a second method that nobody checks
	if form.Has("client_assertion") || form.Has("client_assertion_type") {
		return nil, given, oauth.InvalidClient("client assertions are not supported")
	}
	for _, m := range a.methods {
		g, used, err := m.Read(r, form)
		if err != nil {
			return nil, given, err
		}
		if !used {
			continue
		}
		// RFC 6749 §2.3: a client uses no more than one authentication method in a request
		if method != nil {
			return nil, given, oauth.InvalidRequest("the request authenticates the client in two ways")
		}
		method, given = m, g
	}
	// RFC 6749 §5.2: no client authentication included
	if method == nil {
		return nil, given, oauth.InvalidClient("client authentication is missing")
	}
	// RFC 6749 §3.2.1: client_id may be sent beside other credentials; then it names the same client
	if sent := form.Get("client_id"); sent != "" && client.ID(sent) != given.Client {
		return nil, given, oauth.InvalidRequest("client_id is not the client that authenticates")
	}
	return method, given, nil
}

// Caller is the authenticated client as guard knows it.
func Caller(r *web.Request, c client.Client) caller.Caller {
	address := ""
	if r.Client.IsValid() {
		address = r.Client.String()
	}
	return caller.Application(string(c.ID), address, r.ID)
}
