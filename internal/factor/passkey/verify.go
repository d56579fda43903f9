package passkey

import (
	"context"
	"errors"
	"slices"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/credential"
	"github.com/cardea-iam/cardea/internal/factor"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/interaction"
	"github.com/cardea-iam/cardea/internal/secret"
	"github.com/cardea-iam/cardea/internal/store"
)

// answer is an assertion that was looked at outside of the transaction: whose it claims to be, and
// the verdict.
type answer struct {
	who     account.ID // "" for nobody
	key     held
	purpose purpose
	digest  []byte // of the challenge; nil if there is none
	proof   asserted
	verdict error // *Refused, or nil for a good one
}

// Verify checks what the browser answered to the challenge of Ask and, if it is right, adds the fact
// to the interaction. Every refusal is a *Refused with Wrong, Stale, Gone or Copied.
func (room *Room) Verify(ctx context.Context, c caller.Caller, tenant id.Tenant, at Place, text string) (account.ID, error) {
	rules, err := room.rules(ctx, tenant)
	if err != nil {
		return "", err
	}
	a, err := room.look(ctx, tenant, at, text, rules)
	if err != nil {
		return "", err
	}
	detail := &VerifyDetail{Interaction: at.Interaction, Key: a.key.row.ID}
	err = room.guard.Do(ctx, c, Prove.On(tenant, a.who, detail), func(tx *store.Tx) error {
		if a.digest != nil {
			if err := room.spend(tx, tenant, secret.PasskeyChallenge, a.digest); err != nil {
				return err
			}
		}
		if errors.Is(a.verdict, errCloned) {
			return room.cloned(tx, tenant, a)
		}
		if a.verdict != nil {
			return a.verdict
		}
		return room.settle(tx, tenant, at, a, detail)
	})
	return a.who, err
}

// look does all that needs no transaction.
func (room *Room) look(ctx context.Context, tenant id.Tenant, at Place, text string, rules Rules) (a answer, err error) {
	r, malformed := parseAssertion(text)
	if malformed != nil {
		a.verdict = &Refused{Wrong, malformed}
		return a, nil
	}
	err = room.guard.Store().Read(ctx, tenant, func(rd *store.Reader) (err error) {
		if a.purpose, a.digest, err = room.find(rd, tenant, secret.PasskeyChallenge, r.Response.ClientDataJSON); err != nil {
			return err
		}
		if a.purpose.Interaction != at.Interaction {
			a.digest = nil // it is another sign-in's: it stays
			return refuse(Wrong, "the challenge belongs to another interaction")
		}
		a.who, a.key, err = room.identify(rd, tenant, a.purpose, r)
		return err
	})
	if err == nil {
		a.proof, err = room.weigh(r, a, rules)
	}
	if errors.As(err, new(*Refused)) {
		a.verdict, err = err, nil
	}
	return a, err
}

// weigh checks an assertion against the key that it names.
func (room *Room) weigh(r assertionResponse, a answer, rules Rules) (asserted, error) {
	e := room.expect(rules)
	e.challenge, e.requireUV = challengeText(r), rules.RequireUV || a.purpose.RequireUV
	proof, err := e.assertion(r, a.key.record, a.purpose.Account != "")
	if errors.Is(err, errCloned) || err == nil && !a.key.ClonedAt.IsZero() {
		return proof, &Refused{Copied, err}
	}
	if err == nil && rules.DeviceBoundOnly && a.key.BackupEligible {
		err = errUnwanted
	}
	if err != nil {
		return proof, &Refused{Wrong, err}
	}
	return proof, nil
}

// challengeText is what the client data call the challenge. find has looked it up: it is one of ours,
// and that of the purpose.
func challengeText(r assertionResponse) string {
	c, err := parseClientData(r.Response.ClientDataJSON)
	if err != nil {
		return ""
	}
	return c.Challenge
}

