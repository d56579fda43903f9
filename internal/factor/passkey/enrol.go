package passkey

import (
	"context"
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/credential"
	"github.com/cardea-iam/cardea/internal/factor"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/interaction"
	"github.com/cardea-iam/cardea/internal/secret"
	"github.com/cardea-iam/cardea/internal/session"
	"github.com/cardea-iam/cardea/internal/store"
)

// ParseName reads the name that a person gives a key: one line of at most 60 characters, or "".
// It returns a refusal, made by guard.Invalid.
func ParseName(text string) (string, error) {
	text = strings.TrimSpace(text)
	if utf8.RuneCountInString(text) > maxName || strings.ContainsFunc(text, unicode.IsControl) || !utf8.ValidString(text) {
		return "", guard.Invalid("name", "A name is one line of at most 60 characters.")
	}
	return text, nil
}

// candidate is a new key that was looked at outside of the transaction.
type candidate struct {
	key     record
	purpose purpose
	digest  []byte
	verdict error
}

// AddOwn registers the key with which the browser answered AskOwn. Refusals: *Refused with Wrong,
// Stale, Known, Full or Unwanted.
func (room *Room) AddOwn(ctx context.Context, c caller.Caller, tenant id.Tenant, s session.ID, text, name string) (credential.ID, error) {
	who := account.ID(c.ID)
	n, err := room.inspect(ctx, tenant, text, purpose{Session: s, Account: who})
	if err != nil {
		return "", err
	}
	n.key.Name = name
	detail := n.detail()
	return detail.Key, room.guard.Do(ctx, c, Add.On(tenant, who, detail), func(tx *store.Tx) error {
		_, err := room.add(tx, tenant, who, n)
		return err
	})
}

// AddEnrol registers the key with which the browser answered AskEnrol, for the person who is there,
// and takes it as proof at once. Refusals: those of AddOwn, and *Refused with Gone or Unproved.
func (room *Room) AddEnrol(ctx context.Context, c caller.Caller, tenant id.Tenant, at Place, text, name string) error {
	n, err := room.inspect(ctx, tenant, text, purpose{Interaction: at.Interaction})
	if err != nil {
		return err
	}
	n.key.Name = name
	detail := n.detail()
	detail.Interaction = at.Interaction
	return room.guard.Do(ctx, c, Enrol.On(tenant, n.purpose.Account, detail), func(tx *store.Tx) error {
		i, err := open(tx.Read(), tenant, at)
		if err != nil {
			return err
		}
		if err := room.mayEnrol(tx.Read(), tenant, i); err != nil {
			return err
		}
		if n.verdict == nil && i.Account != n.purpose.Account {
			return refuse(Wrong, "the challenge was somebody else's")
		}
		k, err := room.add(tx, tenant, i.Account, n)
		if err != nil {
			return err
		}
		return interaction.SetFacts(tx, tenant, i.ID, i.Account, factor.Add(i.Facts, fact(tx, k, k.UVInitialized)))
	})
}

func (n candidate) detail() *KeyDetail {
	d := &KeyDetail{Synced: n.key.BackupEligible}
	if n.verdict == nil {
		d.Key, d.AAGUID = keyID(n.key.CredentialID), model(n.key.AAGUID)
	}
	return d
}

// inspect does all that needs no transaction: for is what the challenge must have been given out for.
func (room *Room) inspect(ctx context.Context, tenant id.Tenant, text string, want purpose) (n candidate, err error) {
	rules, err := room.rules(ctx, tenant)
	if err != nil {
		return n, err
	}
	r, malformed := parseRegistration(text)
	if malformed != nil {
		n.verdict = &Refused{Wrong, malformed}
		return n, nil
	}
	err = room.guard.Store().Read(ctx, tenant, func(rd *store.Reader) (err error) {
		n.purpose, n.digest, err = room.find(rd, tenant, secret.PasskeyEnrolment, r.Response.ClientDataJSON)
		return err
	})
	p := n.purpose
	switch {
	case err != nil:
	case p.Session != want.Session || p.Interaction != want.Interaction || want.Account != "" && p.Account != want.Account:
		n.digest = nil // it is another's: it stays
		err = refuse(Wrong, "the challenge was given out for something else")
	default:
		n.key, err = room.judge(r, rules, p)
	}
	if errors.As(err, new(*Refused)) {
		n.verdict, err = err, nil
	}
	return n, err
}

func (room *Room) judge(r registrationResponse, rules Rules, p purpose) (record, error) {
	c, err := parseClientData(r.Response.ClientDataJSON)
	if err != nil {
		return record{}, &Refused{Wrong, err}
	}
	e := room.expect(rules)
	e.challenge, e.requireUV = c.Challenge, rules.RequireUV || p.RequireUV
	k, err := e.registration(r, rules)
	if errors.Is(err, errUnwanted) {
		return k, &Refused{Unwanted, err}
	}
	if err != nil {
		return k, &Refused{Wrong, err}
	}
	return k, nil
}

// add writes a new key and tells its owner.
func (room *Room) add(tx *store.Tx, tenant id.Tenant, who account.ID, n candidate) (held, error) {
	k := held{record: n.key}
	if n.digest != nil {
		if err := room.spend(tx, tenant, secret.PasskeyEnrolment, n.digest); err != nil {
			return k, err
		}
	}
	if n.verdict != nil {
		return k, n.verdict
	}
	have, err := count(tx.Read(), tenant, who)
	if err != nil {
		return k, err
	}
	if have >= MaxKeys {
		return k, &Refused{Reason: Full}
	}
	// WebAuthn L3 §7.1 step 26: nobody has the credential id yet
	if _, err := owner(tx.Read(), tenant, keyID(k.CredentialID)); err == nil {
		return k, &Refused{Reason: Known}
	} else if !errors.Is(err, store.ErrNotFound) {
		return k, err
	}
	// WebAuthn L3 §7.1 step 29: the record is stored in the account of the options' user
	k.UserHandle = room.handle(tenant, who)
	k.row = credential.Credential{Account: who, Kind: kind, ID: keyID(k.CredentialID)}
	if err := room.put(tx, tenant, k); err != nil {
		return k, err
	}
	if err := insertOwner(tx, tenant, k.row.ID, who); err != nil {
		return k, err
	}
	return k, room.warn(tx, tenant, who, Added, k.label())
}

// mayEnrol reports whether a sign-in may add a key to the account: only where whoever is there has
// proved as much as the account's factors can prove. Else a stolen password would make itself a
// second factor (security row AU10). Refusal: *Refused with Unproved.
func (room *Room) mayEnrol(r *store.Reader, tenant id.Tenant, i interaction.Interaction) error {
	if i.Account == "" || len(i.Facts) == 0 {
		return refuse(Unproved, "nobody is known")
	}
	if has, err := room.Enrolled(r, tenant, i.Account); err != nil {
		return err
	} else if has {
		return refuse(Unproved, "the account has a passkey")
	}
	var all []factor.Fact
	for _, other := range room.others() {
		enrolled, err := other.Enrolled(r, tenant, i.Account)
		if err != nil {
			return err
		}
		if enrolled {
			all = append(all, factor.Proved(other.Kind(), r.Now()))
		}
	}
	if factor.Assess(i.Facts).Level < factor.Assess(all).Level {
		return refuse(Unproved, "the account's other factors prove more")
	}
	return nil
}
