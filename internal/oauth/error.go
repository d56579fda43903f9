package oauth

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
)

// Code is an error code as it goes over the wire.
type Code string

// The error codes that this server knows, by the document that defines them.
const (
	// RFC 6749 §4.1.2.1 and §5.2.
	CodeInvalidRequest          Code = "invalid_request"
	CodeUnauthorizedClient      Code = "unauthorized_client"
	CodeAccessDenied            Code = "access_denied"
	CodeUnsupportedResponseType Code = "unsupported_response_type"
	CodeInvalidScope            Code = "invalid_scope"
	CodeServerError             Code = "server_error"
	CodeTemporarilyUnavailable  Code = "temporarily_unavailable"
	CodeInvalidClient           Code = "invalid_client"
	CodeInvalidGrant            Code = "invalid_grant"
	CodeUnsupportedGrantType    Code = "unsupported_grant_type"
	// RFC 6750 §3.1.
	CodeInvalidToken      Code = "invalid_token"
	CodeInsufficientScope Code = "insufficient_scope"
	// RFC 7009 §2.2.1.
	CodeUnsupportedTokenType Code = "unsupported_token_type"
	// RFC 8707 §2.
	CodeInvalidTarget Code = "invalid_target"
	// RFC 9470 §3.
	CodeInsufficientUserAuthentication Code = "insufficient_user_authentication"
	// OpenID Connect Core 1.0 §3.1.2.6.
	CodeInteractionRequired      Code = "interaction_required"
	CodeLoginRequired            Code = "login_required"
	CodeAccountSelectionRequired Code = "account_selection_required"
	CodeConsentRequired          Code = "consent_required"
	CodeInvalidRequestURI        Code = "invalid_request_uri"
	CodeInvalidRequestObject     Code = "invalid_request_object"
	CodeRequestNotSupported      Code = "request_not_supported"
	CodeRequestURINotSupported   Code = "request_uri_not_supported"
	CodeRegistrationNotSupported Code = "registration_not_supported"
	// OpenID Connect Core Error Code unmet_authentication_requirements 1.0 §2.
	CodeUnmetAuthenticationRequirements Code = "unmet_authentication_requirements"
)

// Error is a refusal in the OAuth family: something that the caller did. The
// description and the URI are shown to the client's developer, the cause stays
// in our log. Description keeps to the alphabet of RFC 6749 §5.2 whatever it was
// made from.
type Error struct {
	Code        Code
	Description string // public
	URI         string // public, may be empty
	Status      int    // HTTP status where the error is the response itself
	Cause       error  // private, may be nil
}

// Error is the text for our log, with the private cause. It is never sent.
func (e *Error) Error() string {
	text := "oauth: " + string(e.Code)
	if e.Description != "" {
		text += ": " + e.Description
	}
	if e.Cause != nil {
		text += ": " + e.Cause.Error()
	}
	return text
}

// Unwrap gives the private cause.
func (e *Error) Unwrap() error { return e.Cause }

// RefusalCode is the code that the audit log keeps (guard.Refusal).
func (e *Error) RefusalCode() string { return string(e.Code) }

// Because returns a copy that carries the private cause.
func (e *Error) Because(cause error) *Error {
	c := *e
	c.Cause = cause
	return &c
}

// MarshalJSON writes the body of RFC 6749 §5.2: error, error_description, error_uri.
func (e *Error) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Error       Code   `json:"error"`
		Description string `json:"error_description,omitempty"`
		URI         string `json:"error_uri,omitempty"`
	}{e.Code, describe(e.Description), e.URI})
}

// Values gives the parameters of an error response by redirect (RFC 6749 §4.1.2.1).
func (e *Error) Values() url.Values {
	v := url.Values{"error": {string(e.Code)}}
	if e.Description != "" {
		v.Set("error_description", describe(e.Description))
	}
	if e.URI != "" {
		v.Set("error_uri", e.URI)
	}
	return v
}

// Challenge is the value of a WWW-Authenticate header (RFC 6750 §3) for the
// scheme ("Bearer", "Basic"), with the error's code and description. Extra
// parameters are given as name, value pairs, e.g. "scope", "openid" or
// "acr_values", "phr" (RFC 9470 §3); characters outside RFC 6749 §5.2 are replaced.
func (e *Error) Challenge(scheme, realm string, extra ...string) string {
	var b strings.Builder
	b.WriteString(scheme + ` realm="` + describe(realm) + `"`)
	if scheme != "Basic" {
		b.WriteString(`, error="` + string(e.Code) + `"`)
		if e.Description != "" {
			b.WriteString(`, error_description="` + describe(e.Description) + `"`)
		}
	}
	for i := 0; i+1 < len(extra); i += 2 {
		b.WriteString(", " + extra[i] + `="` + describe(extra[i+1]) + `"`)
	}
	return b.String()
}

