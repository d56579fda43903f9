package oauth

import "net/http"

// InteractionRequired: prompt=none, but a page would be needed (OpenID Connect Core 1.0 §3.1.2.6).
func InteractionRequired(description string) *Error {
	return refuse(http.StatusBadRequest, CodeInteractionRequired, description)
}

// LoginRequired: prompt=none, but the person is not signed in, or not freshly enough (OpenID Connect Core 1.0 §3.1.2.6).
func LoginRequired(description string) *Error {
	return refuse(http.StatusBadRequest, CodeLoginRequired, description)
}

// AccountSelectionRequired: prompt=none, but several accounts are possible (OpenID Connect Core 1.0 §3.1.2.6).
func AccountSelectionRequired(description string) *Error {
	return refuse(http.StatusBadRequest, CodeAccountSelectionRequired, description)
}

// ConsentRequired: prompt=none, but the person has not consented (OpenID Connect Core 1.0 §3.1.2.6).
func ConsentRequired(description string) *Error {
	return refuse(http.StatusBadRequest, CodeConsentRequired, description)
}

// InvalidRequestURI: the request_uri names nothing usable (OpenID Connect Core 1.0 §3.1.2.6, RFC 9101 §7).
func InvalidRequestURI(description string) *Error {
	return refuse(http.StatusBadRequest, CodeInvalidRequestURI, description)
}

// InvalidRequestObject: the request object is not valid (OpenID Connect Core 1.0 §3.1.2.6, RFC 9101 §7).
func InvalidRequestObject(description string) *Error {
	return refuse(http.StatusBadRequest, CodeInvalidRequestObject, description)
}

// RequestNotSupported: the request parameter is not supported (OpenID Connect Core 1.0 §3.1.2.6).
func RequestNotSupported(description string) *Error {
	return refuse(http.StatusBadRequest, CodeRequestNotSupported, description)
}

// RequestURINotSupported: the request_uri parameter is not supported (OpenID Connect Core 1.0 §3.1.2.6).
func RequestURINotSupported(description string) *Error {
	return refuse(http.StatusBadRequest, CodeRequestURINotSupported, description)
}

// RegistrationNotSupported: the registration parameter is not supported (OpenID Connect Core 1.0 §3.1.2.6).
func RegistrationNotSupported(description string) *Error {
	return refuse(http.StatusBadRequest, CodeRegistrationNotSupported, description)
}

// UnmetAuthenticationRequirements: an essential acr cannot be reached (OpenID Connect
// Core Error Code unmet_authentication_requirements 1.0 §2).
func UnmetAuthenticationRequirements(description string) *Error {
	return refuse(http.StatusBadRequest, CodeUnmetAuthenticationRequirements, description)
}
