package passkey

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/credential"
	"github.com/cardea-iam/cardea/internal/factor"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/store"
)

const kind = credential.Kind(factor.Passkey)

// record is the credential record of WebAuthn L3 §4, as it is sealed.
type record struct {
	Name           string    `json:"name"`            // the owner's; "" for none
	CredentialID   []byte    `json:"credential_id"`   // raw
	PublicKey      []byte    `json:"public_key"`      // COSE_Key
	SignCount      uint32    `json:"sign_count"`      // of the last assertion
	UVInitialized  bool      `json:"uv_initialized"`  // its UV flag may be believed
	BackupEligible bool      `json:"backup_eligible"` // it may be copied to other devices; never changes
	BackupState    bool      `json:"backup_state"`    // it has been copied, as of its last use
	Transports     []string  `json:"transports,omitempty"`
	UserHandle     []byte    `json:"user_handle"` // user.id at the registration
	AAGUID         [16]byte  `json:"aaguid"`
	Format         string    `json:"format"`             // of the attestation statement
	Hidden         bool      `json:"hidden,omitempty"`   // it is not discoverable: it opens no sign-in by itself
	ClonedAt       time.Time `json:"cloned_at,omitzero"` // when its counter ran backwards; it is refused since
}

// keyID names the row of a credential: the digest of its id, which may have 1023 bytes.
func keyID(credentialID []byte) credential.ID {
	sum := sha256.Sum256(credentialID)
	return credential.ID(base64.RawURLEncoding.EncodeToString(sum[:]))
}

// model is an AAGUID as people write it (RFC 9562 §4).
func model(a [16]byte) string {
	h := hex.EncodeToString(a[:])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

func parseRecord(c credential.Credential) (r record, err error) {
	if err = json.Unmarshal(c.Data, &r); err != nil {
		return r, fmt.Errorf("the passkey %s of %s: %w", c.ID, c.Account, err)
	}
	return r, nil
}

// Key is a passkey as its owner sees it.
type Key struct {
	ID        credential.ID
	Name      string // the owner's; "" for none
	Provider  string // who keeps it or makes it, by its AAGUID; "" if unknown
	AAGUID    string
	Synced    bool // it may be copied to the owner's other devices
	CreatedAt time.Time
	UsedAt    time.Time // zero until its first use
	ClonedAt  time.Time // when its counter ran backwards; zero for a good one
	alone     bool
}

// Keys lists an account's passkeys, oldest first.
func (room *Room) Keys(r *store.Reader, tenant id.Tenant, who account.ID) ([]Key, error) {
	all, err := room.list(r, tenant, who)
	var out []Key
	for _, k := range all {
		out = append(out, k.key())
	}
	return out, err
}

// held is a key with its row.
type held struct {
	row credential.Credential
	record
}

func (h held) key() Key {
	return Key{ID: h.row.ID, Name: h.Name, Provider: provider(h.AAGUID), AAGUID: model(h.AAGUID), Synced: h.BackupEligible,
		CreatedAt: h.row.CreatedAt, UsedAt: h.row.UsedAt, ClonedAt: h.ClonedAt, alone: !h.Hidden && h.ClonedAt.IsZero()}
}