// CodeOf finds the OAuth error in the chain of err and gives its code, or "" if
// there is none: then err is a fault, not a refusal.
func CodeOf(err error) Code {
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}

// RFC 6749 §5.2: error_description is made of %x20-21 / %x23-5B / %x5D-7E only
func describe(text string) string {
	allowed := func(c rune) bool { return c >= 0x20 && c <= 0x7e && c != '"' && c != '\\' }
	if strings.IndexFunc(text, func(c rune) bool { return !allowed(c) }) < 0 {
		return text
	}
	return strings.Map(func(c rune) rune {
		switch {
		case allowed(c):
			return c
		case c == '"':
			return '\''
		case c == '\\':
			return '/'
		default:
			return '?'
		}
	}, text)
}

func refuse(status int, code Code, description string) *Error {
	return &Error{Code: code, Description: describe(description), Status: status}
}

// InvalidRequest: a parameter is missing, repeated, malformed or not allowed here (RFC 6749 §5.2).
func InvalidRequest(description string) *Error {
	return refuse(http.StatusBadRequest, CodeInvalidRequest, description)
}

// UnauthorizedClient: the authenticated client may not use this grant or response type (RFC 6749 §5.2).
func UnauthorizedClient(description string) *Error {
	return refuse(http.StatusBadRequest, CodeUnauthorizedClient, description)
}

// AccessDenied: the resource owner or the policy said no (RFC 6749 §4.1.2.1).
func AccessDenied(description string) *Error {
	return refuse(http.StatusBadRequest, CodeAccessDenied, description)
}

// UnsupportedResponseType: the response type does not exist here (RFC 6749 §4.1.2.1).
func UnsupportedResponseType(description string) *Error {
	return refuse(http.StatusBadRequest, CodeUnsupportedResponseType, description)
}

// InvalidScope: the scope is unknown, malformed, or more than was granted (RFC 6749 §5.2).
func InvalidScope(description string) *Error {
	return refuse(http.StatusBadRequest, CodeInvalidScope, description)
}

// ServerError stands for a fault of ours in a redirect, where no 500 can be sent (RFC 6749 §4.1.2.1).
func ServerError(description string) *Error {
	return refuse(http.StatusInternalServerError, CodeServerError, description)
}

// TemporarilyUnavailable: overload or maintenance; the same request may work later (RFC 6749 §4.1.2.1).
func TemporarilyUnavailable(description string) *Error {
	return refuse(http.StatusServiceUnavailable, CodeTemporarilyUnavailable, description)
}

// InvalidClient: client authentication failed, for whatever reason (RFC 6749 §5.2); status 401.
func InvalidClient(description string) *Error {
	return refuse(http.StatusUnauthorized, CodeInvalidClient, description)
}

// InvalidGrant: the code, refresh token or verifier is wrong, spent, expired or someone else's (RFC 6749 §5.2).
func InvalidGrant(description string) *Error {
	return refuse(http.StatusBadRequest, CodeInvalidGrant, description)
}

// UnsupportedGrantType: the grant type does not exist here (RFC 6749 §5.2).
func UnsupportedGrantType(description string) *Error {
	return refuse(http.StatusBadRequest, CodeUnsupportedGrantType, description)
}

// InvalidToken: the presented access token is expired, revoked or malformed (RFC 6750 §3.1); status 401.
func InvalidToken(description string) *Error {
	return refuse(http.StatusUnauthorized, CodeInvalidToken, description)
}

// InsufficientScope: the token is good, its scope is not enough (RFC 6750 §3.1); status 403.
func InsufficientScope(description string) *Error {
	return refuse(http.StatusForbidden, CodeInsufficientScope, description)
}

// UnsupportedTokenType: tokens of this type cannot be revoked (RFC 7009 §2.2.1).
func UnsupportedTokenType(description string) *Error {
	return refuse(http.StatusBadRequest, CodeUnsupportedTokenType, description)
}

// InvalidTarget: the resource is unknown, malformed, or not within the grant (RFC 8707 §2).
func InvalidTarget(description string) *Error {
	return refuse(http.StatusBadRequest, CodeInvalidTarget, description)
}

// InsufficientUserAuthentication: the sign-in behind the token is too weak or too old (RFC 9470 §3); status 401.
func InsufficientUserAuthentication(description string) *Error {
	return refuse(http.StatusUnauthorized, CodeInsufficientUserAuthentication, description)
}
