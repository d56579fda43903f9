package issued

import (
	"errors"
	"time"

	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/store"
)

// PutOpaque stores an opaque access token by its digest; claims is what introspection answers.
func PutOpaque(tx *store.Tx, tenant id.Tenant, digest []byte, grant GrantID, claims []byte, expires time.Time) error {
	_, err := tx.Exec("INSERT INTO opaque_token (tenant, digest, grant_id, claims, expires_at) VALUES ($1, $2, $3, $4, $5)", tenant, digest, grant, string(claims), expires)
	return err
}

// Opaque returns the claims of an opaque token that has not expired, and its grant ("" for a
// client's own), or store.ErrNotFound.
func Opaque(r *store.Reader, tenant id.Tenant, digest []byte) (claims []byte, grant GrantID, err error) {
	err = r.One([]any{&claims, &grant}, "SELECT claims, grant_id FROM opaque_token WHERE tenant = $1 AND digest = $2 AND expires_at > $3", tenant, digest, r.Now())
	return claims, grant, err
}

// DropOpaque ends an opaque token; store.ErrNotFound if there is none.
func DropOpaque(tx *store.Tx, tenant id.Tenant, digest []byte) error {
	return tx.ExecOne("DELETE FROM opaque_token WHERE tenant = $1 AND digest = $2", tenant, digest)
}

// RevokeJTI ends a single JWT before its time: introspection calls it inactive from now on.
func RevokeJTI(tx *store.Tx, tenant id.Tenant, jti string, expires time.Time) error {
	_, err := tx.Exec("INSERT INTO revoked_token (tenant, jti, expires_at) VALUES ($1, $2, $3) ON CONFLICT (tenant, jti) DO NOTHING", tenant, jti, expires)
	return err
}

// JTIRevoked reports whether RevokeJTI was called for a token.
func JTIRevoked(r *store.Reader, tenant id.Tenant, jti string) (bool, error) {
	var one int
	err := r.One([]any{&one}, "SELECT 1 FROM revoked_token WHERE tenant = $1 AND jti = $2", tenant, jti)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}
