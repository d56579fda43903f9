package account

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/store"
)

const (
	// MaxPage is the most that a page of a list holds.
	MaxPage = 200
	// MaxEmails is the most addresses that an account may claim.
	MaxEmails = 20
)

var (
	// ErrNone is the refusal that meets a wish about an account that does not exist.
	ErrNone = guard.NotFound("There is no such account. `cardea account list` shows those that there are.")

	errMoved      = guard.Conflict("Somebody changed this account meanwhile. Look at it again and repeat your change.")
	errNameUsed   = &guard.Problem{Code: "conflict", Field: "username", Public: "Another account has this username, perhaps in another spelling. Choose another."}
	errEmailUsed  = &guard.Problem{Code: "conflict", Field: "email", Public: "Another account has verified this address. Remove it there first."}
	errEmailTwice = &guard.Problem{Code: "conflict", Field: "email", Public: "The account has this address already."}
	errNoEmail    = &guard.Problem{Code: "not_found", Field: "email", Public: "The account does not have this address. Add it first."}
	errMany       = &guard.Problem{Code: "conflict", Field: "email", Public: "The account has 20 addresses. Remove one first."}
)

// Create makes an account. Refusals: invalid, conflict (the username, or the address that is to
// be verified, is taken).
func Create(ctx context.Context, g *guard.Guard, c caller.Caller, tenant id.Tenant, in New) (Account, error) {
	if _, _, err := in.parse(); err != nil {
		return Account{}, err
	}
	account := NewID(g.Store().Now())
	var out Account
	err := g.Do(ctx, c, Add.On(tenant, account, nil), func(tx *store.Tx) (err error) {
		out, err = Insert(tx, tenant, account, in)
		return err
	})
	return out, err
}

// Insert is Create inside of another guarded operation: set-up and the first administrator.
func Insert(tx *store.Tx, tenant id.Tenant, account ID, in New) (Account, error) {
	username, address, err := in.parse()
	if err != nil {
		return Account{}, err
	}
	a := Account{ID: account, Username: username, Claims: in.Claims, Emails: []Email{}, CreatedAt: tx.Now(), UpdatedAt: tx.Now(), Epoch: 1, Version: 1}
	if err := insert(tx, tenant, a); store.IsDuplicate(err) {
		return a, errNameUsed
	} else if err != nil {
		return a, err
	}
	if address == "" {
		return a, nil
	}
	e := Email{Address: address, Primary: true}
	if in.EmailVerified {
		e.VerifiedAt = tx.Now()
	}
	if err := insertEmail(tx, tenant, account, e); store.IsDuplicate(err) {
		return a, errEmailUsed
	} else if err != nil {
		return a, err
	}
	a.Emails = append(a.Emails, e)
	return a, nil
}

// Update gives the account in.ID the username and claims of in, if it still has in.Version; an
// empty username leaves the present one. Refusals: invalid, not_found, conflict (the username is
// taken, or somebody else changed the account meanwhile).
func Update(ctx context.Context, g *guard.Guard, c caller.Caller, tenant id.Tenant, in Account) (Account, error) {
	if err := in.ID.Check(); err != nil {
		return in, err
	}
	if in.Username != "" {
		u, err := ParseUsername(string(in.Username))
		if err != nil {
			return in, err
		}
		in.Username = u
	}
	if err := in.Claims.Check(); err != nil {
		return in, err
	}
	detail := &Detail{}
	var out Account
	err := g.Do(ctx, c, Change.On(tenant, in.ID, detail), func(tx *store.Tx) (err error) {
		out, err = change(tx, tenant, in, detail)
		return err
	})
	return out, err
}

// Edit is what a person does to their own account: the claims alone, if it still has the
// version. Refusals: invalid, not_found, conflict.
func Edit(ctx context.Context, g *guard.Guard, c caller.Caller, tenant id.Tenant, account ID, version int64, claims Claims) (Account, error) {
	if err := account.Check(); err != nil {
		return Account{}, err
	}
	if err := claims.Check(); err != nil {
		return Account{}, err
	}
	detail := &Detail{}
	var out Account
	err := g.Do(ctx, c, EditOwn.On(tenant, account, detail), func(tx *store.Tx) (err error) {
		out, err = change(tx, tenant, Account{ID: account, Version: version, Claims: claims}, detail)
		return err
	})
	return out, err
}

