package config

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Validate refuses what would not be safe or would not work. Each line of the
// error names the key and says what to do.
func (c *Config) Validate() error {
	var errs []error
	bad := func(key, format string, args ...any) {
		errs = append(errs, fmt.Errorf(key+": "+format, args...))
	}
	if c.Data == "" {
		bad("data", "it is empty: name a folder")
	}
	if err := hostPort(c.Listen); err != nil {
		bad("listen", "%w", err)
	}
	if c.MetricsListen != "" {
		if err := hostPort(c.MetricsListen); err != nil {
			bad("metrics-listen", "%w", err)
		}
	}
	c.validateOrigin(bad)
	if c.Database != "" {
		u, err := url.Parse(string(c.Database))
		if err != nil || (u.Scheme != "postgres" && u.Scheme != "postgresql") {
			bad("database", "it must be empty for SQLite or begin with postgres://")
		}
	}
	if (c.TLS.Cert == "") != (c.TLS.Key == "") {
		bad("tls.cert", "set tls.cert and tls.key, or neither")
	}
	if c.Log.Format != "text" && c.Log.Format != "json" {
		bad("log.format", "%q is not text or json", c.Log.Format)
	}
	c.validateLifetimes(bad)
	between := func(key string, v, least, most int) {
		if v < least || v > most {
			bad(key, "%d is not between %d and %d", v, least, most)
		}
	}
	between("password.min-length", c.Password.MinLength, 15, 64)
	between("password.min-length-with-mfa", c.Password.MinLengthWithMFA, 8, 64)
	for _, l := range []struct {
		key         string
		rate, burst int
	}{
		{"limits.per-address", c.Limits.PerAddress, c.Limits.PerAddressBurst},
		{"limits.costly-per-address", c.Limits.CostlyPerAddress, c.Limits.CostlyPerAddressBurst},
		{"limits.begin-per-address", c.Limits.BeginPerAddress, c.Limits.BeginPerAddressBurst},
	} {
		between(l.key, l.rate, 0, 1_000_000_000)
		if l.rate > 0 {
			between(l.key+"-burst", l.burst, 1, 1_000_000_000)
		}
	}
	c.validateMail(bad)
	c.SMS.validate("sms", bad)
	c.Voice.validate("voice", bad)
	return errors.Join(errs...)
}

func hostPort(s string) error {
	_, port, err := net.SplitHostPort(s)
	if err == nil {
		_, err = strconv.ParseUint(port, 10, 16)
	}
	if err != nil {
		return fmt.Errorf("%q is not host:port, such as 127.0.0.1:8080", s)
	}
	return nil
}

// validateOrigin refuses a public URL that is none, and plain HTTP on a network.
func (c *Config) validateOrigin(bad func(key, format string, args ...any)) {
	local := isLoopback(c.Listen)
	if !local && c.TLS.Cert == "" && len(c.TrustedProxies) == 0 {
		bad("listen", "%s would serve plain HTTP to the network: set tls.cert and tls.key, "+
			"name the proxy in front in trusted-proxies, or listen on 127.0.0.1", c.Listen)
	}
	if c.PublicURL == "" {
		bad("public-url", "it does not follow from listen (%s): set it to the https:// origin that clients use", c.Listen)
		return
	}
	u, err := url.Parse(c.PublicURL)
	if err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Hostname() == "" || u.User != nil ||
		strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" {
		bad("public-url", "%q must be https://host[:port] without path", c.PublicURL)
		return
	}
	if u.Scheme == "http" && !isLoopback(net.JoinHostPort(u.Hostname(), "1")) {
		bad("public-url", "%q is plain HTTP: use https:// (RFC 8414 §2), or localhost for development", c.PublicURL)
	}
}

func (c *Config) validateLifetimes(bad func(key, format string, args ...any)) {
	l := &c.Lifetimes
	const day = 24 * time.Hour
	for _, x := range []struct {
		key     string
		v, most time.Duration
	}{
		{"access-token", l.AccessToken, day},
		{"code", l.Code, 10 * time.Minute},
		{"id-token", l.IDToken, day},
		{"refresh-idle", l.RefreshIdle, l.RefreshAbsolute},
		{"refresh-absolute", l.RefreshAbsolute, 10 * 365 * day},
		{"session-idle", l.SessionIdle, l.SessionAbsolute},
		{"session-absolute", l.SessionAbsolute, 30 * day},
		{"aal2-idle", l.AAL2Idle, min(time.Hour, l.AAL2Absolute)},
		{"aal2-absolute", l.AAL2Absolute, day},
		{"aal3-idle", l.AAL3Idle, min(15*time.Minute, l.AAL3Absolute)},
		{"aal3-absolute", l.AAL3Absolute, 12 * time.Hour},
	} {
		if x.v < time.Second || x.v > x.most {
			bad("lifetimes."+x.key, "%v is not between 1s and %v", x.v, x.most)
		}
	}
}
