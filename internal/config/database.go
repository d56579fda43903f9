package config

import (
	"fmt"
	"log/slog"
	"net/url"
	"strings"
)

// secretParameters are the connection parameters of libpq that are passwords.
var secretParameters = []string{"password", "sslpassword"}

// String returns the URL with every password as "***".
func (d DatabaseURL) String() string {
	if d == "" {
		return ""
	}
	u, err := url.Parse(string(d))
	if err != nil || u.Scheme == "" {
		return "***" // no URL: it may be anything, a password too
	}
	query := u.Query()
	for _, name := range secretParameters {
		if query.Has(name) {
			query.Set(name, "***")
		}
	}
	u.RawQuery = query.Encode()
	if _, has := u.User.Password(); has {
		u.User = url.UserPassword(u.User.Username(), "***")
	}
	return strings.ReplaceAll(u.String(), "%2A%2A%2A", "***")
}

// GoString is String, for %#v.
func (d DatabaseURL) GoString() string { return fmt.Sprintf("%q", d.String()) }

// Format prints String whatever the verb, so that no %x or %q tells more.
func (d DatabaseURL) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(d.String())) }

// MarshalText is String, for JSON and YAML.
func (d DatabaseURL) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// LogValue is String, for slog.
func (d DatabaseURL) LogValue() slog.Value { return slog.StringValue(d.String()) }

// hasPassword reports a URL that should not be where others can read it.
func (d DatabaseURL) hasPassword() bool { return strings.Contains(d.String(), "***") }
