package passkey

import (
	"context"
	"errors"
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/interaction"
	"github.com/cardea-iam/cardea/internal/secret"
	"github.com/cardea-iam/cardea/internal/session"
	"github.com/cardea-iam/cardea/internal/store"
)

// RequestOptions is PublicKeyCredentialRequestOptionsJSON (WebAuthn L3 §5.1.9).
type RequestOptions struct {
	Challenge        Bytes        `json:"challenge"`
	Timeout          int64        `json:"timeout"` // milliseconds
	RPID             string       `json:"rpId"`
	AllowCredentials []Descriptor `json:"allowCredentials"`
	UserVerification string       `json:"userVerification"`
}

// Descriptor is PublicKeyCredentialDescriptorJSON.
type Descriptor struct {
	Type       string   `json:"type"`
	ID         Bytes    `json:"id"`
	Transports []string `json:"transports,omitempty"`
}

// CreationOptions is PublicKeyCredentialCreationOptionsJSON (WebAuthn L3 §5.1.8).
type CreationOptions struct {
	RP struct {
		ID   string `json:"id"`
		Name string `json:"name"`
	} `json:"rp"`
	User struct {
		ID          Bytes  `json:"id"`
		Name        string `json:"name"`
		DisplayName string `json:"displayName"`
	} `json:"user"`
	Challenge              Bytes        `json:"challenge"`
	PubKeyCredParams       []Parameter  `json:"pubKeyCredParams"`
	Timeout                int64        `json:"timeout"` // milliseconds
	ExcludeCredentials     []Descriptor `json:"excludeCredentials"`
	AuthenticatorSelection struct {
		ResidentKey        string `json:"residentKey"`
		RequireResidentKey bool   `json:"requireResidentKey"`
		UserVerification   string `json:"userVerification"`
	} `json:"authenticatorSelection"`
	Attestation Conveyance      `json:"attestation"`
	Extensions  map[string]bool `json:"extensions"`
}

// Parameter is PublicKeyCredentialParameters.
type Parameter struct {
	Type string `json:"type"`
	Alg  int64  `json:"alg"`
}

func verification(required bool) string {
	if required {
		return "required"
	}
	return "preferred"
}

func descriptors(keys []held) []Descriptor {
	out := []Descriptor{}
	for _, k := range keys {
		if k.ClonedAt.IsZero() {
			out = append(out, Descriptor{"public-key", k.CredentialID, k.Transports})
		}
	}
	return out
}

// Place is a sign-in: an interaction of the browser with this binding.
type Place struct {
	Interaction interaction.ID
	Browser     []byte // digest of the binding cookie
}

// Ask begins an assertion for a sign-in. who is the person whose keys are asked for: somebody who
// is known by a proof, in the interaction or by the browser's session. With "" the browser shows
// whatever keys it has for us, and the answer tells nothing about any account (security row AU18).
// Refusal: *Refused with Gone.
func (room *Room) Ask(ctx context.Context, c caller.Caller, tenant id.Tenant, at Place, who account.ID) (RequestOptions, error) {
	o := RequestOptions{Timeout: int64(ChallengeLife / time.Millisecond), RPID: room.rpID, AllowCredentials: []Descriptor{}}
	rules, err := room.rules(ctx, tenant)
	if err != nil {
		return o, err
	}
	o.UserVerification = verification(rules.RequireUV)
	challenge := secret.PasskeyChallenge.Mint()
	o.Challenge = Bytes(challenge.Reveal())
	err = room.guard.Do(ctx, c, Begin.On(tenant, at.Interaction, &BeginDetail{typeGet}), func(tx *store.Tx) error {
		if _, err := open(tx.Read(), tenant, at); err != nil {
			return err
		}
		p := purpose{Interaction: at.Interaction, Account: who, RequireUV: rules.RequireUV}
		if who != "" {
			keys, err := room.list(tx.Read(), tenant, who)
			if err != nil {
				return err
			}
			o.AllowCredentials = descriptors(keys)
			for _, k := range keys {
				p.Keys = append(p.Keys, k.row.ID)
			}
		}
		return room.issue(tx, tenant, secret.PasskeyChallenge, challenge, p)
	})
	return o, err
}

