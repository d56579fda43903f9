package apitoken

import (
	"context"
	"errors"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/secret"
	"github.com/cardea-iam/cardea/internal/store"
)

// Make makes a token and returns its text, which is shown this once and stored nowhere. A
// person makes their own; an owner and the operator make one for any account. Refusals:
// invalid, not_found (no account that may act).
func Make(ctx context.Context, g *guard.Guard, c caller.Caller, root *secret.Root, tenant id.Tenant, n New) (Token, secret.Secret, error) {
	if err := n.normalize(); err != nil {
		return Token{}, secret.Secret{}, err
	}
	now := g.Store().Now()
	text := secret.APIToken.Mint()
	t := Token{ID: ID(id.New("apt", now)), Account: n.Account, Name: n.Name, CreatedAt: now, ExpiresAt: now.Add(n.Lifetime)}
	if !n.Until.IsZero() && t.ExpiresAt.After(n.Until) {
		t.ExpiresAt = n.Until
	}
	action := Create
	if mine(c, n.Account) {
		action = CreateOwn
	}
	err := g.Do(ctx, c, action.On(tenant, n.Account, &Detail{t.ID, n.Account}), func(tx *store.Tx) error {
		epoch, err := account.Active(tx.Read(), tenant, n.Account)
		if errors.Is(err, store.ErrNotFound) {
			return account.ErrNone
		}
		if err != nil {
			return err
		}
		living, err := list(tx.Read(), tenant, n.Account, "", maxTokens)
		if err != nil {
			return err
		}
		if len(living) == maxTokens {
			return errMany
		}
		return insert(tx, tenant, t, epoch, root.Digest(secret.APIToken, text))
	})
	if err != nil {
		return Token{}, secret.Secret{}, err
	}
	return t, text, nil
}

// maxTokens bounds the living tokens of an account: whoever holds one may make more.
const maxTokens = 50

var errMany = guard.Conflict("The account has 50 tokens. Delete one that is not needed: `cardea token list` shows them.")

// Page lists up to limit living tokens behind an id: a person's own where who names them, else
// those of who ("" for everybody) for whoever may inspect. Refusal: invalid (limit, after).
func Page(ctx context.Context, g *guard.Guard, c caller.Caller, tenant id.Tenant, who account.ID, after ID, limit int) (out []Token, err error) {
	if limit < 1 || limit > MaxPage {
		return nil, guard.Invalid("limit", "Ask for 1 to 200 tokens at a time.")
	}
	if after != "" && after.Check() != nil {
		return nil, guard.Invalid("after", "Give the id of the last token of the page before.")
	}
	deed := ListAll.On(tenant, "", nil)
	if mine(c, who) {
		deed = ListOwn.On(tenant, who, nil)
	}
	err = g.See(ctx, c, deed, func(r *store.Reader) error {
		out, err = list(r, tenant, who, after, limit)
		return err
	})
	return out, err
}

// Remove ends a token at once: one's own, or anybody's for an administrator. Refusal: not_found.
func Remove(ctx context.Context, g *guard.Guard, c caller.Caller, tenant id.Tenant, token ID) error {
	if err := token.Check(); err != nil {
		return err
	}
	detail := &Detail{Token: token}
	deed := Delete.On(tenant, token, detail)
	if own := DeleteOwn.On(tenant, token, detail); c.Kind == caller.Account {
		may, err := g.May(ctx, c, own)
		if err != nil {
			return err
		}
		if may {
			deed = own
		}
	}
	return g.Do(ctx, c, deed, func(tx *store.Tx) error {
		who, err := owner(tx.Read(), token)
		if err == nil {
			detail.Account = who
			err = remove(tx, tenant, token)
		}
		if errors.Is(err, store.ErrNotFound) {
			return ErrNone
		}
		return err
	})
}

// Present returns the living token that text is. Malformed text is not looked up. The error is
// store.ErrNotFound for everything that is none: unknown, expired, of another tenant, of an
// account that may not act, or of an epoch that ended.
func Present(ctx context.Context, s *store.Store, root *secret.Root, tenant id.Tenant, text string) (t Token, err error) {
	parsed, err := secret.APIToken.Parse(text)
	if err != nil {
		return t, store.ErrNotFound
	}
	err = s.Read(ctx, tenant, func(r *store.Reader) error {
		t, err = living(r, tenant, root.Digest(secret.APIToken, parsed))
		return err
	})
	return t, err
}

func mine(c caller.Caller, who account.ID) bool {
	return c.Kind == caller.Account && c.ID != "" && c.ID == string(who)
}
