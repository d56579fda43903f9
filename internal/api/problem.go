package api

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/strictjson"
	"github.com/cardea-iam/cardea/internal/web"
)

// Problem is the body of every error, application/problem+json (RFC 9457 §3). Its type is
// about:blank: the status says what sort of problem it is, and code says it exactly.
type Problem struct {
	// Title is the status in words.
	Title string `json:"title"`
	// Status is the HTTP status.
	Status int `json:"status"`
	// Detail is a sentence that says what to do.
	Detail string `json:"detail"`
	// Code is short and stable: not_found, conflict, invalid, access_denied, unauthorized,
	// malformed, version_mismatch, unsupported_media_type, too_many_requests, server_error, refused.
	Code string `json:"code"`
	// Request names the request in the server's log.
	Request string `json:"request"`
	// Errors points at what is wrong in the body.
	Errors []Pointer `json:"errors,omitempty"`
}

// Pointer points at one fault in a body.
type Pointer struct {
	// Pointer is a JSON pointer (RFC 6901); empty for the whole body.
	Pointer string `json:"pointer"`
	// Detail says what is wrong there.
	Detail string `json:"detail"`
}

// problems translates every error of the API; it is the routes' web.ErrorFunc. What it does
// not know is a fault: server_error, and nothing of the cause.
func problems(w http.ResponseWriter, r *web.Request, err error) bool {
	p, known := translate(w, err)
	p.Request, p.Title = r.ID, http.StatusText(p.Status)
	if p.Status == http.StatusRequestEntityTooLarge {
		p.Title = "Content Too Large" // RFC 9110 §15.5.14
	}
	body, failure := json.Marshal(p)
	if failure != nil {
		return false // strings always marshal
	}
	h := w.Header()
	h.Del("ETag")
	h.Del("Link")
	h.Set("Content-Type", "application/problem+json")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(p.Status)
	_, _ = w.Write(body) // the client has gone: nothing is left to tell it
	return known
}

func translate(w http.ResponseWriter, err error) (p Problem, known bool) {
	var (
		nobody   *unauthorized
		denied   *guard.Denied
		problem  *guard.Problem
		json     *strictjson.Error
		refusal  *web.Refusal
		tooLarge *http.MaxBytesError
		other    guard.Refusal
	)
	switch {
	case errors.As(err, &nobody):
		w.Header().Set("WWW-Authenticate", nobody.challenge()) // RFC 9110 §11.6.1
		return Problem{Status: http.StatusUnauthorized, Code: "unauthorized", Detail: "Send a living API token of this tenant: Authorization: Bearer cdr_ap_…. `cardea token create` makes one."}, true
	case errors.As(err, &denied):
		return Problem{Status: http.StatusForbidden, Code: denied.RefusalCode(), Detail: "Policy does not allow you " + denied.Action + "."}, true
	case errors.As(err, &problem):
		p = Problem{Status: statusOf(problem.Code), Code: problem.Code, Detail: problem.Public}
		if problem.Field != "" {
			p.Errors = []Pointer{{"/" + strings.ReplaceAll(problem.Field, ".", "/"), problem.Public}}
		}
		return p, true
	case errors.As(err, &json):
		return Problem{Status: http.StatusBadRequest, Code: "malformed", Detail: "The body is not what this request takes: " + json.Error() + ".",
			Errors: []Pointer{{json.Pointer, json.Reason}}}, true
	case errors.As(err, &tooLarge):
		return Problem{Status: http.StatusRequestEntityTooLarge, Code: "malformed", Detail: "The body is too large."}, true
	case errors.As(err, &refusal):
		return Problem{Status: refusal.Status, Code: codeOf(refusal.Status), Detail: refusal.Public}, true
	case errors.As(err, &other):
		return Problem{Status: http.StatusUnprocessableEntity, Code: other.RefusalCode(), Detail: "The request was refused: " + other.RefusalCode() + "."}, true
	}
	return Problem{Status: http.StatusInternalServerError, Code: "server_error", Detail: "The server failed. Give its operator the request id."}, false
}

func statusOf(code string) int {
	switch code {
	case "not_found":
		return http.StatusNotFound
	case "conflict":
		return http.StatusConflict
	case "version_mismatch":
		return http.StatusPreconditionFailed
	}
	return http.StatusUnprocessableEntity
}

func codeOf(status int) string {
	switch status {
	case http.StatusNotFound:
		return "not_found"
	case http.StatusBadRequest:
		return "malformed"
	case http.StatusUnsupportedMediaType:
		return "unsupported_media_type"
	case http.StatusTooManyRequests:
		return "too_many_requests"
	case http.StatusForbidden:
		return "access_denied"
	}
	return "refused"
}