// AskOwn begins a registration for the caller's own account, in the session that asks.
func (room *Room) AskOwn(ctx context.Context, c caller.Caller, tenant id.Tenant, s session.ID) (CreationOptions, error) {
	who := account.ID(c.ID)
	return room.create(ctx, tenant, func(o *CreationOptions, challenge secret.Secret, rules Rules) error {
		return room.guard.Do(ctx, c, BeginOwn.On(tenant, who, &BeginDetail{typeCreate}), func(tx *store.Tx) error {
			return room.offer(tx, tenant, who, o, challenge, purpose{Session: s, Account: who, RequireUV: rules.RequireUV})
		})
	})
}

// AskEnrol begins a registration for the person whom a sign-in has shown to be there. Refusals:
// *Refused with Gone or Unproved.
func (room *Room) AskEnrol(ctx context.Context, c caller.Caller, tenant id.Tenant, at Place) (CreationOptions, error) {
	return room.create(ctx, tenant, func(o *CreationOptions, challenge secret.Secret, rules Rules) error {
		return room.guard.Do(ctx, c, Begin.On(tenant, at.Interaction, &BeginDetail{typeCreate}), func(tx *store.Tx) error {
			i, err := open(tx.Read(), tenant, at)
			if err != nil {
				return err
			}
			if err := room.mayEnrol(tx.Read(), tenant, i); err != nil {
				return err
			}
			return room.offer(tx, tenant, i.Account, o, challenge, purpose{Interaction: i.ID, Account: i.Account, RequireUV: rules.RequireUV})
		})
	})
}

func (room *Room) create(ctx context.Context, tenant id.Tenant, fill func(*CreationOptions, secret.Secret, Rules) error) (o CreationOptions, err error) {
	rules, err := room.rules(ctx, tenant)
	if err != nil {
		return o, err
	}
	t, err := room.tenants.ByID(ctx, tenant)
	if err != nil {
		return o, err
	}
	challenge := secret.PasskeyEnrolment.Mint()
	o.RP.ID, o.RP.Name = room.rpID, t.Called()
	o.Challenge = Bytes(challenge.Reveal())
	for _, alg := range algorithms {
		o.PubKeyCredParams = append(o.PubKeyCredParams, Parameter{"public-key", alg})
	}
	o.Timeout = int64(ChallengeLife / time.Millisecond)
	o.AuthenticatorSelection.ResidentKey = "preferred" // a security key without room for it will do
	o.AuthenticatorSelection.UserVerification = verification(rules.RequireUV)
	o.Attestation = rules.Attestation
	o.Extensions = map[string]bool{"credProps": true}
	return o, fill(&o, challenge, rules)
}

// offer fills in what is the account's and stores the challenge.
func (room *Room) offer(tx *store.Tx, tenant id.Tenant, who account.ID, o *CreationOptions, challenge secret.Secret, p purpose) error {
	a, err := account.Get(tx.Read(), tenant, who)
	if err != nil {
		return err
	}
	keys, err := room.list(tx.Read(), tenant, who)
	if err != nil {
		return err
	}
	if len(keys) >= MaxKeys {
		return &Refused{Reason: Full}
	}
	o.User.ID = room.handle(tenant, who)
	o.User.Name, o.User.DisplayName = string(a.Username), a.Claims.Name
	if o.User.DisplayName == "" {
		o.User.DisplayName = o.User.Name
	}
	o.ExcludeCredentials = descriptors(keys)
	return room.issue(tx, tenant, secret.PasskeyEnrolment, challenge, p)
}

// open is the interaction of a place; *Refused with Gone where it is over.
func open(r *store.Reader, tenant id.Tenant, at Place) (interaction.Interaction, error) {
	i, err := interaction.Get(r, tenant, at.Interaction, at.Browser)
	if errors.Is(err, store.ErrNotFound) {
		return i, &Refused{Reason: Gone}
	}
	return i, err
}