// Fill writes claims of an account inside of a guarded operation of another room. Refusals: invalid,
// not_found.
func Fill(tx *store.Tx, tenant id.Tenant, account ID, fill func(*Claims)) error {
	a, err := Get(tx.Read(), tenant, account)
	if err != nil {
		return missing(err)
	}
	fill(&a.Claims)
	if err := a.Claims.Check(); err != nil {
		return err
	}
	_, err = change(tx, tenant, Account{ID: account, Version: a.Version, Claims: a.Claims}, &Detail{})
	return err
}

// change writes the username, unless it is empty, and the claims of in.
func change(tx *store.Tx, tenant id.Tenant, in Account, detail *Detail) (Account, error) {
	was, err := Get(tx.Read(), tenant, in.ID)
	if err != nil {
		return was, missing(err)
	}
	next := was
	next.Version, next.Claims = in.Version, in.Claims
	if in.Username != "" {
		next.Username = in.Username
	}
	if next.Claims.PhoneNumber != was.Claims.PhoneNumber {
		next.PhoneVerifiedAt = time.Time{}
	}
	detail.Changed = nil
	if next.Username != was.Username {
		detail.Changed = append(detail.Changed, "username")
	}
	if next.Claims != was.Claims {
		detail.Changed = append(detail.Changed, "claims")
	}
	err = update(tx, tenant, next)
	switch {
	case store.IsDuplicate(err):
		return was, errNameUsed
	case errors.Is(err, store.ErrNotFound):
		return was, errMoved
	case err != nil:
		return was, err
	}
	return Get(tx.Read(), tenant, in.ID)
}

// AddEmail lets the account claim an address; the first becomes the primary one. verified says
// that the administrator vouches for it. Refusals: invalid, not_found, conflict.
func AddEmail(ctx context.Context, g *guard.Guard, c caller.Caller, tenant id.Tenant, account ID, address string, verified bool) (Account, error) {
	return withEmail(ctx, g, c, tenant, Change.On(tenant, account, &Detail{[]string{"emails"}}), account, address, func(tx *store.Tx, a Account, e EmailAddress) error {
		if slices.ContainsFunc(a.Emails, func(have Email) bool { return have.Address.Key() == e.Key() }) {
			return errEmailTwice
		}
		if len(a.Emails) >= MaxEmails {
			return errMany
		}
		email := Email{Address: e, Primary: len(a.Emails) == 0}
		if verified {
			email.VerifiedAt = tx.Now()
		}
		return insertEmail(tx, tenant, account, email)
	})
}

// ConfirmEmail notes that an address which the account claims is verified, on the word of an
// administrator. Refusals: invalid, not_found, conflict (another account verified it first).
func ConfirmEmail(ctx context.Context, g *guard.Guard, c caller.Caller, tenant id.Tenant, account ID, address string) (Account, error) {
	return withEmail(ctx, g, c, tenant, VerifyEmail.On(tenant, account, nil), account, address, func(tx *store.Tx, _ Account, e EmailAddress) error {
		return setVerified(tx, tenant, account, e)
	})
}

// RemoveEmail takes an address from the account; if it was the primary one another takes its
// place. Refusals: invalid, not_found.
func RemoveEmail(ctx context.Context, g *guard.Guard, c caller.Caller, tenant id.Tenant, account ID, address string) (Account, error) {
	return withEmail(ctx, g, c, tenant, Change.On(tenant, account, &Detail{[]string{"emails"}}), account, address, func(tx *store.Tx, _ Account, e EmailAddress) error {
		if err := removeEmail(tx, tenant, account, e); err != nil {
			return err
		}
		return promote(tx, tenant, account)
	})
}

