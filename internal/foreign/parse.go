package foreign

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"strings"

	"golang.org/x/crypto/bcrypt"
)

// maxText bounds a hash in any spelling, in bytes.
const maxText = 2048

// Unfit says why a hash cannot be taken. The reason holds nothing of the hash.
type Unfit struct{ Reason string }

// Error implements error.
func (u *Unfit) Error() string { return u.Reason }

var (
	errForm    = &Unfit{"this is no spelling of a password hash that is known here"}
	errBcrypt  = &Unfit{"this is not a bcrypt hash of version 2a, 2b or 2y"}
	errArgon   = &Unfit{"argon2 hashes are argon2i or argon2id of version 19 (1.3)"}
	errBase64  = &Unfit{"salt or digest of this hash is not in the encoding that its form has"}
	errTooLong = &Unfit{"this is longer than any password hash"}
)

// Parse reads the hash of one password as an export gives it: a JSON string in one of the forms
// that carry their parameters, or a JSON object with the member algorithm. The error is an *Unfit.
//
//	"$2b$12$…"                          bcrypt
//	"$argon2id$v=19$m=…,t=…,p=…$…$…"    argon2 in the PHC string format
//	"$scrypt$ln=…,r=…,p=…$…$…"          scrypt in the PHC string format
//	"$pbkdf2-sha256$i=…$…$…"            PBKDF2 in the PHC string format, or $29000$ as passlib has it
//	"pbkdf2_sha256$…", "scrypt$…", "argon2$…"  Django
//	"{SSHA}…", "{SSHA256}…", "{SSHA512}…"      LDAP (RFC 2307 §5.3 and its salted followers)
//	{"algorithm": "keycloak", …}        and the other forms of object.go
func Parse(raw []byte) (Hash, error) {
	if len(raw) > 2*maxText {
		return Hash{}, errTooLong
	}
	if len(raw) > 0 && raw[0] == '{' {
		return parseObject(raw)
	}
	var text string
	if err := json.Unmarshal(raw, &text); err != nil {
		return Hash{}, errForm
	}
	return ParseText(text)
}

// ParseText is Parse of the forms that are one string.
func ParseText(text string) (h Hash, err error) {
	if len(text) > maxText {
		return h, errTooLong
	}
	switch head, rest, _ := strings.Cut(text, "$"); {
	case strings.HasPrefix(text, "$2"):
		h, err = parseBcrypt(text)
	case strings.HasPrefix(text, "$argon2"):
		h, err = parseArgon(text)
	case strings.HasPrefix(text, "$pbkdf2"):
		h, err = parsePBKDF2(text[1:])
	case strings.HasPrefix(text, "$scrypt$"):
		if h, err = read(text); err != nil {
			err = errForm
		}
	case strings.HasPrefix(text, "{"):
		h, err = parseLDAP(text)
	case head == "pbkdf2_sha1", head == "pbkdf2_sha256", head == "pbkdf2_sha512":
		h, err = djangoPBKDF2(strings.ReplaceAll(head, "_", "-"), rest)
	case head == "scrypt":
		h, err = djangoScrypt(rest)
	case head == "argon2":
		h, err = parseArgon("$" + rest)
	case head == "bcrypt":
		h, err = parseBcrypt(rest)
	default:
		err = errForm
	}
	if err != nil {
		return Hash{}, err
	}
	return checked(h)
}

// checked is the last step of every form: what is stored can be read again.
func checked(h Hash) (Hash, error) {
	if err := h.check(); err != nil {
		return Hash{}, err
	}
	if len(h.String()) > maxText {
		return Hash{}, errTooLong
	}
	return h, nil
}

// bcryptText is $2b$ and two digits, then 22 characters of salt and 31 of digest.
const bcryptLength = 60

func parseBcrypt(text string) (Hash, error) {
	if len(text) != bcryptLength || text[6] != '$' || strings.Trim(text[7:], "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") != "" {
		return Hash{}, errBcrypt
	}
	switch text[:4] {
	case "$2a$", "$2b$", "$2y$": // one algorithm for passwords without NUL of at most 72 bytes
	default:
		return Hash{}, errBcrypt
	}
	n, err := bcrypt.Cost([]byte(text))
	if err != nil {
		return Hash{}, errRange
	}
	return Hash{kind: bcryptKind, cost: cost{log: uint32(n)}, text: text}, nil //nolint:gosec // two digits
}

