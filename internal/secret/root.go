package secret

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// Root is the root key of an installation. All nodes on one database share it.
type Root struct {
	master [32]byte
	keys   sync.Map // label string → []byte
}

// NewRoot wraps 32 bytes of key material.
func NewRoot(master [32]byte) *Root { return &Root{master: master} }

// LoadRoot reads the root key from path, making the file (0600) at first use. A file that
// others may read is refused.
func LoadRoot(path string) (*Root, error) {
	text, err := os.ReadFile(path) //nolint:gosec // the path is the operator's configuration
	if errors.Is(err, fs.ErrNotExist) {
		return makeRoot(path)
	}
	if err != nil {
		return nil, fmt.Errorf("read the root key: %w", err)
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("read the root key: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("root key %s may be read by others (mode %04o): run chmod 600 %s", path, info.Mode().Perm(), path)
	}
	raw, err := base64.StdEncoding.Strict().DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(raw) != 32 {
		return nil, fmt.Errorf("root key %s is not 32 bytes in base64: restore it from the backup, sealed columns open with no other key", path)
	}
	return NewRoot([32]byte(raw)), nil
}

// makeRoot writes a fresh key so that a crash leaves either no file or a whole one.
func makeRoot(path string) (*Root, error) {
	var master [32]byte
	rand.Read(master[:]) //nolint:errcheck // crypto/rand.Read never returns an error
	f, err := os.CreateTemp(filepath.Dir(path), ".root-*")
	if err != nil {
		return nil, fmt.Errorf("make the root key: %w", err)
	}
	defer os.Remove(f.Name()) //nolint:errcheck // gone after the rename
	if _, err = f.WriteString(base64.StdEncoding.EncodeToString(master[:]) + "\n"); err == nil {
		err = f.Sync()
	}
	if closing := f.Close(); err == nil {
		err = closing
	}
	if err == nil {
		err = os.Link(f.Name(), path) // fails if another process was first
	}
	if errors.Is(err, fs.ErrExist) {
		return LoadRoot(path)
	}
	if err != nil {
		return nil, fmt.Errorf("make the root key: %w", err)
	}
	return NewRoot(master), nil
}

// Key returns the 32-byte key for a purpose (RFC 5869 with the purpose as info).
func (r *Root) Key(purpose string) []byte {
	if k, ok := r.keys.Load(purpose); ok {
		return k.([]byte)
	}
	k, err := hkdf.Key(sha256.New, r.master[:], nil, "cardea/"+purpose, 32)
	if err != nil {
		panic("secret: HKDF of 32 bytes cannot fail: " + err.Error())
	}
	r.keys.Store(purpose, k)
	return k
}

// Digest returns what is stored of a token: the time in it (6 bytes, so that new rows go to the
// end of an index and not all over it) and HMAC-SHA-256 under the kind's key (32 bytes). Of text
// that is no token of the kind it is the MAC behind six zeros, which no row has.
func (r *Root) Digest(kind Kind, token Secret) []byte {
	m := hmac.New(sha256.New, r.Key("token/"+string(kind)))
	m.Write([]byte(token.text))
	out := make([]byte, timeBytes, bodyBytes)
	if len(token.text) == kind.Length() {
		if body, ok := kind.body(token.text); ok {
			copy(out, body[:timeBytes])
		}
	}
	return m.Sum(out)
}

// MAC returns HMAC-SHA-256 of text under the key of the purpose, 32 bytes.
func (r *Root) MAC(purpose, text string) []byte {
	m := hmac.New(sha256.New, r.Key(purpose))
	m.Write([]byte(text))
	return m.Sum(nil)
}

// Place names the cell that a sealed value belongs to; it is bound into the ciphertext.
type Place struct{ Table, Column, Tenant, Row string }

func (p Place) bytes() []byte {
	var out []byte
	for _, part := range []string{p.Table, p.Column, p.Tenant, p.Row} {
		out = binary.BigEndian.AppendUint32(out, uint32(len(part))) //nolint:gosec // parts are short
		out = append(out, part...)
	}
	return out
}

const (
	sealVersion = 1
	saltSize    = 24
)

// Seal encrypts plaintext for a place: version byte, 24-byte salt, AES-256-GCM. Each value has a
// key of its own, derived from the salt, so nonces cannot repeat under one key.
func (r *Root) Seal(place Place, plaintext []byte) []byte {
	out := make([]byte, 1+saltSize, 1+saltSize+len(plaintext)+16)
	out[0] = sealVersion
	rand.Read(out[1:]) //nolint:errcheck // crypto/rand.Read never returns an error
	aead, nonce := r.aead(place, out[1:])
	return aead.Seal(out, nonce, plaintext, place.bytes())
}

// ErrSealed is returned when a sealed value does not open: it was moved or changed, or sealed
// under another root key.
var ErrSealed = errors.New("sealed value does not open here")

// Open decrypts what Seal made for the same place.
func (r *Root) Open(place Place, sealed []byte) ([]byte, error) {
	if len(sealed) < 1+saltSize || sealed[0] != sealVersion {
		return nil, ErrSealed
	}
	aead, nonce := r.aead(place, sealed[1:1+saltSize])
	plain, err := aead.Open(nil, nonce, sealed[1+saltSize:], place.bytes())
	if err != nil {
		return nil, ErrSealed
	}
	return plain, nil
}

func (r *Root) aead(place Place, salt []byte) (cipher.AEAD, []byte) {
	m := hmac.New(sha256.New, r.Key("seal/"+place.Table+"."+place.Column))
	m.Write(salt)
	block, err := aes.NewCipher(m.Sum(nil))
	if err != nil {
		panic("secret: AES takes 32-byte keys: " + err.Error())
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		panic("secret: GCM over AES: " + err.Error())
	}
	return aead, make([]byte, aead.NonceSize())
}
