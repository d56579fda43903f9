package verify

import (
	"errors"
	"net/http"
)

// Error is why a request was not let in. Its public parts go to the client (RFC 6750 §3); the
// cause is for the log.
type Error struct {
	// Status is the HTTP status: 400, 401, 403, or 503 when the issuer could not be asked.
	Status int
	// Code is the error code of RFC 6750 §3.1, invalid_request, invalid_token or insufficient_scope,
	// or that of RFC 9470 §3, insufficient_user_authentication. It is empty when no token was sent,
	// and when the issuer could not be asked.
	Code string
	// Description is a sentence for the developer of the client.
	Description string
	// Scope is what a refused request would have needed, space separated; set with insufficient_scope.
	Scope string
	// Authentication is what a refused request would have needed; set with
	// insufficient_user_authentication.
	Authentication Authentication

	cause error
}

// Error returns the public sentence and the private cause: for logs, not for clients.
func (e *Error) Error() string {
	text := "verify: " + e.Description
	if e.cause != nil {
		text += ": " + e.cause.Error()
	}
	return text
}

// Unwrap returns the private cause, if there is one.
func (e *Error) Unwrap() error { return e.cause }

// refuse is the answer to a token that is not good (RFC 6750 §3.1, invalid_token).
func refuse(description string) *Error {
	return &Error{Status: http.StatusUnauthorized, Code: "invalid_token", Description: description}
}

// because adds the private cause.
func (e *Error) because(cause error) *Error {
	e.cause = cause
	return e
}

// unavailable means that the issuer could not be asked: the token may be good, but nobody can
// tell, so it does not open anything.
func unavailable(cause error) *Error {
	return &Error{
		Status:      http.StatusServiceUnavailable,
		Description: "the access token cannot be checked at the moment, try again soon",
		cause:       cause,
	}
}

// asError makes an *Error of any error; one that is not a refusal is a fault.
func asError(err error) *Error {
	var refusal *Error
	if errors.As(err, &refusal) {
		return refusal
	}
	return unavailable(err)
}
