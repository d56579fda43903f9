package verify

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"strings"
)

type contextKey struct{}

// admitted is what the middleware leaves in the context: the token, and who checked it.
type admitted struct {
	by    *Verifier
	token Token
}

// FromContext returns the token that Middleware or RequireScope let in, and whether there is one.
func FromContext(ctx context.Context) (Token, bool) {
	a, ok := ctx.Value(contextKey{}).(admitted)
	return a.token, ok
}

// Middleware lets requests with a good access token through to next, where FromContext returns it.
// Others are answered 400, 401 or 503 with a WWW-Authenticate challenge (RFC 6750 §3).
func (v *Verifier) Middleware(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw, err := bearer(r)
		if err != nil {
			v.refuse(w, r, asError(err))
			return
		}
		token, err := v.Verify(r.Context(), raw)
		if err != nil {
			v.refuse(w, r, asError(err))
			return
		}
		ctx := context.WithValue(r.Context(), contextKey{}, admitted{v, token})
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// RequireScope lets requests through whose token grants every one of the scopes; others are
// answered 403 insufficient_scope (RFC 6750 §3.1). It checks the token itself, unless Middleware
// of the same Verifier did so already.
func (v *Verifier) RequireScope(scopes ...string) func(http.Handler) http.Handler {
	return v.require(func(t Token) error {
		if t.HasScope(scopes...) {
			return nil
		}
		return &Error{
			Status: http.StatusForbidden, Code: "insufficient_scope",
			Description: "the access token does not grant what this request needs",
			Scope:       strings.Join(scopes, " "),
		}
	})
}

// require lets requests through whose token passes a check that comes after all others.
func (v *Verifier) require(check func(Token) error) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		further := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			token, _ := FromContext(r.Context())
			if err := check(token); err != nil {
				v.Refuse(w, r, err)
				return
			}
			next.ServeHTTP(w, r)
		})
		checked := v.Middleware(further)
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			// A token that another Verifier let in was checked for another audience.
			if a, ok := r.Context().Value(contextKey{}).(admitted); ok && a.by == v {
				further.ServeHTTP(w, r)
				return
			}
			checked.ServeHTTP(w, r)
		})
	}
}

// bearer takes the token from the Authorization header field, the only place it is accepted from.
func bearer(r *http.Request) (string, error) {
	invalid := func(description string) error {
		return &Error{Status: http.StatusBadRequest, Code: "invalid_request", Description: description}
	}
	// RFC 9700 §4.3.2: access tokens do not travel in URLs, which end up in logs and histories.
	if r.URL.Query().Has("access_token") {
		return "", invalid("send the access token in the Authorization header field, not in the URL")
	}
	fields := r.Header.Values("Authorization")
	switch len(fields) {
	case 0:
		// RFC 6750 §3.1: no error code when the request has no authentication information.
		return "", &Error{Status: http.StatusUnauthorized, Description: "an access token is needed"}
	case 1:
	default:
		return "", invalid("the request has more than one Authorization header field")
	}
	scheme, raw, _ := strings.Cut(fields[0], " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return "", &Error{Status: http.StatusUnauthorized, Description: "a bearer access token is needed"}
	}
	// RFC 6750 §2.1: one b64token after the scheme. A malformed one makes the request malformed.
	raw = strings.TrimLeft(raw, " ")
	if raw == "" || (len(raw) <= maxToken && !isB64Token(raw)) {
		return "", invalid("the Authorization header field is malformed")
	}
	return raw, nil
}

// Refuse answers a request with the error of Verify or Authentication.Check: the challenge of RFC
// 6750 §3, and a JSON body that says the same. It is for handlers that learn only from the request's
// content how much it needs. An error of another kind is answered 503.
func (v *Verifier) Refuse(w http.ResponseWriter, r *http.Request, err error) {
	v.refuse(w, r, asError(err))
}

func (v *Verifier) refuse(w http.ResponseWriter, r *http.Request, e *Error) {
	level := slog.LevelDebug
	if e.Status >= http.StatusInternalServerError {
		level = slog.LevelWarn
		w.Header().Set("Retry-After", "1")
	} else {
		w.Header().Set("WWW-Authenticate", v.challenge(e))
	}
	v.cfg.Logger.Log(r.Context(), level, "access token not accepted", "status", e.Status, "error", e)
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(e.Status)
	body := map[string]string{"error_description": e.Description}
	if e.Code != "" {
		body["error"] = e.Code
	}
	// The client may be gone; there is nobody else to tell.
	_ = json.NewEncoder(w).Encode(body)
}

func (v *Verifier) challenge(e *Error) string {
	var b strings.Builder
	b.WriteString("Bearer")
	separator := " "
	param := func(name, value string) {
		if value == "" {
			return
		}
		b.WriteString(separator + name + `="` + quoted(value) + `"`)
		separator = ", "
	}
	param("realm", v.cfg.Realm)
	if e.Code != "" {
		param("error", e.Code)
		param("error_description", e.Description)
	}
	param("scope", e.Scope)
	// RFC 9470 §3: acr_values and max_age are those of the authorization request that would help
	param("acr_values", strings.Join(e.Authentication.ACRValues, " "))
	if e.Authentication.MaxAge > 0 {
		param("max_age", e.Authentication.seconds())
	}
	// RFC 9728 §5.1: where a client without a token learns whom to ask for one.
	param("resource_metadata", v.metadata)
	return b.String()
}

// quoted escapes a quoted-string (RFC 9110 §5.6.4); control characters are dropped.
func quoted(s string) string {
	return strings.Map(func(c rune) rune {
		if c < ' ' || c > '~' {
			return -1
		}
		return c
	}, strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s))
}
