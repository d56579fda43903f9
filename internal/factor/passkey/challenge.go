package passkey

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/credential"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/interaction"
	"github.com/cardea-iam/cardea/internal/issued"
	"github.com/cardea-iam/cardea/internal/secret"
	"github.com/cardea-iam/cardea/internal/session"
	"github.com/cardea-iam/cardea/internal/store"
)

// purpose is what a challenge was given out for; its answer counts for nothing else.
type purpose struct {
	Interaction interaction.ID  `json:"interaction,omitempty"`
	Session     session.ID      `json:"session,omitempty"`
	Account     account.ID      `json:"account,omitempty"` // who was known; "" for nobody
	Keys        []credential.ID `json:"keys,omitempty"`    // allowCredentials
	RequireUV   bool            `json:"require_uv,omitempty"`
}

// issue stores a fresh challenge. Its bytes are the text of a one-time secret: 256 random bits, of
// which the row keeps a digest (WebAuthn L3 §13.4.3 asks for 16 bytes of entropy).
func (room *Room) issue(tx *store.Tx, tenant id.Tenant, of secret.Kind, challenge secret.Secret, p purpose) error {
	payload, err := json.Marshal(p)
	if err != nil {
		return err
	}
	return issued.Put(tx, tenant, of, room.root.Digest(of, challenge), string(payload), tx.Now().Add(ChallengeLife))
}

// challengeIn reads the challenge out of client data that nobody has verified yet. It is only looked
// up; expected.clientData compares it.
func challengeIn(text []byte, of secret.Kind) (secret.Secret, error) {
	c, err := parseClientData(text)
	if err != nil {
		return secret.Secret{}, err
	}
	var raw Bytes
	if err := raw.UnmarshalText([]byte(c.Challenge)); err != nil {
		return secret.Secret{}, err
	}
	return of.Parse(string(raw))
}

// find returns what a challenge was given out for and its digest; *Refused with Stale for one that
// cannot be answered (any more).
func (room *Room) find(r *store.Reader, tenant id.Tenant, of secret.Kind, clientData []byte) (p purpose, digest []byte, err error) {
	challenge, err := challengeIn(clientData, of)
	if err != nil {
		return p, nil, &Refused{Wrong, err}
	}
	digest = room.root.Digest(of, challenge)
	payload, _, err := issued.Unspent(r, tenant, of, digest)
	if errors.Is(err, store.ErrNotFound) {
		return p, nil, &Refused{Reason: Stale}
	}
	if err != nil {
		return p, nil, err
	}
	if err := json.Unmarshal([]byte(payload), &p); err != nil {
		return p, nil, fmt.Errorf("the payload of a challenge: %w", err)
	}
	return p, digest, nil
}

// spend uses a challenge up, whatever comes of the answer: it is not tried twice. *Refused with
// Stale where somebody was first.
func (room *Room) spend(tx *store.Tx, tenant id.Tenant, of secret.Kind, digest []byte) error {
	tx.OnRefusal(func(tx *store.Tx) error {
		if err := once(tx, tenant, of, digest); !errors.As(err, new(*Refused)) {
			return err
		}
		return nil
	})
	return once(tx, tenant, of, digest)
}

func once(tx *store.Tx, tenant id.Tenant, of secret.Kind, digest []byte) error {
	_, _, err := issued.Spend(tx, tenant, of, digest, "")
	if errors.Is(err, issued.ErrSpent) || errors.Is(err, store.ErrNotFound) {
		return &Refused{Reason: Stale}
	}
	return err
}
