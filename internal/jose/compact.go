package jose

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"github.com/cardea-iam/cardea/internal/strictjson"
	"github.com/go-json-experiment/json/jsontext"
)

// MaxTokenSize bounds a token in bytes, before anything is parsed.
const MaxTokenSize = 8 << 10

// Header is the part of a JOSE header that is read (RFC 7515 §4.1). Until the
// signature is checked it is the sender's word only.
type Header struct {
	Alg string `json:"alg"`
	Typ string `json:"typ"`
	Kid string `json:"kid"`

	// Members that are refused by their presence.
	Crit jsontext.Value `json:"crit"`
	B64  jsontext.Value `json:"b64"`
	JWK  jsontext.Value `json:"jwk"`
	JKU  jsontext.Value `json:"jku"`
	X5C  jsontext.Value `json:"x5c"`
	X5U  jsontext.Value `json:"x5u"`
	Enc  jsontext.Value `json:"enc"`
	Zip  jsontext.Value `json:"zip"`
}

func (h Header) check() error {
	switch {
	// RFC 7515 §4.1.11: a token with an extension that is not understood is invalid; none is understood here
	case h.Crit != nil:
		return errors.New("the header has crit")
	// RFC 7797 §7: b64 is not used in JWTs
	case h.B64 != nil:
		return errors.New("the header has b64")
	// RFC 8725 §3.10: keys that the token brings or points to are not trusted
	case h.JWK != nil || h.JKU != nil || h.X5C != nil || h.X5U != nil:
		return errors.New("the header brings its own key")
	// RFC 8725 §2.3: a token for decryption is no signed token
	case h.Enc != nil || h.Zip != nil:
		return errors.New("the header is of an encrypted token")
	case len(h.Kid) > maxKeyIDSize:
		return errors.New("kid is too long")
	// RFC 7515 §4.1.1: alg must be present
	case h.Alg == "":
		return errors.New("alg is missing")
	}
	return nil
}

// Unverified is a token taken apart and believed by nobody. It exists to show a
// token to a person; no decision may be made from it.
type Unverified struct {
	Header  Header
	headers []byte
	payload []byte
}

// RawHeader is the header as JSON text.
func (u Unverified) RawHeader() []byte { return u.headers }

// RawPayload is the payload, which may be anything.
func (u Unverified) RawPayload() []byte { return u.payload }

// Inspect takes a signed token in compact form apart without checking its signature.
func Inspect(token string) (Unverified, error) {
	parts, err := split(token)
	if err != nil {
		return Unverified{}, refusal(err)
	}
	u := Unverified{}
	if u.headers, err = decode(parts[0]); err != nil {
		return Unverified{}, refusal(err)
	}
	if u.payload, err = decode(parts[1]); err != nil {
		return Unverified{}, refusal(err)
	}
	if err := strictjson.Unmarshal(u.headers, &u.Header, strictjson.AllowUnknown()); err != nil {
		return Unverified{}, refusal(fmt.Errorf("header: %w", err))
	}
	return u, nil
}

// split checks size and alphabet before it cuts, so that hostile input costs one pass.
func split(token string) (parts [3]string, err error) {
	if len(token) > MaxTokenSize {
		return parts, errors.New("longer than 8192 bytes")
	}
	dots := 0
	for i := range len(token) {
		switch c := token[i]; {
		case 'A' <= c && c <= 'Z', 'a' <= c && c <= 'z', '0' <= c && c <= '9', c == '-', c == '_':
		case c == '.':
			dots++
		default:
			// RFC 8725 §2.13: only the compact form is a JWT
			return parts, errors.New("not in compact form")
		}
	}
	// RFC 7515 §3.1: three parts; RFC 7516 §3.1: five are an encrypted token, which is refused
	if dots != 2 {
		return parts, errors.New("not a signed token of three parts")
	}
	parts[0], token, _ = strings.Cut(token, ".")
	parts[1], parts[2], _ = strings.Cut(token, ".")
	if parts[0] == "" || parts[1] == "" || parts[2] == "" {
		return parts, errors.New("a part is empty")
	}
	return parts, nil
}

// decode is strict, so that one signature has one spelling.
func decode(part string) ([]byte, error) {
	b, err := base64.RawURLEncoding.Strict().DecodeString(part)
	if err != nil {
		return nil, errors.New("a part is not base64url")
	}
	return b, nil
}
