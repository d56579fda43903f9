// Package setup makes the first administrator. While nobody governs the default tenant the server
// prints, at each start, one link that is worth one account with the role owner: random, valid
// for 15 minutes, used once, worthless as soon as there is an owner. There is no default password
// (security row AU25).
package setup

import (
	"context"
	"errors"
	"net/url"
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/issued"
	"github.com/cardea-iam/cardea/internal/membership"
	"github.com/cardea-iam/cardea/internal/secret"
	"github.com/cardea-iam/cardea/internal/store"
)

// Path is where the link leads, on the public URL.
const Path = "/setup"

// Param is the link's query parameter.
const Param = "t"

// Lifetime is how long a link works.
const Lifetime = 15 * time.Minute

// ID names what is set up: there is one.
type ID string

const owner ID = "owner"

// RedeemDetail is what the log keeps of the end of set-up.
type RedeemDetail struct {
	Account account.ID `json:"account,omitempty"`
}

// The room's verbs.
var (
	Offer  = guard.Declare[ID, guard.None]("setup.offer", guard.System, "Make a link for the first administrator")
	Redeem = guard.Declare[ID, RedeemDetail]("setup.redeem", guard.Public, "Become the first administrator with the link that the server printed")
)

// Initial judges and hashes a password and returns how to store it. It is the password room's.
type Initial func(ctx context.Context, tenant id.Tenant, raw string, about account.Account) (keep func(*store.Tx, account.ID) error, err error)

// Room is the set-up. It is safe for concurrent use.
type Room struct {
	guard   *guard.Guard
	root    *secret.Root
	initial Initial
}

// New returns the room.
func New(g *guard.Guard, root *secret.Root, initial Initial) *Room { return &Room{g, root, initial} }

var (
	// ErrDone says that somebody governs already.
	ErrDone = guard.Conflict("There is an owner already.")
	// ErrNone is the refusal of a link that is unknown, spent or too old, or not needed any more.
	ErrNone = guard.NotFound("This link does not work.")
)

// Link makes a fresh link below the public URL. It returns ErrDone once there is an owner.
func (room *Room) Link(ctx context.Context, publicURL string) (secret.Secret, error) {
	token := secret.SetupLink.Mint()
	err := room.guard.Do(ctx, caller.Job("setup"), Offer.On(id.Default, owner, nil), func(tx *store.Tx) error {
		if had, err := membership.HasOwner(tx.Read(), id.Default); err != nil {
			return err
		} else if had {
			return ErrDone
		}
		return issued.Put(tx, id.Default, secret.SetupLink, room.root.Digest(secret.SetupLink, token), string(owner), tx.Now().Add(Lifetime))
	})
	if err != nil {
		return secret.Secret{}, err
	}
	return secret.Of(publicURL + Path + "?" + url.Values{Param: {token.Reveal()}}.Encode()), nil
}

// Look returns when the link with this token ends, or ErrNone. It uses nothing up.
func (room *Room) Look(ctx context.Context, text string) (until time.Time, err error) {
	token, err := secret.SetupLink.Parse(text)
	if err != nil {
		return until, ErrNone
	}
	err = room.guard.Store().Read(ctx, id.Default, func(r *store.Reader) error {
		if had, err := membership.HasOwner(r, id.Default); err != nil {
			return err
		} else if had {
			return ErrNone
		}
		_, until, err = issued.Unspent(r, id.Default, secret.SetupLink, room.root.Digest(secret.SetupLink, token))
		if errors.Is(err, store.ErrNotFound) {
			return ErrNone
		}
		return err
	})
	return until, err
}

// Finish spends the link and makes the account with its password, an owner. Refusals: ErrNone,
// those of account.Insert (invalid or conflict, for username), those of the password.
func (room *Room) Finish(ctx context.Context, c caller.Caller, text, username, password string) (account.ID, error) {
	// A link that does not work is told before anything is hashed.
	if _, err := room.Look(ctx, text); err != nil {
		return "", err
	}
	name, err := account.ParseUsername(username)
	if err != nil {
		return "", guard.Invalid("username", err.Error())
	}
	keep, err := room.initial(ctx, id.Default, password, account.Account{Username: name})
	if err != nil {
		return "", err
	}
	who := account.NewID(room.guard.Store().Now())
	digest := room.root.Digest(secret.SetupLink, secret.Of(text))
	return who, room.guard.Do(ctx, c, Redeem.On(id.Default, owner, &RedeemDetail{who}), func(tx *store.Tx) error {
		if had, err := membership.HasOwner(tx.Read(), id.Default); err != nil {
			return err
		} else if had {
			return ErrNone
		}
		_, _, err := issued.Spend(tx, id.Default, secret.SetupLink, digest, string(who))
		if errors.Is(err, store.ErrNotFound) || errors.Is(err, issued.ErrSpent) {
			return ErrNone
		}
		if err != nil {
			return err
		}
		if _, err := account.Insert(tx, id.Default, who, account.New{Username: username}); err != nil {
			return err
		}
		if err := keep(tx, who); err != nil {
			return err
		}
		return membership.MakeOwner(tx, id.Default, who)
	})
}
