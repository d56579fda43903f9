package foreign

import (
	"strconv"

	"github.com/cardea-iam/cardea/internal/strictjson"
)

// parseObject reads the forms that are objects.
func parseObject(raw []byte) (Hash, error) {
	var head struct {
		Algorithm string `json:"algorithm"`
	}
	if err := strictjson.Unmarshal(raw, &head, strictjson.AllowUnknown()); err != nil {
		return Hash{}, errForm
	}
	var h Hash
	var err error
	switch head.Algorithm {
	case "pbkdf2-sha1", "pbkdf2-sha256", "pbkdf2-sha512", "scrypt", "sha1", "sha256", "sha512":
		h, err = parsePlain(raw)
	case "firebase-scrypt":
		h, err = parseFirebase(raw)
	case "keycloak":
		h, err = parseKeycloak(raw)
	default:
		err = &Unfit{"the member algorithm is keycloak, firebase-scrypt, scrypt, pbkdf2-sha1, -sha256 or -sha512, sha1, sha256 or sha512"}
	}
	if err != nil {
		return Hash{}, err
	}
	return checked(h)
}

// plain is a hash with its parameters side by side.
type plain struct {
	Algorithm  string `json:"algorithm"`
	Iterations uint32 `json:"iterations"` // PBKDF2
	N          uint32 `json:"n"`          // scrypt
	R          uint32 `json:"r"`
	P          uint32 `json:"p"`
	// Salt is used as it is after decoding; SaltPosition says on which side of the password a
	// plain digest had it: before or after.
	Salt         string `json:"salt"`
	SaltEncoding string `json:"salt_encoding"`
	SaltPosition string `json:"salt_position"`
	Hash         string `json:"hash"`
	HashEncoding string `json:"hash_encoding"`
}

func parsePlain(raw []byte) (h Hash, err error) {
	var in plain
	if err := strictjson.Unmarshal(raw, &in); err != nil {
		return h, errForm
	}
	h = Hash{kind: kind(in.Algorithm), cost: cost{rounds: in.Iterations, block: in.R, lanes: in.P}}
	encoding, digest := "base64", false
	switch h.kind {
	case sha1Kind, sha256Kind, sha512Kind:
		encoding, digest = "hex", true
		if in.SaltPosition != "before" && in.SaltPosition != "after" {
			return h, &Unfit{"a plain digest says with salt_position whether the salt stood before or after the password"}
		}
		h.saltFirst = in.SaltPosition == "before"
	case scryptKind:
		if h.cost.log, err = logarithm(in.N); err != nil {
			return h, err
		}
	}
	// A parameter that the algorithm does not have says that the export was misread.
	pbkdf2 := h.kind != scryptKind && !digest
	if (in.Iterations != 0) != pbkdf2 || (in.N|in.R|in.P != 0) != (h.kind == scryptKind) || in.SaltPosition != "" && !digest {
		return h, errRange
	}
	if in.SaltEncoding == "" {
		in.SaltEncoding = encoding
	}
	if in.HashEncoding == "" {
		in.HashEncoding = encoding
	}
	if in.HashEncoding == "text" {
		return h, errBase64
	}
	if h.salt, err = decode(in.SaltEncoding, in.Salt); err != nil {
		return h, err
	}
	h.tag, err = decode(in.HashEncoding, in.Hash)
	return h, err
}

// parseFirebase reads a user's hash and salt beside the project's parameters, as the Firebase
// console and its command line show them.
func parseFirebase(raw []byte) (h Hash, err error) {
	var in struct {
		Algorithm     string `json:"algorithm"`
		Hash          string `json:"hash"`
		Salt          string `json:"salt"`
		SignerKey     string `json:"signer_key"`
		SaltSeparator string `json:"salt_separator"`
		Rounds        uint32 `json:"rounds"`   // scrypt's r
		MemCost       uint32 `json:"mem_cost"` // log2 of scrypt's N
	}
	if err := strictjson.Unmarshal(raw, &in); err != nil {
		return h, errForm
	}
	h = Hash{kind: firebase, cost: cost{log: in.MemCost, block: in.Rounds, lanes: 1}}
	var parts [4][]byte
	for i, text := range []string{in.Salt, in.SaltSeparator, in.Hash, in.SignerKey} {
		if parts[i], err = anyBase64(text); err != nil {
			return h, err
		}
	}
	hash, signer := parts[2], parts[3]
	if len(hash) != len(signer) {
		return h, &Unfit{"hash and signer_key have the same length: one is the other, encrypted"}
	}
	h.salt = append(parts[0], parts[1]...)
	h.tag = make([]byte, len(hash))
	for i := range hash {
		h.tag[i] = hash[i] ^ signer[i]
	}
	return h, nil
}

// parseKeycloak reads credentialData and secretData of a credential of type password as a realm's
// export has them: two strings that hold JSON.
func parseKeycloak(raw []byte) (h Hash, err error) {
	var in struct {
		Algorithm      string `json:"algorithm"`
		CredentialData string `json:"credentialData"`
		SecretData     string `json:"secretData"`
	}
	if err := strictjson.Unmarshal(raw, &in); err != nil {
		return h, errForm
	}
	var public struct {
		Iterations uint32              `json:"hashIterations"`
		Algorithm  string              `json:"algorithm"`
		More       map[string][]string `json:"additionalParameters"`
	}
	var private struct {
		Value string `json:"value"`
		Salt  string `json:"salt"`
	}
	if strictjson.Unmarshal([]byte(in.CredentialData), &public, strictjson.AllowUnknown()) != nil ||
		strictjson.Unmarshal([]byte(in.SecretData), &private, strictjson.AllowUnknown()) != nil {
		return h, errForm
	}
	h.cost.rounds = public.Iterations
	switch public.Algorithm {
	case "pbkdf2":
		h.kind = pbkdf2SHA1
	case "pbkdf2-sha256", "pbkdf2-sha512":
		h.kind = kind(public.Algorithm)
	case "argon2":
		err = keycloakArgon(&h, public.More)
	default:
		err = errForm
	}
	if err != nil {
		return h, err
	}
	if h.salt, err = anyBase64(private.Salt); err != nil {
		return h, err
	}
	h.tag, err = anyBase64(private.Value)
	return h, err
}

func keycloakArgon(h *Hash, more map[string][]string) error {
	only := func(name string) string {
		if len(more[name]) != 1 {
			return ""
		}
		return more[name][0]
	}
	if only("version") != "1.3" {
		return errArgon
	}
	switch only("type") {
	case "id":
		h.kind = argon2id
	case "i":
		h.kind = argon2i
	default:
		return errArgon
	}
	for name, to := range map[string]*uint32{"memory": &h.cost.memory, "parallelism": &h.cost.lanes} {
		n, err := strconv.ParseUint(only(name), 10, 32)
		if err != nil {
			return errForm
		}
		*to = uint32(n)
	}
	return nil
}
