package account

import (
	"net/url"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/language"

	"github.com/cardea-iam/cardea/internal/guard"
)

// Claims are the standard claims (OpenID Connect Core 1.0 §5.1) that someone may write. What
// else a person's claims hold is the server's: sub, preferred_username (the username), email,
// email_verified, phone_number_verified and updated_at.
type Claims struct {
	Name        string  `json:"name,omitempty"`
	GivenName   string  `json:"given_name,omitempty"`
	FamilyName  string  `json:"family_name,omitempty"`
	MiddleName  string  `json:"middle_name,omitempty"`
	Nickname    string  `json:"nickname,omitempty"`
	Profile     string  `json:"profile,omitempty"`      // URL of a page
	Picture     string  `json:"picture,omitempty"`      // URL of an image
	Website     string  `json:"website,omitempty"`      // URL
	Gender      string  `json:"gender,omitempty"`       // female, male or another word
	Birthdate   string  `json:"birthdate,omitempty"`    // YYYY-MM-DD, 0000-MM-DD or YYYY
	Zoneinfo    string  `json:"zoneinfo,omitempty"`     // Europe/Paris
	Locale      string  `json:"locale,omitempty"`       // BCP 47: en-GB
	PhoneNumber string  `json:"phone_number,omitempty"` // E.164, perhaps with ;ext= (RFC 3966)
	Address     Address `json:"address,omitzero"`
}

// Address is a postal address (OpenID Connect Core 1.0 §5.1.1). Formatted and StreetAddress may
// have several lines.
type Address struct {
	Formatted     string `json:"formatted,omitempty"`
	StreetAddress string `json:"street_address,omitempty"`
	Locality      string `json:"locality,omitempty"`
	Region        string `json:"region,omitempty"`
	PostalCode    string `json:"postal_code,omitempty"`
	Country       string `json:"country,omitempty"`
}

const (
	maxLine    = 256
	maxURL     = 2048
	maxAddress = 1024
)

var (
	zoneForm  = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*$`)
	phoneForm = regexp.MustCompile(`^\+[1-9][0-9]{6,14}(;ext=[0-9]{1,10})?$`)
)

// Check says what is wrong with the claims; the refusal is invalid and names the claim.
func (c Claims) Check() error {
	for _, f := range []struct {
		name, value string
		fits        func(string) bool
		public      string
	}{
		{"name", c.Name, line, ""},
		{"given_name", c.GivenName, line, ""},
		{"family_name", c.FamilyName, line, ""},
		{"middle_name", c.MiddleName, line, ""},
		{"nickname", c.Nickname, line, ""},
		{"profile", c.Profile, webAddress, "Give an address that begins with https:// or http://."},
		{"picture", c.Picture, webAddress, "Give an address that begins with https:// or http://."},
		{"website", c.Website, webAddress, "Give an address that begins with https:// or http://."},
		{"gender", c.Gender, line, ""},
		{"birthdate", c.Birthdate, birthdate, "Give the date as YYYY-MM-DD, without the year as 0000-MM-DD, or the year alone."},
		{"zoneinfo", c.Zoneinfo, zone, "Give a time zone such as Europe/Paris."},
		{"locale", c.Locale, locale, "Give a language tag such as en-GB."},
		{"phone_number", c.PhoneNumber, phoneForm.MatchString, "Give the number with its country code and without spaces, such as +14255551212."},
		{"address.formatted", c.Address.Formatted, lines, ""},
		{"address.street_address", c.Address.StreetAddress, lines, ""},
		{"address.locality", c.Address.Locality, line, ""},
		{"address.region", c.Address.Region, line, ""},
		{"address.postal_code", c.Address.PostalCode, line, ""},
		{"address.country", c.Address.Country, line, ""},
	} {
		if f.value == "" || f.fits(f.value) {
			continue
		}
		if f.public == "" {
			f.public = "Give plain text without control characters, at most 256 bytes (an address 1024)."
		}
		return guard.Invalid(f.name, f.public)
	}
	return nil
}

func line(s string) bool {
	return len(s) <= maxLine && utf8.ValidString(s) && !strings.ContainsFunc(s, unicode.IsControl)
}

func lines(s string) bool {
	return len(s) <= maxAddress && utf8.ValidString(s) && !strings.ContainsFunc(strings.NewReplacer("\r\n", "", "\n", "").Replace(s), unicode.IsControl)
}

func webAddress(s string) bool {
	u, err := url.Parse(s)
	return err == nil && len(s) <= maxURL && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && u.User == nil
}

func birthdate(s string) bool {
	if rest, ok := strings.CutPrefix(s, "0000-"); ok {
		s = "2000-" + rest // a year that has a 29th of February
	}
	for _, form := range []string{time.DateOnly, "2006"} {
		if _, err := time.Parse(form, s); err == nil {
			return true
		}
	}
	return false
}

func zone(s string) bool { return len(s) <= 64 && zoneForm.MatchString(s) }

func locale(s string) bool {
	_, err := language.Parse(s)
	return err == nil && len(s) <= 64 && !strings.Contains(s, "_")
}