func parseArgon(text string) (Hash, error) {
	if parts := strings.Split(text, "$"); len(parts) != 6 || parts[1] != string(argon2i) && parts[1] != string(argon2id) || parts[2] != "v=19" {
		return Hash{}, errArgon
	}
	h, err := read(text)
	if err != nil {
		return h, errForm
	}
	return h, nil
}

// parsePBKDF2 reads pbkdf2[-sha…]$N$salt$tag and $i=N[,l=L]$. passlib writes . for +, and its
// plain pbkdf2 is SHA-1.
func parsePBKDF2(text string) (h Hash, err error) {
	parts := strings.Split(text, "$")
	if len(parts) != 4 {
		return h, errForm
	}
	if h.kind = kind(parts[0]); h.kind == "pbkdf2" {
		h.kind = pbkdf2SHA1
	}
	if h.kind != pbkdf2SHA1 && h.kind != pbkdf2SHA256 && h.kind != pbkdf2SHA512 {
		return h, errForm
	}
	iterations, named := strings.CutPrefix(parts[1], "i=")
	length := ""
	if named {
		iterations, length, _ = strings.Cut(iterations, ",l=")
	}
	if err := number(iterations, &h.cost.rounds); err != nil {
		return h, err
	}
	if h.salt, err = anyBase64(strings.ReplaceAll(parts[2], ".", "+")); err != nil {
		return h, err
	}
	if h.tag, err = anyBase64(strings.ReplaceAll(parts[3], ".", "+")); err != nil {
		return h, err
	}
	if length != "" {
		var l uint32
		if err := number(length, &l); err != nil || int(l) != len(h.tag) {
			return h, errSize
		}
	}
	return h, nil
}

// djangoPBKDF2 reads N$salt$tag; the salt is text.
func djangoPBKDF2(algorithm, rest string) (h Hash, err error) {
	parts := strings.Split(rest, "$")
	if len(parts) != 3 {
		return h, errForm
	}
	h = Hash{kind: kind(algorithm), salt: []byte(parts[1])}
	if err := number(parts[0], &h.cost.rounds); err != nil {
		return h, err
	}
	h.tag, err = anyBase64(parts[2])
	return h, err
}

// djangoScrypt reads N$salt$r$p$tag; the salt is text.
func djangoScrypt(rest string) (h Hash, err error) {
	parts := strings.Split(rest, "$")
	if len(parts) != 5 {
		return h, errForm
	}
	h = Hash{kind: scryptKind, salt: []byte(parts[1])}
	var n uint32
	for _, f := range []struct {
		text string
		to   *uint32
	}{{parts[0], &n}, {parts[2], &h.cost.block}, {parts[3], &h.cost.lanes}} {
		if err := number(f.text, f.to); err != nil {
			return h, err
		}
	}
	if h.cost.log, err = logarithm(n); err != nil {
		return h, err
	}
	h.tag, err = anyBase64(parts[4])
	return h, err
}

// logarithm is log2 of scrypt's N (RFC 7914 §6: a power of two).
func logarithm(n uint32) (log uint32, err error) {
	if n < 2 || n&(n-1) != 0 {
		return 0, errRange
	}
	for n > 1 {
		n >>= 1
		log++
	}
	return log, nil
}

// parseLDAP reads a scheme and base64 of digest and salt.
func parseLDAP(text string) (h Hash, err error) {
	scheme, rest, _ := strings.Cut(text[1:], "}")
	switch strings.ToUpper(scheme) {
	case "SSHA":
		h.kind = sha1Kind
	case "SSHA256":
		h.kind = sha256Kind
	case "SSHA512":
		h.kind = sha512Kind
	default:
		return h, errForm
	}
	both, err := anyBase64(rest)
	if err != nil {
		return h, err
	}
	size := digests[h.kind]().Size()
	if len(both) <= size {
		return h, errSize
	}
	h.tag, h.salt = both[:size], both[size:]
	return h, nil
}

// anyBase64 reads both alphabets, with padding or without.
func anyBase64(text string) ([]byte, error) {
	text = strings.TrimRight(text, "=")
	text = strings.NewReplacer("-", "+", "_", "/").Replace(text)
	out, err := base64.RawStdEncoding.DecodeString(text)
	if err != nil || strings.ContainsAny(text, "\r\n") {
		return nil, errBase64
	}
	return out, nil
}

func decode(encoding, text string) (out []byte, err error) {
	switch encoding {
	case "base64":
		return anyBase64(text)
	case "hex":
		if out, err = hex.DecodeString(text); err != nil {
			return nil, errBase64
		}
		return out, nil
	case "text":
		return []byte(text), nil
	}
	return nil, &Unfit{"an encoding is base64, hex or text"}
}
