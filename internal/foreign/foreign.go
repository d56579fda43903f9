package foreign

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/pbkdf2"
	"crypto/sha1" //nolint:gosec // other systems used it, and each such hash goes at its owner's next sign-in
	"crypto/sha256"
	"crypto/sha512"
	"crypto/subtle"
	"hash"
	"strings"

	"golang.org/x/crypto/argon2"
	"golang.org/x/crypto/bcrypt"
	"golang.org/x/crypto/scrypt"
)

// kind names an algorithm in the stored form.
type kind string

const (
	bcryptKind   kind = "bcrypt" // its stored form is its own, $2b$…
	pbkdf2SHA1   kind = "pbkdf2-sha1"
	pbkdf2SHA256 kind = "pbkdf2-sha256"
	pbkdf2SHA512 kind = "pbkdf2-sha512"
	scryptKind   kind = "scrypt"
	argon2i      kind = "argon2i"
	argon2id     kind = "argon2id"
	sha1Kind     kind = "sha1"
	sha256Kind   kind = "sha256"
	sha512Kind   kind = "sha512"
	firebase     kind = "firebase-scrypt"
)

// digests are the hash functions behind the kinds that name one.
var digests = map[kind]func() hash.Hash{
	pbkdf2SHA1: sha1.New, pbkdf2SHA256: sha256.New, pbkdf2SHA512: sha512.New,
	sha1Kind: sha1.New, sha256Kind: sha256.New, sha512Kind: sha512.New,
}

// Hash is one password hash of another system. Make one with Parse or Read: then its cost is
// bounded.
type Hash struct {
	kind      kind
	cost      cost
	saltFirst bool   // of the salted digests: the salt came before the password
	text      string // of bcrypt alone: the whole hash
	salt, tag []byte
}

// Kind is a short name of the algorithm for logs and counts: "bcrypt", "pbkdf2-sha256".
func (h Hash) Kind() string { return string(h.kind) }

// bcryptMax is how many bytes of a password bcrypt reads. It ignores the rest.
const bcryptMax = 72

// Verify reports whether password is the one that was hashed. It takes up to about a second of one
// processor and 128 MiB, so the caller bounds how many run at a time.
//
// With bcrypt a password of more than 72 bytes, or with a NUL, is never right: the system that made
// the hash looked at its beginning alone, and what somebody happened to type behind it would become
// the password from then on (security row AU20).
func (h Hash) Verify(password string) bool {
	if h.kind == bcryptKind {
		if len(password) > bcryptMax || strings.ContainsRune(password, 0) {
			return false
		}
		return bcrypt.CompareHashAndPassword([]byte(h.text), []byte(password)) == nil
	}
	tag, err := h.compute([]byte(password))
	return err == nil && subtle.ConstantTimeCompare(tag, h.tag) == 1
}

func (h Hash) compute(password []byte) ([]byte, error) {
	defer clear(password)
	c := h.cost
	switch h.kind {
	case pbkdf2SHA1, pbkdf2SHA256, pbkdf2SHA512:
		return pbkdf2.Key(digests[h.kind], string(password), h.salt, int(c.rounds), len(h.tag))
	case scryptKind:
		return scrypt.Key(password, h.salt, 1<<c.log, int(c.block), int(c.lanes), len(h.tag))
	case argon2i:
		return argon2.Key(password, h.salt, c.rounds, c.memory, uint8(c.lanes), uint32(len(h.tag))), nil //nolint:gosec // bounded by cost.check
	case argon2id:
		return argon2.IDKey(password, h.salt, c.rounds, c.memory, uint8(c.lanes), uint32(len(h.tag))), nil //nolint:gosec // bounded by cost.check
	case firebase:
		key, err := scrypt.Key(password, h.salt, 1<<c.log, int(c.block), 1, 32)
		if err != nil {
			return nil, err
		}
		return keyStream(key, len(h.tag))
	default: // the salted digests
		d := digests[h.kind]()
		first, second := password, h.salt
		if h.saltFirst {
			first, second = second, first
		}
		d.Write(first)
		d.Write(second)
		return d.Sum(nil), nil
	}
}

// keyStream is what AES-256 in counter mode from zero adds to a plaintext. Firebase encrypts its
// project's signer key with the password's key: text and cipher text together give the stream, and
// the stream tells as much of a password as the two did, so the signer key need not be stored.
func keyStream(key []byte, length int) ([]byte, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	out := make([]byte, length)
	cipher.NewCTR(block, make([]byte, aes.BlockSize)).XORKeyStream(out, out)
	return out, nil
}

// Decoy is a hash of nobody's password whose check costs what the check of h costs. Hashes of one
// algorithm with the same cost have the same decoy, so that decoys can be counted.
func (h Hash) Decoy() Hash {
	d := h
	if h.kind == bcryptKind {
		// The last character of a digest carries four bits and the last of a salt two; dots are zero.
		d.text = "$2b$" + h.text[4:6] + "$" + strings.Repeat(".", 53)
		return d
	}
	d.salt, d.tag, d.saltFirst = make([]byte, 16), make([]byte, len(h.tag)), false
	return d
}
