package authorize

import (
	"errors"
	"slices"
	"strings"

	"github.com/cardea-iam/cardea/internal/client"
	"github.com/cardea-iam/cardea/internal/oauth"
	"github.com/cardea-iam/cardea/internal/store"
)

func knownClient(e *examination) error {
	text := e.params.Get("client_id")
	// RFC 6749 §4.1.1: client_id is required
	if text == "" {
		return &shown{KindApp, oauth.InvalidRequest("client_id is missing")}
	}
	c, err := e.room.Clients.Active(e.ctx, e.tenant, client.ID(text))
	if errors.Is(err, store.ErrNotFound) {
		return &shown{KindApp, oauth.InvalidClient("there is no such client here, or it is disabled")}
	}
	e.client = c
	return err
}

func registeredTarget(e *examination) error {
	text := e.params.Get("redirect_uri")
	if text == "" {
		return soleTarget(e)
	}
	// RFC 9700 §2.1: redirect URIs are compared by exact string matching
	target, ok := oauth.Match(e.client.RedirectURIs, text)
	if !ok {
		return &shown{KindRedirect, oauth.InvalidRequest("redirect_uri is not registered for this client; it must be the same character by character")}
	}
	e.target, e.targetSent = target, true
	return nil
}

// soleTarget is where a response goes when the request does not say it.
func soleTarget(e *examination) error {
	// OpenID Connect Core 1.0 §3.1.2.1: redirect_uri is required
	if slices.Contains(strings.Split(e.params.Get("scope"), " "), string(oauth.ScopeOpenID)) {
		return &shown{KindRedirect, oauth.InvalidRequest("redirect_uri is missing; OpenID Connect requires it")}
	}
	// RFC 6749 §3.1.2.3: it may be left out only where the client has registered exactly one
	if len(e.client.RedirectURIs) != 1 {
		return &shown{KindRedirect, oauth.InvalidRequest("redirect_uri is missing, and the client has not registered exactly one")}
	}
	e.target = e.client.RedirectURIs[0]
	return nil
}

// maxOpaque bounds state and nonce, in bytes: both are stored while a person signs in.
const maxOpaque = 2048

func keepState(e *examination) error {
	state := e.params.Get("state")
	if len(state) > maxOpaque {
		return oauth.InvalidRequest("state is longer than 2048 bytes")
	}
	// RFC 6749 §4.1.2: the exact value received from the client comes back
	e.state = state
	return nil
}

func responseMode(e *examination) error {
	mode, err := oauth.ParseResponseMode(e.params.Get("response_mode"))
	if err != nil {
		return err
	}
	// RFC 8252 §7.1: an app's own scheme opens the app by its address; no form can be posted there
	if mode == oauth.ResponseModeFormPost && e.target.IsPrivateScheme() {
		return oauth.InvalidRequest("response_mode form_post needs an http or https redirect_uri")
	}
	e.mode = mode
	return nil
}

func noRequestObject(e *examination) error {
	switch {
	// OpenID Connect Core 1.0 §6.1: a server that does not support request says so, and never ignores it
	case e.params.Get("request") != "":
		return oauth.RequestNotSupported("request objects are not supported; send the parameters themselves")
	// OpenID Connect Core 1.0 §6.2: likewise request_uri
	case e.params.Get("request_uri") != "":
		return oauth.RequestURINotSupported("request objects by reference are not supported; send the parameters themselves")
	// OpenID Connect Core 1.0 §7.2.1: likewise registration
	case e.params.Get("registration") != "":
		return oauth.RegistrationNotSupported("clients are registered by an administrator, not in a request")
	}
	return nil
}

func responseType(e *examination) error {
	// RFC 9700 §2.1.2: no response type that puts tokens into the browser's address exists here
	_, err := oauth.ParseResponseType(e.params.Get("response_type"))
	return err
}

func allowedGrant(e *examination) error {
	// RFC 6749 §4.1.2.1: a client that may not use this grant is told unauthorized_client
	if !e.client.May(oauth.GrantAuthorizationCode) {
		return oauth.UnauthorizedClient("this client is not registered for the authorization code grant")
	}
	return nil
}

func codeChallenge(e *examination) (err error) {
	// RFC 9700 §2.1.1: the challenge method is S256; plain, and no method, are refused
	e.challenge, err = oauth.ParseCodeChallenge(e.params.Get("code_challenge_method"), e.params.Get("code_challenge"))
	if err != nil || !e.challenge.IsZero() {
		return err
	}
	// RFC 7636 §4.4.1: a server that requires PKCE answers invalid_request
	if e.client.NeedsPKCE() {
		return oauth.InvalidRequest("code challenge required: send code_challenge with code_challenge_method S256")
	}
	// RFC 9700 §2.1.1: only for OpenID Connect, and only with a confidential client, may PKCE be left out
	if !e.identity.Has(oauth.ScopeOpenID) {
		return oauth.InvalidRequest("code challenge required: this client may leave it out with the scope openid only")
	}
	return nil
}

func keepNonce(e *examination) error {
	e.nonce = e.params.Get("nonce")
	if len(e.nonce) > maxOpaque {
		return oauth.InvalidRequest("nonce is longer than 2048 bytes")
	}
	return nil
}
