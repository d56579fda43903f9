package config

import (
	"encoding/json"
	"errors"
	"net"
	"net/mail"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// Address is the sender of mails: its name, which may be "", and its address.
// It is valid once Validate has passed.
func (m Mail) Address() (name, address string) {
	a, err := mail.ParseAddress(m.From)
	if err != nil {
		return "", ""
	}
	return a.Name, a.Address
}

// Endpoint is the port of the mail server, with the default of the kind of
// TLS: RFC 8314 §3.3 gives 465 to TLS from the start, RFC 6409 §3.1 gives 587
// to submission.
func (m Mail) Endpoint() int {
	switch {
	case m.Port != 0:
		return m.Port
	case m.TLS == "tls":
		return 465
	case m.TLS == "none":
		return 25
	}
	return 587
}

func (c *Config) validateMail(bad func(key, format string, args ...any)) {
	m := &c.Mail
	if !slices.Contains([]string{"starttls", "tls", "none"}, m.TLS) {
		bad("mail.tls", "%q is not starttls, tls or none", m.TLS)
	}
	if m.Inbox {
		if u, err := url.Parse(c.PublicURL); err != nil || !isLoopback(net.JoinHostPort(u.Hostname(), "1")) {
			bad("mail.inbox", "it shows everybody's codes to anybody: it works only with a public-url on localhost")
		}
		if m.Host != "" {
			bad("mail.inbox", "mail.host is set too: keep one of them")
		}
		return
	}
	if m.Host == "" {
		for key, value := range map[string]string{"from": m.From, "username": m.Username, "password-file": m.PasswordFile} {
			if value != "" {
				bad("mail."+key, "it has no use without mail.host: set that too")
			}
		}
		return
	}
	if strings.ContainsAny(m.Host, ":/@ ") && net.ParseIP(m.Host) == nil {
		bad("mail.host", "%q is not a host name: give the port in mail.port", m.Host)
	}
	if m.Port < 0 || m.Port > 65535 {
		bad("mail.port", "%d is no port", m.Port)
	}
	if m.TLS == "none" && !isLoopback(net.JoinHostPort(m.Host, "1")) {
		bad("mail.tls", "codes and links would cross the network in the clear: none is for a server on localhost only")
	}
	if a, err := mail.ParseAddress(m.From); err != nil || !strings.Contains(a.Address, "@") || !ascii(a.Address) {
		bad("mail.from", "%q is no sender: write login@example.com or \"Example <login@example.com>\"", m.From)
	}
	if (m.Username == "") != (m.PasswordFile == "") {
		bad("mail.username", "set mail.username and mail.password-file, or neither")
	}
}

func ascii(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' })
}

var prefixForm = regexp.MustCompile(`^\+[1-9][0-9]{0,6}$`)

func (g Gateway) validate(name string, bad func(key, format string, args ...any)) {
	if g.URL == "" {
		if g.TokenFile != "" || g.Body != "" || len(g.Prefixes) > 0 {
			bad(name+".url", "the other keys of %s have no use without it", name)
		}
		return
	}
	u, err := url.Parse(g.URL)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil || u.Fragment != "" {
		bad(name+".url", "it must be https://host/path, without a user")
	} else if u.Scheme == "http" && !isLoopback(net.JoinHostPort(u.Hostname(), "1")) {
		bad(name+".url", "codes would cross the network in the clear: use https://")
	}
	if err := g.checkBody(); err != nil {
		bad(name+".body", "%w", err)
	}
	if len(g.Prefixes) == 0 {
		bad(name+".prefixes", "name the countries that may be reached, such as +49: messages cost money, and to some numbers very much")
	}
	for _, p := range g.Prefixes {
		if !prefixForm.MatchString(p) {
			bad(name+".prefixes", "%q is no beginning of a number such as +49", p)
		}
	}
}

// Template is the form of the body, which has a default.
func (g Gateway) Template() string {
	if g.Body == "" {
		return `{"to":"{to}","text":"{text}","channel":"{channel}"}`
	}
	return g.Body
}

func (g Gateway) checkBody() error {
	if !json.Valid([]byte(g.Template())) {
		return errors.New("it must be JSON, with {to}, {text} and {channel} inside of texts")
	}
	for _, name := range []string{"{to}", "{text}"} {
		if !strings.Contains(g.Template(), name) {
			return errors.New("it must contain " + name)
		}
	}
	return nil
}
