package passkey

import (
	"bytes"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"slices"

	"github.com/go-webauthn/webauthn/protocol"

	"github.com/cardea-iam/cardea/internal/strictjson"
)

// The types of client data (WebAuthn L3 §5.8.1).
const (
	typeCreate = "webauthn.create"
	typeGet    = "webauthn.get"
)

// expected is what a ceremony must look like.
type expected struct {
	rpID      string
	origins   []string
	challenge string // in base64url
	requireUV bool
}

// clientData is CollectedClientData (WebAuthn L3 §5.8.1). Members to come are ignored.
type clientData struct {
	Type        string  `json:"type"`
	Challenge   string  `json:"challenge"`
	Origin      string  `json:"origin"`
	CrossOrigin bool    `json:"crossOrigin"`
	TopOrigin   *string `json:"topOrigin"`
}

func parseClientData(text []byte) (c clientData, err error) {
	// WebAuthn L3 §7.1 step 5: a leading byte order mark is no part of the text
	// WebAuthn L3 §7.2 step 8: a leading byte order mark is no part of the text
	text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	err = strictjson.Unmarshal(text, &c, strictjson.AllowUnknown())
	return c, err
}

// clientData checks what the browser says it did.
func (e expected) clientData(text []byte, ceremony string) error {
	c, err := parseClientData(text)
	if err != nil {
		return err
	}
	// WebAuthn L3 §7.1 step 7: the type is webauthn.create
	// WebAuthn L3 §7.2 step 10: the type is webauthn.get
	if c.Type != ceremony {
		return errors.New("the client data are of another ceremony")
	}
	// WebAuthn L3 §7.1 step 8: the challenge is the one that we gave out
	// WebAuthn L3 §7.2 step 11: the challenge is the one that we gave out
	if subtle.ConstantTimeCompare([]byte(c.Challenge), []byte(e.challenge)) != 1 {
		return errors.New("the client data are for another challenge")
	}
	// WebAuthn L3 §7.1 step 9: the origin is ours or one that we named as related, byte for byte
	// WebAuthn L3 §7.2 step 12: the origin is ours or one that we named as related, byte for byte
	if !slices.Contains(e.origins, c.Origin) {
		return errors.New("the client data are of another origin")
	}
	// WebAuthn L3 §7.1 step 10: no page of ours is shown inside of another origin's
	// WebAuthn L3 §7.2 step 13: no page of ours is shown inside of another origin's
	if c.CrossOrigin {
		return errors.New("the ceremony ran inside of another origin's page")
	}
	// WebAuthn L3 §7.1 step 11: there is no page that we expect to be shown in
	// WebAuthn L3 §7.2 step 14: there is no page that we expect to be shown in
	if c.TopOrigin != nil {
		return errors.New("the ceremony ran inside of another page")
	}
	return nil
}

// authenticatorData is the part of WebAuthn L3 §6.1 that every ceremony has.
type authenticatorData struct {
	protocol.AuthenticatorData
}

// minAuthenticatorData is rpIdHash, flags and signCount (WebAuthn L3 §6.1).
const minAuthenticatorData = sha256.Size + 1 + 4

func parseAuthenticatorData(raw []byte) (a authenticatorData, err error) {
	if len(raw) < minAuthenticatorData {
		return a, errors.New("the authenticator data are cut off")
	}
	err = a.Unmarshal(raw)
	return a, err
}

// authenticatorData checks what the authenticator says that holds for both ceremonies.
func (e expected) authenticatorData(a authenticatorData) error {
	// WebAuthn L3 §7.1 step 14: rpIdHash is the digest of our RP ID
	// WebAuthn L3 §7.2 step 15: rpIdHash is the digest of our RP ID
	if sum := sha256.Sum256([]byte(e.rpID)); !bytes.Equal(a.RPIDHash, sum[:]) {
		return errors.New("the key was asked for another RP ID")
	}
	// WebAuthn L3 §7.1 step 15: somebody was there (UP); keys are never made in the background
	// WebAuthn L3 §7.2 step 16: somebody was there (UP)
	if !a.Flags.HasUserPresent() {
		return errors.New("nobody touched the authenticator")
	}
	// WebAuthn L3 §7.1 step 16: the user was verified (UV) where that is required
	// WebAuthn L3 §7.2 step 17: the user was verified (UV) where that is required
	if e.requireUV && !a.Flags.HasUserVerified() {
		return errors.New("the authenticator did not verify its user")
	}
	// WebAuthn L3 §7.1 step 17: what may not be copied has not been copied
	// WebAuthn L3 §7.2 step 18: what may not be copied has not been copied
	if a.Flags.HasBackupState() && !a.Flags.HasBackupEligible() {
		return errors.New("a key that cannot be copied was copied")
	}
	// WebAuthn L3 §6.1: reserved bits are zero
	if reserved := a.Flags & (protocol.FlagRFU1 | protocol.FlagRFU2); reserved != 0 {
		return fmt.Errorf("the reserved flags %#x are set", byte(reserved))
	}
	return nil
}