// PreferEmail makes an address of the account its primary one. Refusals: invalid, not_found.
func PreferEmail(ctx context.Context, g *guard.Guard, c caller.Caller, tenant id.Tenant, account ID, address string) (Account, error) {
	return withEmail(ctx, g, c, tenant, Change.On(tenant, account, &Detail{[]string{"emails"}}), account, address, func(tx *store.Tx, _ Account, e EmailAddress) error {
		return setPrimary(tx, tenant, account, e)
	})
}

// withEmail does something to an address of an account and returns the account afterwards.
func withEmail(ctx context.Context, g *guard.Guard, c caller.Caller, tenant id.Tenant, d guard.Deed, account ID, address string, fn func(*store.Tx, Account, EmailAddress) error) (out Account, err error) {
	if err := account.Check(); err != nil {
		return out, err
	}
	e, err := ParseEmail(address)
	if err != nil {
		return out, err
	}
	err = g.Do(ctx, c, d, func(tx *store.Tx) error {
		a, err := Get(tx.Read(), tenant, account)
		if err != nil {
			return missing(err)
		}
		err = fn(tx, a, e)
		switch {
		case store.IsDuplicate(err):
			return errEmailUsed
		case errors.Is(err, store.ErrNotFound):
			return errNoEmail
		case err != nil:
			return err
		}
		if err := touch(tx, tenant, account); err != nil {
			return err
		}
		out, err = Get(tx.Read(), tenant, account)
		return err
	})
	return out, err
}

// ConfirmPhone notes that the account's telephone number is verified, on the word of an
// administrator. Refusals: not_found, conflict (there is no number).
func ConfirmPhone(ctx context.Context, g *guard.Guard, c caller.Caller, tenant id.Tenant, account ID) error {
	if err := account.Check(); err != nil {
		return err
	}
	return g.Do(ctx, c, VerifyPhone.On(tenant, account, nil), func(tx *store.Tx) error {
		a, err := Get(tx.Read(), tenant, account)
		if err != nil {
			return missing(err)
		}
		if a.Claims.PhoneNumber == "" {
			return guard.Conflict("The account has no telephone number. Give it one first.")
		}
		return setPhoneVerified(tx, tenant, account)
	})
}

// Look returns an account to whoever may inspect. Refusal: not_found.
func Look(ctx context.Context, g *guard.Guard, c caller.Caller, tenant id.Tenant, account ID) (out Account, err error) {
	if err := account.Check(); err != nil {
		return out, err
	}
	err = g.See(ctx, c, Show.On(tenant, account, nil), func(r *store.Reader) error {
		out, err = Get(r, tenant, account)
		return missing(err)
	})
	return out, err
}

// Page lists up to limit accounts behind an id for whoever may inspect. Refusal:
// invalid (limit, after).
func Page(ctx context.Context, g *guard.Guard, c caller.Caller, tenant id.Tenant, f Filter, after ID, limit int) (out []Account, err error) {
	if limit < 1 || limit > MaxPage {
		return nil, guard.Invalid("limit", "Ask for 1 to 200 accounts at a time.")
	}
	if after != "" && after.Check() != nil {
		return nil, guard.Invalid("after", "Give the id of the last account of the page before.")
	}
	err = g.See(ctx, c, ListAll.On(tenant, "", nil), func(r *store.Reader) error {
		out, err = List(r, tenant, f, after, limit)
		return err
	})
	return out, err
}

// missing turns a missing row into the refusal.
func missing(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return ErrNone
	}
	return err
}

// SetPhone gives the account a telephone number that its person has just shown to have; "" takes
// the present one away. It returns store.ErrNotFound if there is no such account. The room
// factor/phone calls it.
func SetPhone(tx *store.Tx, tenant id.Tenant, account ID, number string) error {
	a, err := Get(tx.Read(), tenant, account)
	if err != nil {
		return err
	}
	a.Claims.PhoneNumber, a.PhoneVerifiedAt = number, time.Time{}
	if number != "" {
		a.PhoneVerifiedAt = tx.Now()
	}
	if err := a.Claims.Check(); err != nil {
		return err
	}
	return update(tx, tenant, a)
}
