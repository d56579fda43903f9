package issued

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"strings"

	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/secret"
)

// refreshPrefix is what secret scanners look for.
const refreshPrefix = string(secret.RefreshToken) + "_"

// grantChars is the length of a grant's id without its prefix.
const grantChars = 26

// refreshLength is the exact length of a refresh token: prefix, grant id, and 8 + 32 bytes in
// base64url.
const refreshLength = len(refreshPrefix) + grantChars + 54

// RefreshToken computes the refresh token of a generation: the grant's id, the generation and
// 256 bits of MAC over both and the tenant.
func RefreshToken(root *secret.Root, tenant id.Tenant, grant GrantID, generation int64) secret.Secret {
	var b [40]byte
	binary.BigEndian.PutUint64(b[:8], uint64(generation)) //nolint:gosec // generations are positive
	copy(b[8:], refreshMAC(root, tenant, grant, generation))
	return secret.Of(refreshPrefix + strings.TrimPrefix(string(grant), "gra_") + base64.RawURLEncoding.EncodeToString(b[:]))
}

// ParseRefreshToken checks a refresh token's form and MAC and returns what it names. Only a
// token that this server made passes; whether it is still in force is the row's answer.
func ParseRefreshToken(root *secret.Root, tenant id.Tenant, text string) (GrantID, int64, error) {
	rest, ok := strings.CutPrefix(text, refreshPrefix)
	if !ok || len(text) != refreshLength {
		return "", 0, secret.ErrMalformed
	}
	grant := GrantID("gra_" + rest[:grantChars])
	var b [40]byte
	if id.Check("gra", string(grant)) != nil {
		return "", 0, secret.ErrMalformed
	}
	if n, err := base64.RawURLEncoding.Strict().Decode(b[:], []byte(rest[grantChars:])); err != nil || n != len(b) {
		return "", 0, secret.ErrMalformed
	}
	generation := int64(binary.BigEndian.Uint64(b[:8])) //nolint:gosec // checked next
	if generation < 1 || !hmac.Equal(b[8:], refreshMAC(root, tenant, grant, generation)) {
		return "", 0, secret.ErrMalformed
	}
	return grant, generation, nil
}

func refreshMAC(root *secret.Root, tenant id.Tenant, grant GrantID, generation int64) []byte {
	m := hmac.New(sha256.New, root.Key("token/"+string(secret.RefreshToken)))
	var n [8]byte
	binary.BigEndian.PutUint64(n[:], uint64(generation)) //nolint:gosec // generations are positive
	m.Write(n[:])
	m.Write([]byte(grant)) // fixed length, so the tenant behind it cannot be confused with it
	m.Write([]byte(tenant))
	return m.Sum(nil)
}