// identify finds the key and its owner. A key that nobody has and one of somebody else are refused
// alike.
func (room *Room) identify(r *store.Reader, tenant id.Tenant, p purpose, response assertionResponse) (account.ID, held, error) {
	which := keyID(response.RawID)
	// WebAuthn L3 §7.2 step 5: the key is one of those that were asked for
	if p.Account != "" && !slices.Contains(p.Keys, which) {
		return "", held{}, refuse(Wrong, "the key was not asked for")
	}
	who, err := owner(r, tenant, which)
	if errors.Is(err, store.ErrNotFound) {
		return "", held{}, refuse(Wrong, "nobody has the key")
	}
	if err != nil {
		return "", held{}, err
	}
	if p.Account != "" && p.Account != who {
		return "", held{}, refuse(Wrong, "the key is somebody else's")
	}
	k, err := room.get(r, tenant, who, which)
	return who, k, err
}

// settle makes a fact of a good assertion: if account, key and interaction are what they were a
// moment ago.
func (room *Room) settle(tx *store.Tx, tenant id.Tenant, at Place, a answer, detail *VerifyDetail) error {
	if _, err := account.Active(tx.Read(), tenant, a.who); errors.Is(err, store.ErrNotFound) {
		return refuse(Wrong, "the account may not act")
	} else if err != nil {
		return err
	}
	i, err := open(tx.Read(), tenant, at)
	if err != nil {
		return err
	}
	if i.About.Account != "" && i.About.Account != a.who {
		return refuse(Wrong, "only the person whom the application named will do")
	}
	facts := i.Facts
	if i.Account != a.who {
		facts = nil
	}
	// WebAuthn L3 §7.2 step 24: the record takes the new counter and backup state; a first verification
	// of the user counts from now on, and only where another factor was proved beside it
	k := a.key
	verified := a.proof.userVerified && (k.UVInitialized || knows(facts))
	k.SignCount, k.BackupState, k.UVInitialized = a.proof.signCount, a.proof.backedUp, k.UVInitialized || verified
	if err := room.put(tx, tenant, k); errors.Is(err, store.ErrNotFound) {
		return refuse(Wrong, "the key changed meanwhile")
	} else if err != nil {
		return err
	}
	k.row.Version++
	if err := credential.Used(tx, tenant, k.row); err != nil {
		return err
	}
	detail.UserVerified, detail.Synced = verified, k.BackupEligible
	return interaction.SetFacts(tx, tenant, i.ID, a.who, factor.Add(facts, fact(tx, k, verified)))
}

// fact is what a key has just proved.
func fact(tx *store.Tx, k held, verified bool) factor.Fact {
	return factor.Proved(factor.Passkey, tx.Now(), k.marks(verified)...)
}

// marks are what a proof with the key says.
func (h held) marks(verified bool) []factor.Mark {
	marks := []factor.Mark{factor.Credential(string(h.row.ID))}
	if verified {
		marks = append(marks, factor.UserVerified)
	}
	if h.BackupEligible {
		marks = append(marks, factor.Synced)
	}
	return marks
}

// knows reports whether the facts hold something that the person knows.
func knows(facts []factor.Fact) bool {
	return slices.ContainsFunc(facts, func(f factor.Fact) bool { return factor.TraitOf(f.Kind()).Knows })
}

// cloned marks a key whose counter ran backwards and tells its owner, although and because the
// assertion is refused. It stays refused until its owner removes it.
func (room *Room) cloned(tx *store.Tx, tenant id.Tenant, a answer) error {
	tx.OnRefusal(func(tx *store.Tx) error {
		k, err := room.get(tx.Read(), tenant, a.who, a.key.row.ID)
		if errors.Is(err, store.ErrNotFound) || err == nil && !k.ClonedAt.IsZero() {
			return nil
		}
		if err != nil {
			return err
		}
		k.ClonedAt = tx.Now()
		if err := room.put(tx, tenant, k); err != nil {
			return err
		}
		return room.warn(tx, tenant, a.who, Cloned, k.label())
	})
	return a.verdict
}

// label is how messages name a key.
func (h held) label() string {
	if h.Name != "" {
		return h.Name
	}
	return provider(h.AAGUID)
}

var _ guard.Refusal = (*Refused)(nil)
