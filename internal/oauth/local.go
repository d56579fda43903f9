package oauth

import (
	"fmt"
	"net/url"
	"strings"
)

// LocalPath is a path with optional query on our own origin: the only type for
// a place to return to that came from outside. The zero value is "/".
type LocalPath struct{ raw string }

// ParseLocalPath accepts what Go, browsers and proxies all read as a path on the
// origin that they are on. There is no normalisation: what is odd is refused.
func ParseLocalPath(raw string) (LocalPath, error) {
	if len(raw) > maxURILength || !strings.HasPrefix(raw, "/") {
		return LocalPath{}, fmt.Errorf("return path: must begin with a slash and have at most %d characters", maxURILength)
	}
	// Browsers drop tabs and line ends and read a backslash as a slash.
	if i := badURIByte(raw); i >= 0 {
		return LocalPath{}, fmt.Errorf("return path: character %d is not allowed", i+1)
	}
	if strings.Contains(raw, "#") {
		return LocalPath{}, fmt.Errorf("return path: must not have a fragment")
	}
	path, _, _ := strings.Cut(raw, "?")
	// RFC 3986 §4.2: two slashes begin an authority; proxies also merge them elsewhere
	if strings.Contains(path, "//") || hasDotSegment(path) {
		return LocalPath{}, fmt.Errorf("return path: must not have empty or dot segments")
	}
	decoded, err := url.PathUnescape(path)
	if err != nil {
		return LocalPath{}, fmt.Errorf("return path: malformed escape")
	}
	// An escaped slash or control character may be decoded by a proxy in front of us.
	if strings.Count(decoded, "/") != strings.Count(path, "/") ||
		strings.ContainsFunc(decoded, func(c rune) bool { return c < 0x20 || c == 0x7f || c == '\\' }) {
		return LocalPath{}, fmt.Errorf("return path: must not have escaped slashes or control characters")
	}
	return LocalPath{raw}, nil
}

// String is the path with its query, for a Location header on our own origin.
func (p LocalPath) String() string {
	if p.raw == "" {
		return "/"
	}
	return p.raw
}

// MarshalText writes the path.
func (p LocalPath) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText reads a path with the checks of ParseLocalPath.
func (p *LocalPath) UnmarshalText(text []byte) error {
	parsed, err := ParseLocalPath(string(text))
	if err != nil {
		return err
	}
	*p = parsed
	return nil
}
