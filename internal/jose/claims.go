package jose

import (
	"errors"
	"math"
	"slices"
	"time"

	"github.com/cardea-iam/cardea/internal/strictjson"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Claims are the registered claims (RFC 7519 §4.1) of a token that passed every
// check; there is no other way to get one.
type Claims struct {
	Issuer    string
	Subject   string
	Audience  []string
	Expiry    time.Time // zero when absent, which only IgnoreExpiry tolerates
	NotBefore time.Time // zero when absent
	IssuedAt  time.Time // zero when absent
	ID        string
	KeyID     string // of the key that verified it
	payload   []byte
}

// Decode reads the whole claims set into v, strictly but ignoring claims that v does not name (RFC 7519 §4).
func (c Claims) Decode(v any) error {
	return strictjson.Unmarshal(c.payload, v, strictjson.AllowUnknown())
}

// Payload is the claims set as JSON text, as a copy.
func (c Claims) Payload() []byte { return slices.Clone(c.payload) }

type wireClaims struct {
	Issuer    *string      `json:"iss"`
	Subject   *string      `json:"sub"`
	Audience  audience     `json:"aud"`
	Expiry    *numericDate `json:"exp"`
	NotBefore *numericDate `json:"nbf"`
	IssuedAt  *numericDate `json:"iat"`
	ID        *string      `json:"jti"`
}

func parseClaims(payload []byte) (Claims, error) {
	var w wireClaims
	if err := strictjson.Unmarshal(payload, &w, strictjson.AllowUnknown()); err != nil {
		return Claims{}, err
	}
	return Claims{
		Issuer: text(w.Issuer), Subject: text(w.Subject), Audience: w.Audience, ID: text(w.ID),
		Expiry: w.Expiry.time(), NotBefore: w.NotBefore.time(), IssuedAt: w.IssuedAt.time(), payload: payload,
	}, nil
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// audience is one string or a list of strings (RFC 7519 §4.1.3).
type audience []string

// UnmarshalJSONFrom reads either form.
func (a *audience) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	if d.PeekKind() == '"' {
		var one string
		if err := json.UnmarshalDecode(d, &one); err != nil {
			return err
		}
		*a = audience{one}
		return nil
	}
	return json.UnmarshalDecode(d, (*[]string)(a))
}

// numericDate is seconds since 1970 as a JSON number, perhaps with a fraction (RFC 7519 §2).
type numericDate float64

const lastSecond = 253402300799 // the end of the year 9999

// UnmarshalJSONFrom refuses what is no date.
func (n *numericDate) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	var f float64
	if d.PeekKind() != '0' {
		return errors.New("not a number")
	}
	if err := json.UnmarshalDecode(d, &f); err != nil {
		return err
	}
	if f <= 0 || f > lastSecond {
		return errors.New("not a date between 1970 and 9999")
	}
	*n = numericDate(f)
	return nil
}

func (n *numericDate) time() time.Time {
	if n == nil {
		return time.Time{}
	}
	whole, fraction := math.Modf(float64(*n))
	return time.Unix(int64(whole), int64(fraction*1e9)).UTC()
}
