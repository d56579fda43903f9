package oauth

import "strings"

// Resource is a resource indicator (RFC 8707 §2): the absolute URI that names an
// API and becomes the audience of its tokens, byte for byte.
type Resource string

// ParseResource checks the syntax; whether such a resource exists is not its
// question. The error is an *Error invalid_target.
func ParseResource(raw string) (Resource, error) {
	// RFC 8707 §2: the value must not include a fragment component
	if strings.Contains(raw, "#") {
		return "", InvalidTarget("resource must not have a fragment")
	}
	// RFC 8707 §2: the value must be an absolute URI
	if _, err := parseAbsolute(raw); err != nil {
		return "", InvalidTarget("resource " + err.Error()).Because(err)
	}
	return Resource(raw), nil
}
