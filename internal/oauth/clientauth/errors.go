package clientauth

import (
	"errors"
	"net/http"

	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/oauth"
	"github.com/cardea-iam/cardea/internal/web"
)

// Errors answers a refusal as JSON (RFC 6749 §5.2); it is the web.ErrorFunc of every endpoint
// at which clients authenticate.
func Errors(w http.ResponseWriter, _ *web.Request, err error) bool {
	e := refusal(err)
	if e == nil {
		return false
	}
	// RFC 6749 §5.2, RFC 9110 §15.5.2: a failed authentication is answered with 401 and the
	// scheme that would do
	if e.Status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", e.Challenge("Basic", "clients"))
	}
	body, err := e.MarshalJSON()
	if err != nil {
		return false // two strings always marshal
	}
	web.WriteJSONBytes(w, e.Status, body)
	return true
}

func refusal(err error) *oauth.Error {
	var protocol *oauth.Error
	if errors.As(err, &protocol) {
		return protocol
	}
	var denied *guard.Denied
	if errors.As(err, &denied) {
		return oauth.AccessDenied("policy does not allow this").Because(err)
	}
	var below *web.Refusal
	if !errors.As(err, &below) {
		return nil
	}
	e := oauth.InvalidRequest(below.Public).Because(err)
	switch below.Status {
	case http.StatusTooManyRequests, http.StatusMethodNotAllowed, http.StatusNotFound, http.StatusRequestEntityTooLarge:
		e.Status = below.Status
	default:
		// RFC 6749 §5.2: a malformed request is answered with 400, whatever is wrong with it
	}
	return e
}
