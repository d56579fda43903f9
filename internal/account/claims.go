package account

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"io"
	"net/url"
	"reflect"
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
	maxClaims  = 16 << 10 // bytes of JSON that ParseClaims reads
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

// ParseClaims reads claims that someone wrote as a JSON object. Members that are not fields of
// Claims, by exact case, are refused, as are repeated ones; the result has passed Check. The
// refusal is invalid and names the member.
func ParseClaims(raw []byte) (Claims, error) {
	var c Claims
	if len(raw) > maxClaims || !utf8.Valid(raw) {
		return c, guard.Invalid("claims", "The claims are a JSON object of at most 16384 bytes in UTF-8.")
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	if err := knownMembers(d, reflect.TypeFor[Claims](), ""); err != nil {
		return c, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return c, guard.Invalid("claims", "The claims are one JSON object and nothing behind it.")
	}
	if err := json.Unmarshal(raw, &c); err != nil {
		return Claims{}, &guard.Problem{Code: "invalid", Field: "claims", Public: "Each claim is a string; the address is an object of strings.", Cause: err}
	}
	if err := c.Check(); err != nil {
		return Claims{}, err
	}
	return c, nil
}

// knownMembers walks one object of d and holds its members against the fields of t.
func knownMembers(d *json.Decoder, t reflect.Type, prefix string) error {
	malformed := guard.Invalid(strings.TrimSuffix("claims."+prefix, "."), "This must be a JSON object.")
	if open, err := d.Token(); err != nil || open != json.Delim('{') {
		return malformed
	}
	seen := map[string]bool{}
	for d.More() {
		token, err := d.Token()
		if err != nil {
			return malformed
		}
		name := token.(string) //nolint:forcetypeassert // the decoder gives only strings as names
		field, ok := fieldOf(t, name)
		switch {
		case !ok:
			return guard.Invalid(cmp.Or(prefix+name, "claims"), "There is no such claim, or only the server writes it. Leave it out.")
		case seen[name]:
			return guard.Invalid(prefix+name, "The claim is given twice. Give it once.")
		}
		seen[name] = true
		if field.Kind() == reflect.Struct {
			err = knownMembers(d, field, prefix+name+".")
		} else if token, err = d.Token(); err == nil {
			if _, text := token.(string); !text {
				return guard.Invalid(prefix+name, "The claim is a string.")
			}
		}
		if err != nil {
			var refusal *guard.Problem
			if errors.As(err, &refusal) {
				return err
			}
			return malformed
		}
	}
	if _, err := d.Token(); err != nil {
		return malformed
	}
	return nil
}

func fieldOf(t reflect.Type, name string) (reflect.Type, bool) {
	for i := range t.NumField() {
		if tag, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ","); tag == name {
			return t.Field(i).Type, true
		}
	}
	return nil, false
}
