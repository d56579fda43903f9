package userinfo

import (
	"errors"
	"net/http"
	"strings"

	"github.com/cardea-iam/cardea/internal/oauth"
	"github.com/cardea-iam/cardea/internal/web"
)

const formMedia = "application/x-www-form-urlencoded"

// errNone says that the request has no token at all.
var errNone = &oauth.Error{Code: oauth.CodeInvalidToken, Status: http.StatusUnauthorized}

// bearer finds the one access token of a request.
func bearer(r *web.Request) (string, error) {
	query, err := web.Query(r)
	if err != nil {
		return "", err
	}
	// RFC 9700 §4.3.2, OAuth 2.1 (draft 16) §5.1: no access token in the query, where logs keep it
	if query.Has("access_token") {
		return "", oauth.InvalidRequest("an access token does not belong into the URL: revoke this one")
	}
	var token string
	if lines := r.Header["Authorization"]; len(lines) > 1 {
		// RFC 9110 §11.6.2: a request carries one Authorization field
		return "", oauth.InvalidRequest("the request has more than one Authorization header")
	} else if len(lines) == 1 {
		// RFC 6750 §2.1: Authorization: Bearer, one space, and the token
		scheme, rest, _ := strings.Cut(lines[0], " ")
		if !strings.EqualFold(scheme, "Bearer") || rest == "" {
			return "", oauth.InvalidRequest("the Authorization header is not Bearer and a token")
		}
		token = rest
	}
	// RFC 6750 §2.2: in the body only of a POST, and only in a form
	if r.Method == http.MethodPost && strings.HasPrefix(r.Header.Get("Content-Type"), formMedia) {
		form, err := web.Form(r)
		if err != nil {
			return "", err
		}
		if inBody := form.Get("access_token"); inBody != "" {
			// RFC 6750 §2: no more than one method to send the token
			if token != "" {
				return "", oauth.InvalidRequest("the request sends a token in two ways")
			}
			token = inBody
		}
	}
	if token == "" {
		return "", errNone
	}
	return token, nil
}

// errorsOf answers refusals with the challenge of RFC 6750 §3.
func errorsOf(w http.ResponseWriter, _ *web.Request, err error) bool {
	var e *oauth.Error
	var below *web.Refusal
	switch {
	case errors.As(err, &e):
	case errors.As(err, &below):
		e = oauth.InvalidRequest(below.Public)
		if below.Status != http.StatusUnsupportedMediaType {
			e.Status = below.Status
		}
	default:
		return false
	}
	h := w.Header()
	switch {
	// RFC 6750 §3.1: a request without any token is told the scheme and no error
	case e == errNone:
		h.Set("WWW-Authenticate", `Bearer realm="userinfo", scope="openid"`)
		w.WriteHeader(http.StatusUnauthorized)
		return true
	// RFC 6750 §3.1: insufficient_scope names the scope that would do
	case e.Code == oauth.CodeInsufficientScope:
		h.Set("WWW-Authenticate", e.Challenge("Bearer", "userinfo", "scope", "openid"))
	default:
		h.Set("WWW-Authenticate", e.Challenge("Bearer", "userinfo"))
	}
	body, err := e.MarshalJSON()
	if err != nil {
		return false // two strings always marshal
	}
	web.WriteJSONBytes(w, e.Status, body)
	return true
}
