package authorize

import (
	"errors"
	"net/http"

	"github.com/cardea-iam/cardea/internal/browser"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/oauth"
	"github.com/cardea-iam/cardea/internal/web"
)

// shown is a refusal that the person sees, because there is no client to tell.
type shown struct {
	kind    string
	refusal *oauth.Error
}

// Error is the text for our log.
func (s *shown) Error() string { return s.refusal.Error() }

// Unwrap gives the protocol's error.
func (s *shown) Unwrap() error { return s.refusal }

// returned is an error that goes to the client: a refusal, or a fault of ours.
type returned struct {
	to    *request
	cause error
}

// Error is the text for our log.
func (e *returned) Error() string { return e.cause.Error() }

// Unwrap gives the cause.
func (e *returned) Unwrap() error { return e.cause }

// ErrOver is the refusal of an interaction that is over: finished, expired, decided already, or
// begun in another browser or session.
var ErrOver error = over{}

type over struct{}

// Error implements error.
func (over) Error() string { return "the interaction is over, or another browser's" }

// RefusalCode implements guard.Refusal.
func (over) RefusalCode() string { return "interaction_over" }

// translate answers errors by their position (RFC 6749 §4.1.2.1).
func (a *Room) translate(w http.ResponseWriter, r *web.Request, err error) (known bool) {
	var back *returned
	if errors.As(err, &back) {
		refusal, known := refusalOf(back.cause)
		if a.respond(w, r, back.to, refusal.Values()) == nil {
			return known
		}
	}
	status, kind, code, sentence := http.StatusInternalServerError, KindFault, oauth.CodeServerError, ""
	var page *shown
	var door *web.Refusal
	switch {
	case errors.As(err, &page):
		status, kind, code, sentence = http.StatusBadRequest, page.kind, page.refusal.Code, page.refusal.Description
	case errors.Is(err, ErrOver), errors.Is(err, browser.ErrNone):
		status, kind, code = http.StatusBadRequest, KindExpired, ""
	case errors.As(err, &door):
		status, kind, code, sentence = door.Status, KindRequest, oauth.CodeInvalidRequest, door.Public
		switch door.Status {
		case http.StatusNotFound:
			kind = KindMissing
		case http.StatusTooManyRequests:
			kind, code = KindBusy, oauth.CodeTemporarilyUnavailable
		}
	}
	if failed := a.Pages.Error(w, r, status, kind, code, sentence); failed != nil {
		return false // web writes its own answer and logs err, which is what led here
	}
	return kind != KindFault
}

// refusalOf is what a client is told of an error; known is false for a fault of ours.
func refusalOf(err error) (refusal *oauth.Error, known bool) {
	if errors.As(err, &refusal) {
		return refusal, true
	}
	var denied *guard.Denied
	if errors.As(err, &denied) {
		return oauth.AccessDenied("a policy of the server does not allow this").Because(err), true
	}
	var door *web.Refusal
	if errors.As(err, &door) && door.Status == http.StatusTooManyRequests {
		// RFC 6749 §4.1.2.1: temporarily_unavailable stands for the 503 that cannot be sent by a redirect
		return oauth.TemporarilyUnavailable("too many sign-ins begin at this address").Because(err), true
	}
	// RFC 6749 §4.1.2.1: server_error stands for the 500 that cannot be sent by a redirect
	return oauth.ServerError("the server failed; give its operator the request id").Because(err), false
}
