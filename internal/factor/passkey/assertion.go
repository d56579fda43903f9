package passkey

import (
	"bytes"
	"crypto/sha256"
	"crypto/subtle"
	"errors"

	"github.com/go-webauthn/webauthn/protocol/webauthncose"
)

// errCloned is the verdict on a counter that did not grow.
var errCloned = errors.New("the signature counter did not grow")

// asserted is what a verified assertion says. Only expected.assertion makes one.
type asserted struct {
	signCount    uint32
	backedUp     bool
	userVerified bool
}

// assertion runs the steps of WebAuthn L3 §7.2 that need no rows against the record of the key.
// named says that the browser was told whose keys to ask for; else the key must say who is there.
// errCloned comes only behind a right signature.
func (e expected) assertion(r assertionResponse, k record, named bool) (asserted, error) {
	// WebAuthn L3 §7.2 step 6: the user handle is that of the account, and it is there where nobody
	// was known before
	if h := r.Response.UserHandle; len(h) > 0 || !named {
		if subtle.ConstantTimeCompare(h, k.UserHandle) != 1 {
			return asserted{}, errors.New("the user handle is not that of the key's owner")
		}
	}
	if !bytes.Equal(r.RawID, k.CredentialID) {
		return asserted{}, errors.New("the key is another one")
	}
	if err := e.clientData(r.Response.ClientDataJSON, typeGet); err != nil {
		return asserted{}, err
	}
	a, err := parseAuthenticatorData(r.Response.AuthenticatorData)
	if err != nil {
		return asserted{}, err
	}
	if err := e.authenticatorData(a); err != nil {
		return asserted{}, err
	}
	// WebAuthn L3 §6.1: an assertion holds no attested credential data
	if a.Flags.HasAttestedCredentialData() {
		return asserted{}, errors.New("the assertion holds a new key")
	}
	// WebAuthn L3 §7.2 step 19: whether a key may be copied never changes
	if a.Flags.HasBackupEligible() != k.BackupEligible {
		return asserted{}, errors.New("whether the key may be copied has changed")
	}
	// WebAuthn L3 §7.2 step 20: hash is the SHA-256 of the client data as they came
	hash := sha256.Sum256(r.Response.ClientDataJSON)
	// WebAuthn L3 §7.2 step 21: the signature over authenticator data and hash is the key's
	key, err := webauthncose.ParsePublicKey(k.PublicKey)
	if err != nil {
		return asserted{}, err
	}
	ok, err := webauthncose.VerifySignature(key, append(bytes.Clone(r.Response.AuthenticatorData), hash[:]...), r.Response.Signature)
	if err != nil || !ok {
		return asserted{}, errors.Join(errors.New("the signature is not the key's"), err)
	}
	// WebAuthn L3 §7.2 step 22: where either counter is not zero, the new one is greater
	if (a.Counter != 0 || k.SignCount != 0) && a.Counter <= k.SignCount {
		return asserted{}, errCloned
	}
	// WebAuthn L3 §7.2 step 23: extension outputs that nobody asked for are ignored
	return asserted{a.Counter, a.Flags.HasBackupState(), a.Flags.HasUserVerified()}, nil
}
