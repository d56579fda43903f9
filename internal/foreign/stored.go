package foreign

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// b64 is the PHC string format's: without padding, unused bits zero.
var b64 = base64.RawStdEncoding.Strict()

// ErrStored is text that is not in the form in which this package stores hashes.
var ErrStored = errors.New("not the stored form of a foreign password hash")

// String is the form that is stored. It holds the whole hash and does not belong into logs.
func (h Hash) String() string {
	if h.kind == bcryptKind {
		return h.text
	}
	return "$" + string(h.kind) + "$" + h.parameters() + "$" + b64.EncodeToString(h.salt) + "$" + b64.EncodeToString(h.tag)
}

func (h Hash) parameters() string {
	c := h.cost
	switch h.kind {
	case pbkdf2SHA1, pbkdf2SHA256, pbkdf2SHA512:
		return fmt.Sprintf("i=%d", c.rounds)
	case scryptKind, firebase:
		return fmt.Sprintf("ln=%d,r=%d,p=%d", c.log, c.block, c.lanes)
	case argon2i, argon2id:
		return fmt.Sprintf("v=19$m=%d,t=%d,p=%d", c.memory, c.rounds, c.lanes)
	}
	if h.saltFirst {
		return "s=first"
	}
	return "s=last"
}

// Read takes the stored form and nothing else; else the error is ErrStored. Our own argon2id
// strings name the key of their keyed step and so are none of this package's.
func Read(text string) (Hash, error) {
	h, err := read(text)
	if err != nil || h.check() != nil || h.String() != text {
		return Hash{}, ErrStored
	}
	return h, nil
}

func read(text string) (h Hash, err error) {
	if len(text) > maxText || !strings.HasPrefix(text, "$") {
		return h, ErrStored
	}
	if strings.HasPrefix(text, "$2") {
		return parseBcrypt(text)
	}
	parts := strings.Split(text[1:], "$")
	h.kind = kind(parts[0])
	if h.kind == argon2i || h.kind == argon2id {
		if len(parts) != 5 {
			return h, ErrStored
		}
		parts = append([]string{parts[0], parts[2]}, parts[3:]...)
	}
	if len(parts) != 4 {
		return h, ErrStored
	}
	switch h.kind {
	case pbkdf2SHA1, pbkdf2SHA256, pbkdf2SHA512:
		err = fields(parts[1], field{"i", &h.cost.rounds})
	case scryptKind, firebase:
		err = fields(parts[1], field{"ln", &h.cost.log}, field{"r", &h.cost.block}, field{"p", &h.cost.lanes})
	case argon2i, argon2id:
		err = fields(parts[1], field{"m", &h.cost.memory}, field{"t", &h.cost.rounds}, field{"p", &h.cost.lanes})
	case sha1Kind, sha256Kind, sha512Kind:
		h.saltFirst = parts[1] == "s=first"
	default:
		return h, ErrStored
	}
	if err != nil {
		return h, err
	}
	if h.salt, err = b64.DecodeString(parts[2]); err != nil {
		return h, ErrStored
	}
	if h.tag, err = b64.DecodeString(parts[3]); err != nil {
		return h, ErrStored
	}
	return h, nil
}

// field is a parameter of the PHC string format.
type field struct {
	name string
	to   *uint32
}

// fields reads exactly the wanted parameters in their order.
func fields(text string, want ...field) error {
	given := strings.Split(text, ",")
	if len(given) != len(want) {
		return errForm
	}
	for i, f := range want {
		digits, ok := strings.CutPrefix(given[i], f.name+"=")
		if !ok {
			return errForm
		}
		if err := number(digits, f.to); err != nil {
			return err
		}
	}
	return nil
}

// number reads a decimal without sign and leading zero.
func number(digits string, to *uint32) error {
	n, err := strconv.ParseUint(digits, 10, 32)
	if err != nil || strconv.FormatUint(n, 10) != digits {
		return errForm
	}
	*to = uint32(n)
	return nil
}
