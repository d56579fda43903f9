package passkey

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"math/big"
	"slices"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/protocol/webauthncbor"
	"github.com/go-webauthn/webauthn/protocol/webauthncose"
)

// algorithms are what we ask for, the most wanted first (WebAuthn L3 §5.4: -8, -7 and -257 reach
// the most authenticators).
var algorithms = []int64{int64(webauthncose.AlgEdDSA), int64(webauthncose.AlgES256), int64(webauthncose.AlgRS256)}

// minRSA is the length of an RSA modulus in bits (NIST SP 800-131A rev. 2 §3).
const minRSA = 2048

// errUnwanted is the verdict of the tenant's rules on a key that is otherwise good.
var errUnwanted = errors.New("the tenant does not take keys of this kind")

// registration runs the steps of WebAuthn L3 §7.1 that need no rows, and judges the key by the
// tenant's rules. The record lacks its name and user handle.
func (e expected) registration(r registrationResponse, s Rules) (record, error) {
	if err := e.clientData(r.Response.ClientDataJSON, typeCreate); err != nil {
		return record{}, err
	}
	// WebAuthn L3 §7.1 step 12: hash is the SHA-256 of the client data as they came
	hash := sha256.Sum256(r.Response.ClientDataJSON)
	// WebAuthn L3 §7.1 step 13: the attestation object is CBOR in the form of CTAP2
	var o protocol.AttestationObject
	if err := webauthncbor.Unmarshal(r.Response.AttestationObject, &o); err != nil {
		return record{}, err
	}
	a, err := parseAuthenticatorData(o.RawAuthData)
	if err != nil {
		return record{}, err
	}
	if !a.Flags.HasAttestedCredentialData() || len(a.AttData.AAGUID) != 16 {
		return record{}, errors.New("the attestation object holds no key")
	}
	o.AuthData = a.AuthenticatorData
	if err := e.authenticatorData(a); err != nil {
		return record{}, err
	}
	if err := fit(a.AttData.CredentialPublicKey); err != nil {
		return record{}, err
	}
	// WebAuthn L3 §7.1 step 21: the format is one that the standard defines
	// WebAuthn L3 §7.1 step 22: the statement is correct and its signature valid, also where none was
	// asked for
	if err := o.VerifyAttestation(hash[:], nil, protocol.AttestationPolicy{}, protocol.SignaturePolicy{}); err != nil {
		return record{}, err
	}
	// WebAuthn L3 §7.1 step 25: a credential id has at most 1023 bytes
	if n := len(a.AttData.CredentialID); n == 0 || n > maxCredentialID || !bytes.Equal(a.AttData.CredentialID, r.RawID) {
		return record{}, errors.New("the credential id is not that of the key")
	}
	k := record{
		CredentialID: a.AttData.CredentialID, PublicKey: a.AttData.CredentialPublicKey, SignCount: a.Counter,
		UVInitialized: a.Flags.HasUserVerified(), BackupEligible: a.Flags.HasBackupEligible(), BackupState: a.Flags.HasBackupState(),
		Transports: r.Response.Transports, AAGUID: [16]byte(a.AttData.AAGUID), Format: o.Format,
	}
	if p := r.Extensions.CredProps; p != nil && p.RK != nil {
		k.Hidden = !*p.RK // WebAuthn L3 §10.1.3: the key is not discoverable
	}
	// WebAuthn L3 §7.1 step 18: keys that may be copied are taken unless the tenant wants none
	// WebAuthn L3 §7.1 step 24: no attestation will do unless the tenant asks for it
	attested := o.Format != string(protocol.AttestationFormatNone)
	if s.DeviceBoundOnly && k.BackupEligible || s.Attestation == Direct && !attested || !s.accepts(model(k.AAGUID)) {
		return k, errUnwanted
	}
	return k, nil
}

// fit checks the algorithm and strength of a COSE key.
func fit(cose []byte) error {
	var kind webauthncose.PublicKeyData
	if err := webauthncbor.Unmarshal(cose, &kind); err != nil {
		return err
	}
	// WebAuthn L3 §7.1 step 20: the algorithm is one that we asked for
	if !slices.Contains(algorithms, kind.Algorithm) {
		return fmt.Errorf("the algorithm %d was not asked for", kind.Algorithm)
	}
	key, err := webauthncose.ParsePublicKey(cose)
	if err != nil {
		return err
	}
	if rsa, is := key.(webauthncose.RSAPublicKeyData); is && new(big.Int).SetBytes(rsa.Modulus).BitLen() < minRSA {
		return errors.New("the RSA key is too short")
	}
	return nil
}
