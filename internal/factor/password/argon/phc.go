package argon

import (
	"encoding/base64"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"golang.org/x/crypto/argon2"
)

const (
	saltLength = 32 // NIST SP 800-63B-4 §3.1.1.2 asks for at least 4
	tagLength  = 32

	minSaltLength = 8 // RFC 9106 §3.1; imported hashes may be this short
	minTagLength  = 16
	maxFieldBytes = 64
	maxKeyID      = 8 // PHC string format: keyid is at most 8 bytes
)

// ErrMalformed is a stored string that is not an argon2id PHC string within
// bounds. It is a fault of the store, not of the person signing in.
var ErrMalformed = errors.New("stored password is not an argon2id PHC string")

// Without padding and with unused bits zero, so that a hash has one spelling.
var b64 = base64.RawStdEncoding.Strict()

// encoded is one PHC string, taken apart.
type encoded struct {
	params Params
	keyID  string // empty: no keyed step (an import from elsewhere)
	salt   []byte
	tag    []byte
}

func (e encoded) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "$argon2id$v=%d$m=%d,t=%d,p=%d", argon2.Version, e.params.Memory, e.params.Passes, e.params.Threads)
	if e.keyID != "" {
		b.WriteString(",keyid=" + b64.EncodeToString([]byte(e.keyID)))
	}
	b.WriteString("$" + b64.EncodeToString(e.salt) + "$" + b64.EncodeToString(e.tag))
	return b.String()
}

// parse accepts exactly the spelling that String writes, with other parameters.
func parse(s string) (encoded, error) {
	var e encoded
	if len(s) > 512 {
		return e, ErrMalformed
	}
	part := strings.Split(s, "$")
	if len(part) != 6 || part[0] != "" || part[1] != "argon2id" || part[2] != "v="+strconv.Itoa(argon2.Version) {
		return e, ErrMalformed
	}
	field := strings.Split(part[3], ",")
	if len(field) != 3 && len(field) != 4 {
		return e, ErrMalformed
	}
	m, okM := number(field[0], "m=", math.MaxUint32)
	t, okT := number(field[1], "t=", math.MaxUint32)
	p, okP := number(field[2], "p=", math.MaxUint8)
	if !okM || !okT || !okP {
		return e, ErrMalformed
	}
	e.params = Params{Memory: uint32(m), Passes: uint32(t), Threads: uint8(p)}
	if err := e.params.bounded(); err != nil {
		return e, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	if len(field) == 4 {
		text, ok := strings.CutPrefix(field[3], "keyid=")
		id, err := b64.DecodeString(text)
		if !ok || err != nil || len(id) < 1 || len(id) > maxKeyID {
			return e, ErrMalformed
		}
		e.keyID = string(id)
	}
	var err error
	if e.salt, err = b64.DecodeString(part[4]); err != nil || len(e.salt) < minSaltLength || len(e.salt) > maxFieldBytes {
		return e, ErrMalformed
	}
	if e.tag, err = b64.DecodeString(part[5]); err != nil || len(e.tag) < minTagLength || len(e.tag) > maxFieldBytes {
		return e, ErrMalformed
	}
	if e.keyID != "" && len(e.tag) != tagLength { // a keyed one is ours, and ours have one length
		return e, ErrMalformed
	}
	return e, nil
}

// number reads a decimal of the PHC format: no sign, no leading zero.
func number(s, prefix string, limit uint64) (uint64, bool) {
	digits, ok := strings.CutPrefix(s, prefix)
	if !ok {
		return 0, false
	}
	n, err := strconv.ParseUint(digits, 10, 64)
	return n, err == nil && n <= limit && strconv.FormatUint(n, 10) == digits
}
