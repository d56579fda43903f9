package api

import (
	"errors"
	"net/http"
	"strings"

	"github.com/cardea-iam/cardea/internal/apitoken"
	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/web"
)

// authenticate says who sent the request.
func (a *API) authenticate(r *web.Request) (*call, error) {
	c := &call{r: r, tenant: id.Tenant(r.Tenant.ID)}
	if r.Local {
		// A browser cannot open the socket; something in front of it that lets browsers in
		// would hand the machine to any site (security row OP12).
		if r.Header.Get("Origin") != "" || r.Header.Get("Sec-Fetch-Site") != "" {
			return nil, &web.Refusal{Status: http.StatusForbidden, Public: "The administration socket takes no requests from browsers."}
		}
		c.who = caller.Local(r.ID)
		return c, nil
	}
	text, err := bearer(r.Header["Authorization"])
	if err != nil {
		return nil, err
	}
	t, err := apitoken.Present(r.Context(), a.Guard.Store(), a.Root, c.tenant, text)
	if errors.Is(err, store.ErrNotFound) {
		// RFC 6750 §3.1: an expired, revoked or malformed token is invalid_token, 401
		return nil, &unauthorized{code: "invalid_token"}
	}
	if err != nil {
		return nil, err
	}
	address := ""
	if r.Client.IsValid() {
		address = r.Client.String()
	}
	c.who, c.until = caller.Person(string(t.Account), "", "", address, r.ID), t.ExpiresAt
	return c, nil
}

// bearer takes the token from the one Authorization header (RFC 6750 §2.1). Tokens in forms
// and queries (§2.2, §2.3) are not read.
func bearer(lines []string) (string, error) {
	if len(lines) == 0 {
		// RFC 6750 §3.1: a request without authentication gets no error code
		return "", &unauthorized{}
	}
	scheme, token, ok := strings.Cut(lines[0], " ")
	if len(lines) > 1 || !ok || !strings.EqualFold(scheme, "Bearer") {
		return "", &unauthorized{code: "invalid_request"}
	}
	return token, nil
}

// unauthorized is the refusal of a request whose sender is unknown.
type unauthorized struct{ code string }

func (u *unauthorized) Error() string { return "the sender is unknown " + u.code }

func (u *unauthorized) challenge() string {
	if u.code == "" {
		return `Bearer realm="cardea"`
	}
	return `Bearer realm="cardea", error="` + u.code + `"`
}
