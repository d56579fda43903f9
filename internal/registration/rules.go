package registration

import (
	"net/url"
	"slices"
	"strings"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/setting"
)

// Rules say who may make an account and what they are asked.
type Rules struct {
	Open         bool     `json:"open"`          // whether strangers may register
	Domains      []string `json:"domains"`       // of the addresses that may; empty means all
	Invitations  bool     `json:"invitations"`   // whether administrators may invite by mail
	TermsVersion string   `json:"terms_version"` // of the terms that everybody accepts, once for each version; "" asks for nothing
	TermsURL     string   `json:"terms_url"`
	PrivacyURL   string   `json:"privacy_url"`
	Ask          []string `json:"ask"`       // claims to ask for at first
	AskLater     []string `json:"ask_later"` // claims to ask for at a later sign-in, once
}

// Settings is the setting "registration". It is off until somebody opens it.
var Settings = setting.Declare("registration", "Whether people may make accounts for themselves, with addresses of which domains, which terms they accept, and what they are asked.",
	Rules{Invitations: true, Domains: []string{}, Ask: []string{"name"}, AskLater: []string{}}, Rules.check)

// Asked are the claims that pages can ask for, in the order in which they do.
var Asked = []string{"name", "given_name", "family_name", "nickname", "birthdate", "website", "phone_number", "locale", "zoneinfo"}

func (r Rules) check() error {
	for _, d := range r.Domains {
		if e, err := account.ParseEmail("a@" + d); err != nil || e.Domain() != d {
			return guard.Invalid("domains", "Give domains in lower case, such as example.com, in ASCII.")
		}
	}
	for name, list := range map[string][]string{"ask": r.Ask, "ask_later": r.AskLater} {
		for i, c := range list {
			if !slices.Contains(Asked, c) || slices.Contains(list[:i], c) {
				return guard.Invalid(name, "The claims to ask for are "+strings.Join(Asked, ", ")+", each once.")
			}
		}
	}
	if len(r.TermsVersion) > 64 || strings.ContainsFunc(r.TermsVersion, func(c rune) bool { return c < ' ' || c > '~' }) {
		return guard.Invalid("terms_version", "A version has at most 64 signs, such as 2026-11.")
	}
	if r.TermsVersion != "" && r.TermsURL == "" {
		return guard.Invalid("terms_url", "Say where the terms are that people accept.")
	}
	for name, text := range map[string]string{"terms_url": r.TermsURL, "privacy_url": r.PrivacyURL} {
		if u, err := url.Parse(text); text != "" && (err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil) {
			return guard.Invalid(name, "Give an address that begins with https://.")
		}
	}
	return nil
}

// Takes tells whether an address may register.
func (r Rules) Takes(e account.EmailAddress) bool {
	return r.Open && (len(r.Domains) == 0 || slices.Contains(r.Domains, e.Domain()))
}

// Fill gives the claims of a name what was written for it; names that nobody asks for stay out.
func Fill(c *account.Claims, asked []string, written func(name string) string) {
	for _, name := range Asked {
		if slices.Contains(asked, name) {
			if text := strings.TrimSpace(written(name)); text != "" {
				*claim(c, name) = text
			}
		}
	}
}

// claim is where one of Asked stands.
func claim(c *account.Claims, name string) *string {
	return map[string]*string{
		"name": &c.Name, "given_name": &c.GivenName, "family_name": &c.FamilyName, "nickname": &c.Nickname, "birthdate": &c.Birthdate,
		"website": &c.Website, "phone_number": &c.PhoneNumber, "locale": &c.Locale, "zoneinfo": &c.Zoneinfo,
	}[name]
}
