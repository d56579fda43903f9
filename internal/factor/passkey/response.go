package passkey

import (
	"encoding/base64"
	"errors"
	"slices"

	"github.com/cardea-iam/cardea/internal/strictjson"
)

// MaxResponse is the size of what a browser sends at the end of a ceremony, in bytes: attestation
// statements hold certificates.
const MaxResponse = 48 << 10

// Bytes is binary data, in JSON as base64url without padding (WebAuthn L3 §5.1, Base64URLString).
type Bytes []byte

var errBase64 = errors.New("not base64url")

// UnmarshalText takes exactly what MarshalText gives: no padding, no line breaks, no spare bits.
func (b *Bytes) UnmarshalText(text []byte) error {
	raw, err := base64.RawURLEncoding.Strict().AppendDecode(nil, text)
	if err != nil || len(text) != base64.RawURLEncoding.EncodedLen(len(raw)) {
		return errBase64
	}
	*b = raw
	return nil
}

// MarshalText writes base64url.
func (b Bytes) MarshalText() ([]byte, error) { return []byte(b.String()), nil }

// String is the data in base64url.
func (b Bytes) String() string { return base64.RawURLEncoding.EncodeToString(b) }

// response is what the members of RegistrationResponseJSON and AuthenticationResponseJSON
// (WebAuthn L3 §5.1) have in common.
type response struct {
	ID         string     `json:"id"`
	RawID      Bytes      `json:"rawId"`
	Type       string     `json:"type"`
	Attachment string     `json:"authenticatorAttachment"`
	Extensions extensions `json:"clientExtensionResults"`
}

// extensions are the outputs that the script passes on (WebAuthn L3 §10.1.3).
type extensions struct {
	CredProps *struct {
		RK *bool `json:"rk"`
	} `json:"credProps"`
}

// assertionResponse is AuthenticationResponseJSON.
type assertionResponse struct {
	response
	Response struct {
		ClientDataJSON    Bytes `json:"clientDataJSON"`
		AuthenticatorData Bytes `json:"authenticatorData"`
		Signature         Bytes `json:"signature"`
		UserHandle        Bytes `json:"userHandle"`
	} `json:"response"`
}

// registrationResponse is RegistrationResponseJSON without the members that repeat others.
type registrationResponse struct {
	response
	Response struct {
		ClientDataJSON    Bytes    `json:"clientDataJSON"`
		AttestationObject Bytes    `json:"attestationObject"`
		Transports        []string `json:"transports"`
	} `json:"response"`
}

func parseAssertion(text string) (r assertionResponse, err error) {
	if err = strictjson.Unmarshal([]byte(text), &r, strictjson.MaxBytes(MaxResponse)); err != nil {
		return r, err
	}
	return r, r.check()
}

func parseRegistration(text string) (r registrationResponse, err error) {
	if err = strictjson.Unmarshal([]byte(text), &r, strictjson.MaxBytes(MaxResponse)); err != nil {
		return r, err
	}
	r.Response.Transports = known(r.Response.Transports)
	return r, r.check()
}

// transports are the values of WebAuthn L3 §5.8.4; others are not kept.
var transports = []string{"ble", "hybrid", "internal", "nfc", "smart-card", "usb"}

func known(list []string) (out []string) {
	for _, t := range transports {
		if slices.Contains(list, t) {
			out = append(out, t)
		}
	}
	return out
}

// maxCredentialID is the length of a credential id in bytes (WebAuthn L3 §4, Credential ID).
const maxCredentialID = 1023

func (r response) check() error {
	switch {
	case r.Type != "public-key":
		return errors.New("the credential is no public key")
	case len(r.RawID) == 0 || len(r.RawID) > maxCredentialID:
		return errors.New("the credential id has a length that none has")
	case r.ID != r.RawID.String():
		// WebAuthn L3 §5.1: id is the base64url encoding of rawId
		return errors.New("id and rawId differ")
	}
	return nil
}
