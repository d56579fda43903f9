package oauth

import (
	"strconv"
	"strings"
	"time"
)

// GrantType is the value of grant_type (RFC 6749 §4.1.3, §4.4.2, §6).
type GrantType string

// The grant types that exist here.
const (
	GrantAuthorizationCode GrantType = "authorization_code"
	GrantRefreshToken      GrantType = "refresh_token"
	GrantClientCredentials GrantType = "client_credentials"
)

// ParseGrantType gives an *Error unsupported_grant_type for every other value.
func ParseGrantType(raw string) (GrantType, error) {
	switch g := GrantType(raw); g {
	case GrantAuthorizationCode, GrantRefreshToken, GrantClientCredentials:
		return g, nil
	case "":
		return "", InvalidRequest("grant_type is missing")
	// RFC 9700 §2.4: the resource owner password credentials grant must not be used
	case "password":
		return "", UnsupportedGrantType("the password grant does not exist here: it shows the password to the client")
	}
	return "", UnsupportedGrantType("unknown grant_type")
}

// ResponseType is the value of response_type (RFC 6749 §3.1.1).
type ResponseType string

// ResponseTypeCode is the only response type that exists here.
const ResponseTypeCode ResponseType = "code"

// ParseResponseType gives an *Error unsupported_response_type for every other value.
func ParseResponseType(raw string) (ResponseType, error) {
	switch raw {
	case string(ResponseTypeCode):
		return ResponseTypeCode, nil
	// RFC 6749 §4.1.2.1: a missing parameter is invalid_request
	case "":
		return "", InvalidRequest("response_type is missing")
	}
	// RFC 9700 §2.1.2: response types that issue tokens from the authorization endpoint are not used
	return "", UnsupportedResponseType("the only response_type is code: tokens do not travel through the browser")
}

// ResponseMode is the value of response_mode (OAuth 2.0 Multiple Response Type Encoding Practices §2.1).
type ResponseMode string

// The response modes that exist here.
const (
	ResponseModeQuery    ResponseMode = "query"
	ResponseModeFormPost ResponseMode = "form_post" // OAuth 2.0 Form Post Response Mode §2
)

// ParseResponseMode reads response_mode; absent is query, the default for code.
// The error is an *Error invalid_request.
func ParseResponseMode(raw string) (ResponseMode, error) {
	switch m := ResponseMode(raw); m {
	case "":
		return ResponseModeQuery, nil
	case ResponseModeQuery, ResponseModeFormPost:
		return m, nil
	}
	return "", InvalidRequest("response_mode must be query or form_post")
}

// ClientAuthMethod is how a client authenticates at our endpoints (RFC 7591 §2, token_endpoint_auth_method).
type ClientAuthMethod string

// The client authentication methods that exist here.
const (
	ClientAuthNone  ClientAuthMethod = "none"
	ClientAuthBasic ClientAuthMethod = "client_secret_basic"
	ClientAuthPost  ClientAuthMethod = "client_secret_post"
)

// ParseClientAuthMethod gives an *Error invalid_request for every other value.
func ParseClientAuthMethod(raw string) (ClientAuthMethod, error) {
	switch m := ClientAuthMethod(raw); m {
	case ClientAuthNone, ClientAuthBasic, ClientAuthPost:
		return m, nil
	}
	return "", InvalidRequest("the client authentication method must be none, client_secret_basic or client_secret_post")
}

// SubjectType says whether clients of different sectors see the same sub (OpenID Connect Core 1.0 §8).
type SubjectType string

// The subject types.
const (
	SubjectPublic   SubjectType = "public"
	SubjectPairwise SubjectType = "pairwise"
)

// ParseSubjectType gives an *Error invalid_request for every other value.
func ParseSubjectType(raw string) (SubjectType, error) {
	switch t := SubjectType(raw); t {
	case SubjectPublic, SubjectPairwise:
		return t, nil
	}
	return "", InvalidRequest("the subject type must be public or pairwise")
}

// TokenTypeHint is the value of token_type_hint (RFC 7009 §2.1, RFC 7662 §2.1). The zero value is no hint.
type TokenTypeHint string

// The hints that are understood.
const (
	HintAccessToken  TokenTypeHint = "access_token"
	HintRefreshToken TokenTypeHint = "refresh_token"
)

// ParseTokenTypeHint never fails: a hint only orders the search.
func ParseTokenTypeHint(raw string) TokenTypeHint {
	switch h := TokenTypeHint(raw); h {
	case HintAccessToken, HintRefreshToken:
		return h
	}
	// RFC 7009 §2.1: an unknown hint may be ignored
	return ""
}

// MaxAge is the value of max_age (OpenID Connect Core 1.0 §3.1.2.1): the allowed
// age of the sign-in in whole seconds. The zero value means that none was sent.
type MaxAge struct {
	seconds int64
	set     bool
}

// ParseMaxAge reads max_age; empty is absent. The error is an *Error invalid_request.
func ParseMaxAge(raw string) (MaxAge, error) {
	if raw == "" {
		return MaxAge{}, nil
	}
	if len(raw) > 10 || strings.Trim(raw, "0123456789") != "" {
		return MaxAge{}, InvalidRequest("max_age must be a number of seconds")
	}
	n, err := strconv.ParseInt(raw, 10, 64)
	if err != nil {
		return MaxAge{}, InvalidRequest("max_age must be a number of seconds").Because(err)
	}
	return MaxAge{n, true}, nil
}

// IsSet tells whether max_age was sent; then the ID token must carry auth_time.
func (m MaxAge) IsSet() bool { return m.set }

// SatisfiedBy tells whether a sign-in at authenticated is fresh enough for a
// request that arrived at requested. A sign-in after the request always is, so
// max_age=0 asks for exactly one new sign-in and not for endless ones.
func (m MaxAge) SatisfiedBy(authenticated, requested time.Time) bool {
	// OpenID Connect Core 1.0 §3.1.2.1: when more time than max_age passed since the sign-in, sign in again
	return !m.set || requested.Sub(authenticated).Seconds() <= float64(m.seconds)
}

// NotOlder is the time before which a sign-in is too old for a request that arrived at
// requested; the zero time when absent. It is SatisfiedBy's boundary.
func (m MaxAge) NotOlder(requested time.Time) time.Time {
	if !m.set {
		return time.Time{}
	}
	return requested.Add(-time.Duration(m.seconds) * time.Second)
}

// MarshalText writes the seconds, or nothing when absent.
func (m MaxAge) MarshalText() ([]byte, error) {
	if !m.set {
		return nil, nil
	}
	return strconv.AppendInt(nil, m.seconds, 10), nil
}

// UnmarshalText reads what MarshalText wrote.
func (m *MaxAge) UnmarshalText(text []byte) error {
	parsed, err := ParseMaxAge(string(text))
	if err != nil {
		return err
	}
	*m = parsed
	return nil
}
