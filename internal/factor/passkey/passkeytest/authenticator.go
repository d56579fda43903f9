// Package passkeytest is an authenticator in software together with its browser: it answers the
// options of both WebAuthn ceremonies with JSON as our script sends it. Tests use it in place of a
// key, and to make the answers that no honest browser makes.
package passkeytest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/fxamacker/cbor/v2"
)

// The algorithms of keys (COSE).
const (
	ES256 = -7
	EdDSA = -8
	RS256 = -257
)

// Flags of authenticator data (WebAuthn L3 §6.1).
const (
	UP byte = 1 << 0
	UV byte = 1 << 2
	BE byte = 1 << 3
	BS byte = 1 << 4
	AT byte = 1 << 6
)

// Authenticator keeps keys. Its fields may be changed between ceremonies.
type Authenticator struct {
	Origin    string   // of the page
	Flags     byte     // of each answer
	Algorithm int      // of new keys; one that the options do not list makes Create fail
	AAGUID    [16]byte // the model
	Counts    bool     // the signature counter grows
	Forgetful bool     // keys are not discoverable
	Self      bool     // new keys come with self attestation

	Keys []*Key
}

// Key is one credential.
type Key struct {
	ID         []byte
	RPID       string
	UserHandle []byte
	Counter    uint32
	signer     crypto.Signer
	algorithm  int
	hidden     bool
}

// New is an authenticator that verifies its user and syncs its keys, at pages of an origin.
func New(origin string) *Authenticator {
	return &Authenticator{Origin: origin, Flags: UP | UV | BE | BS, Algorithm: ES256}
}

// SecurityKey is an authenticator that knows no user, counts, and keeps nothing.
func SecurityKey(origin string) *Authenticator {
	return &Authenticator{Origin: origin, Flags: UP, Algorithm: ES256, Counts: true, Forgetful: true}
}

// Draft is an answer before it is signed.
type Draft struct {
	ClientData map[string]any
	RPID       string
	Flags      byte
	Counter    uint32
	UserHandle []byte
	Key        *Key
	Extra      []byte // behind the authenticator data
}

// Answer is what the browser sends. A test may change it after it was signed.
type Answer struct {
	ID         string         `json:"id"`
	RawID      string         `json:"rawId"`
	Type       string         `json:"type"`
	Attachment string         `json:"authenticatorAttachment,omitempty"`
	Extensions map[string]any `json:"clientExtensionResults"`
	Response   map[string]any `json:"response"`
}

// JSON is the answer's text.
func (a Answer) JSON() string {
	b, err := json.Marshal(a)
	if err != nil {
		panic("passkeytest: " + err.Error()) // it holds strings only
	}
	return string(b)
}

type descriptor struct {
	ID string `json:"id"`
}

type creation struct {
	RP struct {
		ID string `json:"id"`
	} `json:"rp"`
	User struct {
		ID string `json:"id"`
	} `json:"user"`
	Challenge string `json:"challenge"`
	Params    []struct {
		Alg int `json:"alg"`
	} `json:"pubKeyCredParams"`
	Exclude []descriptor `json:"excludeCredentials"`
}

type request struct {
	Challenge string       `json:"challenge"`
	RPID      string       `json:"rpId"`
	Allow     []descriptor `json:"allowCredentials"`
}

// ErrExcluded says that the authenticator has one of the excluded keys.
var ErrExcluded = errors.New("passkeytest: the account has a key here already")

// ErrNoKey says that there is no key for the options.
var ErrNoKey = errors.New("passkeytest: no key will do")

// Create answers creation options (JSON). change sees the draft before it is signed.
func (a *Authenticator) Create(options []byte, change ...func(*Draft)) (Answer, error) {
	var o creation
	if err := json.Unmarshal(options, &o); err != nil {
		return Answer{}, err
	}
	for _, x := range o.Exclude {
		if slices.ContainsFunc(a.Keys, func(k *Key) bool { return encode(k.ID) == x.ID }) {
			return Answer{}, ErrExcluded
		}
	}
	k, err := a.newKey(o.RP.ID, o.User.ID)
	if err != nil {
		return Answer{}, err
	}
	d := &Draft{ClientData: a.clientData("webauthn.create", o.Challenge), RPID: o.RP.ID, Flags: a.Flags | AT, Counter: k.Counter, Key: k}
	for _, c := range change {
		c(d)
	}
	client, err := json.Marshal(d.ClientData)
	if err != nil {
		return Answer{}, err
	}
	cose, err := k.cose()
	if err != nil {
		return Answer{}, err
	}
	data := d.header()
	data = append(data, a.AAGUID[:]...)
	data = binary.BigEndian.AppendUint16(data, uint16(len(k.ID))) //nolint:gosec // 32 bytes
	data = append(append(append(data, k.ID...), cose...), d.Extra...)
	object := map[string]any{"fmt": "none", "attStmt": map[string]any{}, "authData": data}
	if a.Self {
		sig, err := k.sign(data, client)
		if err != nil {
			return Answer{}, err
		}
		object["fmt"], object["attStmt"] = "packed", map[string]any{"alg": k.algorithm, "sig": sig}
	}
	mode, err := cbor.CTAP2EncOptions().EncMode()
	if err != nil {
		return Answer{}, err
	}
	attestation, err := mode.Marshal(object)
	if err != nil {
		return Answer{}, err
	}
	a.Keys = append(a.Keys, k)
	return Answer{
		ID: encode(k.ID), RawID: encode(k.ID), Type: "public-key", Attachment: "platform",
		Extensions: map[string]any{"credProps": map[string]any{"rk": !k.hidden}},
		Response:   map[string]any{"clientDataJSON": encode(client), "attestationObject": encode(attestation), "transports": []string{"internal"}},
	}, nil
}

