package web

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
)

// Refusal is what web itself refuses: a malformed body, an unknown host, too
// many requests. A protocol's ErrorFunc turns it into the protocol's error
// (invalid_request, say) or passes it to [PlainErrors].
type Refusal struct {
	// Status is the HTTP status that fits.
	Status int
	// Public is one sentence for the developer of the client.
	Public string
	// Cause is private: for logs only. It may be nil.
	Cause error
}

// Error returns the public sentence and the cause.
func (e *Refusal) Error() string {
	if e.Cause == nil {
		return e.Public
	}
	return e.Public + ": " + e.Cause.Error()
}

// Unwrap returns the private cause.
func (e *Refusal) Unwrap() error { return e.Cause }

func refuse(status int, format string, args ...any) *Refusal {
	return &Refusal{Status: status, Public: fmt.Sprintf(format, args...)}
}

// ErrNoTenant is what [Options.Resolve] returns, wrapped or not, for a name
// that is not an active tenant. It becomes a 404.
var ErrNoTenant = errors.New("no such tenant")

// PlainErrors is the translation of routes that speak no protocol: the public
// sentence of a [Refusal] as text, the request id with it.
func PlainErrors(w http.ResponseWriter, r *Request, err error) bool {
	var refusal *Refusal
	if !errors.As(err, &refusal) {
		return false
	}
	body := refusal.Public + "\nrequest " + r.ID + "\n"
	h := w.Header()
	h[hType] = textValue
	h[hLength] = one(strconv.Itoa(len(body)))
	w.WriteHeader(refusal.Status)
	_, _ = w.Write([]byte(body)) // the client has gone: nothing is left to tell it
	return true
}

// serverError is the answer to a fault: a code and the request id, nothing of
// the cause (security row OP04).
func serverError(w http.ResponseWriter, id string) {
	WriteJSONBytes(w, http.StatusInternalServerError,
		[]byte(`{"error":"server_error","error_description":"The server failed. Give its operator the request id.","request_id":"`+id+`"}`))
}

// WriteJSON answers v as JSON. The error is the one of marshalling, before
// anything is written.
func WriteJSON(w http.ResponseWriter, status int, v any) error {
	body, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("write answer: %w", err)
	}
	WriteJSONBytes(w, status, body)
	return nil
}

// WriteJSONBytes answers body, which is JSON already.
func WriteJSONBytes(w http.ResponseWriter, status int, body []byte) {
	h := w.Header()
	h[hType] = jsonValue
	h[hLength] = one(strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body) // the client has gone: nothing is left to tell it
}
