package verify

import (
	"net/http"
	"slices"
	"strconv"
	"time"
)

// Authentication is how, and how recently, a person must have signed in for a request: the step-up
// challenge of RFC 9470. The zero value asks for nothing.
type Authentication struct {
	// ACRValues are the authentication context classes that will do, the preferred one first; none
	// for any. A class is not taken to contain another: list each that is enough, such as
	// "aal2" and "aal3", or "phr" and "phrh".
	ACRValues []string
	// MaxAge is how long ago the person may have proved who they are; zero for any time. It is told
	// to clients in whole seconds, one at least.
	MaxAge time.Duration
}

// Check reports whether a token's sign-in is enough, at a time. If not it returns an *Error, 401
// insufficient_user_authentication (RFC 9470 §3). A token without acr or auth_time, such as one that
// a service has in its own name, does not meet what asks for it.
func (a Authentication) Check(t Token, now time.Time) error {
	refusal := func(description string) error {
		return &Error{Status: http.StatusUnauthorized, Code: "insufficient_user_authentication", Description: description, Authentication: a}
	}
	// RFC 9470 §3: the authentication event has not the required class
	if len(a.ACRValues) > 0 && !slices.Contains(a.ACRValues, t.ACR) {
		return refusal("a different authentication level is required")
	}
	// RFC 9470 §3: the authentication event is too long ago; one that nobody knows the time of is
	if a.MaxAge > 0 && (t.AuthTime.IsZero() || now.Sub(t.AuthTime) > max(a.MaxAge, time.Second)) {
		return refusal("more recent authentication is required")
	}
	return nil
}

// seconds is max_age as requests have it.
func (a Authentication) seconds() string {
	return strconv.FormatInt(int64(max(a.MaxAge, time.Second)/time.Second), 10)
}

// RequireAuthentication lets requests through whose token comes from a sign-in that is strong and
// recent enough; others are answered 401 insufficient_user_authentication with acr_values and max_age
// for the client's next authorization request (RFC 9470 §3). It checks the token itself, unless
// Middleware or RequireScope of the same Verifier did so already: ask for the scope first, since no
// sign-in helps whoever lacks it.
//
// How old a sign-in is, is judged with Config.Leeway in the client's favour.
func (v *Verifier) RequireAuthentication(a Authentication) func(http.Handler) http.Handler {
	a.ACRValues = slices.Clone(a.ACRValues)
	return v.require(func(t Token) error { return a.Check(t, v.cfg.Now().Add(-v.cfg.Leeway)) })
}