// Get answers request options (JSON) with the last key that will do.
func (a *Authenticator) Get(options []byte, change ...func(*Draft)) (Answer, error) {
	var o request
	if err := json.Unmarshal(options, &o); err != nil {
		return Answer{}, err
	}
	var k *Key
	for _, have := range a.Keys {
		listed := slices.ContainsFunc(o.Allow, func(d descriptor) bool { return d.ID == encode(have.ID) })
		if have.RPID == o.RPID && (listed || len(o.Allow) == 0 && !have.hidden) {
			k = have
		}
	}
	if k == nil {
		return Answer{}, ErrNoKey
	}
	if a.Counts {
		k.Counter++
	}
	d := &Draft{ClientData: a.clientData("webauthn.get", o.Challenge), RPID: o.RPID, Flags: a.Flags, Counter: k.Counter, Key: k}
	if !k.hidden {
		d.UserHandle = k.UserHandle
	}
	for _, c := range change {
		c(d)
	}
	client, err := json.Marshal(d.ClientData)
	if err != nil {
		return Answer{}, err
	}
	data := append(d.header(), d.Extra...)
	sig, err := d.Key.sign(data, client)
	if err != nil {
		return Answer{}, err
	}
	response := map[string]any{"clientDataJSON": encode(client), "authenticatorData": encode(data), "signature": encode(sig)}
	if len(d.UserHandle) > 0 {
		response["userHandle"] = encode(d.UserHandle)
	}
	return Answer{ID: encode(d.Key.ID), RawID: encode(d.Key.ID), Type: "public-key", Attachment: "platform", Extensions: map[string]any{}, Response: response}, nil
}

func (a *Authenticator) clientData(ceremony, challenge string) map[string]any {
	return map[string]any{"type": ceremony, "challenge": challenge, "origin": a.Origin, "crossOrigin": false}
}

func (d *Draft) header() []byte {
	sum := sha256.Sum256([]byte(d.RPID))
	return binary.BigEndian.AppendUint32(append(sum[:], d.Flags), d.Counter)
}

func (a *Authenticator) newKey(rpID, user string) (*Key, error) {
	handle, err := base64.RawURLEncoding.DecodeString(user)
	if err != nil {
		return nil, err
	}
	k := &Key{ID: make([]byte, 32), RPID: rpID, UserHandle: handle, algorithm: a.Algorithm, hidden: a.Forgetful}
	_, _ = rand.Read(k.ID) // crypto/rand never fails
	switch a.Algorithm {
	case ES256:
		k.signer, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	case EdDSA:
		_, k.signer, err = ed25519.GenerateKey(rand.Reader)
	case RS256:
		k.signer, err = rsa.GenerateKey(rand.Reader, 2048)
	default:
		err = fmt.Errorf("passkeytest: no algorithm %d", a.Algorithm)
	}
	return k, err
}

// cose is the public key as a COSE_Key (RFC 9053 §7).
func (k *Key) cose() ([]byte, error) {
	m := map[int]any{3: k.algorithm}
	switch pub := k.signer.Public().(type) {
	case *ecdsa.PublicKey:
		point, err := pub.Bytes()
		if err != nil {
			return nil, err
		}
		m[1], m[-1], m[-2], m[-3] = 2, 1, point[1:33], point[33:]
	case ed25519.PublicKey:
		m[1], m[-1], m[-2] = 1, 6, []byte(pub)
	case *rsa.PublicKey:
		m[1], m[-1], m[-2] = 3, pub.N.Bytes(), []byte{1, 0, 1}
	}
	mode, err := cbor.CTAP2EncOptions().EncMode()
	if err != nil {
		return nil, err
	}
	return mode.Marshal(m)
}

func (k *Key) sign(data, client []byte) ([]byte, error) {
	hash := sha256.Sum256(client)
	text := append(slices.Clone(data), hash[:]...)
	if k.algorithm == EdDSA {
		return k.signer.Sign(rand.Reader, text, crypto.Hash(0))
	}
	sum := sha256.Sum256(text)
	return k.signer.Sign(rand.Reader, sum[:], crypto.SHA256)
}

func encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }
