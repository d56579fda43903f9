package registration

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/issued"
	"github.com/cardea-iam/cardea/internal/membership"
	"github.com/cardea-iam/cardea/internal/notify"
	"github.com/cardea-iam/cardea/internal/secret"
	"github.com/cardea-iam/cardea/internal/store"
)

// InvitationLife is how long an invitation stands.
const InvitationLife = 7 * 24 * time.Hour

// PathInvitation is the page of the link, below the tenant's root; Param its query parameter.
const (
	PathInvitation = "/invitation"
	Param          = "t"
)

// InvitationID identifies an invitation: "inv_…".
type InvitationID string

// Check returns ErrNoInvitation for text that cannot be an invitation's identifier.
func (i InvitationID) Check() error {
	if id.Check("inv", string(i)) != nil {
		return ErrNoInvitation
	}
	return nil
}

// Invitation is one person asked to join.
type Invitation struct {
	ID    InvitationID         `json:"id"`
	Email account.EmailAddress `json:"email"`
	Name  string               `json:"name,omitempty"`
	membership.Places
	InviterKind caller.Kind `json:"inviter_kind"`
	Inviter     string      `json:"inviter"`
	Account     account.ID  `json:"account,omitempty"` // that came of it
	CreatedAt   time.Time   `json:"created_at"`
	ExpiresAt   time.Time   `json:"expires_at"`
	EndedAt     time.Time   `json:"ended_at,omitzero"` // when it was used or taken back
}

// Invited is the wish for an invitation.
type Invited struct {
	Email string
	Name  string
	membership.Places
	Locale string // of the letter
	Tenant string // the tenant's name for people
}

var (
	// ErrNoInvitation is the refusal of an invitation that does not exist.
	ErrNoInvitation = guard.NotFound("There is no such invitation. `cardea invitation list` shows those that there are.")

	errOver  = guard.Conflict("The invitation is over: it was used, taken back or is too old.")
	errOff   = guard.Conflict("Invitations are switched off here: see the setting registration.")
	errTold  = guard.Conflict("This address has had many letters just now. Try again in an hour.")
	errHas   = &guard.Problem{Code: "conflict", Field: "email", Public: "An account has verified this address already."}
	errLimit = guard.Invalid("limit", "Ask for 1 to 200 invitations at a time.")
)

// Invite sends an invitation; one of before to the same address is over. Refusals: invalid,
// not_found (a group or role), conflict; *guard.Denied for what the caller may not give.
func (room *Room) Invite(ctx context.Context, c caller.Caller, tenant id.Tenant, in Invited) (Invitation, error) {
	e, err := account.ParseEmail(in.Email)
	if err != nil {
		return Invitation{}, err
	}
	in.Name = strings.TrimSpace(in.Name)
	if err := (account.Claims{Name: in.Name}).Check(); err != nil {
		return Invitation{}, err
	}
	now := room.Guard.Store().Now()
	v := Invitation{ID: InvitationID(id.New("inv", now)), Email: e, Name: in.Name, Places: in.Places, InviterKind: c.Kind, Inviter: c.ID, CreatedAt: now, ExpiresAt: now.Add(InvitationLife)}
	deed := Invite.On(tenant, v.ID, nil)
	if allowed, err := room.Guard.May(ctx, c, deed); err != nil {
		return v, err
	} else if allowed { // who may not invite at all learns nothing of groups; Do refuses below
		if err := in.Promises(ctx, room.Guard, c, tenant); err != nil {
			return v, err
		}
	}
	token := secret.Invitation.Mint()
	digest := room.Root.Digest(secret.Invitation, token)
	link, err := room.Letters.Link(tenant, PathInvitation, url.Values{Param: {token.Reveal()}})
	if err != nil {
		return v, err
	}
	return v, room.Guard.Do(ctx, c, deed, func(tx *store.Tx) error {
		rules, err := Settings.Get(tx.Read(), tenant)
		if err != nil {
			return err
		}
		if !rules.Invitations {
			return errOff
		}
		if _, err := account.Lookup(tx.Read(), tenant, string(e)); err == nil {
			return errHas
		} else if !errors.Is(err, store.ErrNotFound) {
			return err
		}
		if err := endOthers(tx, tenant, e); err != nil {
			return err
		}
		if err := insert(tx, tenant, v); err != nil {
			return err
		}
		if err := issued.Put(tx, tenant, secret.Invitation, digest, string(v.ID), v.ExpiresAt); err != nil {
			return err
		}
		return room.tell(tx, tenant, v, in, link)
	})
}

func (room *Room) tell(tx *store.Tx, tenant id.Tenant, v Invitation, in Invited, link string) error {
	inviter := in.Tenant
	if v.InviterKind == caller.Account {
		a, err := account.Get(tx.Read(), tenant, account.ID(v.Inviter))
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		if a.Claims.Name != "" {
			inviter = a.Claims.Name
		}
	}
	sent, err := room.Letters.Tell(tx, tenant, notify.Letter{Kind: notify.Invitation, To: string(v.Email), Locale: in.Locale,
		Values: notify.Values{"link": link, "inviter": inviter, "tenant": in.Tenant}})
	if err == nil && !sent {
		err = errTold
	}
	return err
}

// Page lists up to limit invitations behind an id for whoever may inspect. Refusals: invalid.
func (room *Room) Page(ctx context.Context, c caller.Caller, tenant id.Tenant, after InvitationID, limit int) (out []Invitation, err error) {
	if limit < 1 || limit > 200 {
		return nil, errLimit
	}
	if after != "" && after.Check() != nil {
		return nil, guard.Invalid("after", "Give the id of the last invitation of the page before.")
	}
	err = room.Guard.See(ctx, c, ListAll.On(tenant, "", nil), func(r *store.Reader) error {
		out, err = list(r, tenant, after, limit)
		return err
	})
	return out, err
}

// TakeBack ends an invitation. Refusals: not_found, conflict (it is over).
func (room *Room) TakeBack(ctx context.Context, c caller.Caller, tenant id.Tenant, which InvitationID) error {
	if err := which.Check(); err != nil {
		return err
	}
	return room.Guard.Do(ctx, c, Revoke.On(tenant, which, nil), func(tx *store.Tx) error {
		if _, err := get(tx.Read(), tenant, which); errors.Is(err, store.ErrNotFound) {
			return ErrNoInvitation
		} else if err != nil {
			return err
		}
		err := end(tx, tenant, which, "")
		if errors.Is(err, store.ErrNotFound) {
			return errOver
		}
		return err
	})
}

// Look returns the invitation of a link. It uses nothing up. Refusal: ErrLink.
func (room *Room) Look(ctx context.Context, tenant id.Tenant, text string) (v Invitation, err error) {
	digest, err := room.digest(text)
	if err != nil {
		return v, err
	}
	err = room.Guard.Store().Read(ctx, tenant, func(r *store.Reader) error {
		which, _, err := issued.Unspent(r, tenant, secret.Invitation, digest)
		if errors.Is(err, store.ErrNotFound) {
			return ErrLink
		}
		if err != nil {
			return err
		}
		v, err = open(r, tenant, InvitationID(which))
		return err
	})
	return v, err
}

func (room *Room) digest(text string) ([]byte, error) {
	token, err := secret.Invitation.Parse(text)
	if err != nil {
		return nil, ErrLink
	}
	return room.Root.Digest(secret.Invitation, token), nil
}

func open(r *store.Reader, tenant id.Tenant, which InvitationID) (Invitation, error) {
	v, err := get(r, tenant, which)
	if errors.Is(err, store.ErrNotFound) || err == nil && (!v.EndedAt.IsZero() || !r.Now().Before(v.ExpiresAt)) {
		return v, ErrLink
	}
	return v, err
}

// Answer is what the page of an invitation says.
type Answer struct {
	Wish
	Terms string // the version that the person accepted
}

// Accept makes the account of an invitation, with its places, and adds the proof of its password to
// the interaction. The setting "registration" has no say in it, but for the terms. Refusals: ErrLink
// (also where who invited may no longer give what was promised), ErrTaken, ErrTerms, ErrGone, invalid
// (a claim), and those of the password.
func (room *Room) Accept(ctx context.Context, c caller.Caller, tenant id.Tenant, at Place, text string, w Answer) (account.ID, error) {
	v, err := room.Look(ctx, tenant, text)
	if err != nil {
		return "", err
	}
	if err := w.Claims.Check(); err != nil {
		return "", err
	}
	var denied *guard.Denied
	var problem *guard.Problem
	inviter := caller.Caller{Kind: v.InviterKind, ID: v.Inviter}
	if allowed, err := room.Guard.May(ctx, inviter, Invite.On(tenant, v.ID, nil)); err != nil {
		return "", err
	} else if !allowed {
		return "", ErrLink
	}
	err = v.Promises(ctx, room.Guard, inviter, tenant)
	if errors.As(err, &denied) || errors.As(err, &problem) {
		return "", ErrLink
	}
	if err != nil {
		return "", err
	}
	keep, err := room.Choose(ctx, tenant, w.Password, account.Account{Claims: w.Claims, Emails: []account.Email{{Address: v.Email, Primary: true}}})
	if err != nil {
		return "", err
	}
	digest, err := room.digest(text)
	if err != nil {
		return "", err
	}
	return room.make(ctx, tenant, v.Email, w.Claims, func(who account.ID, insert func(*store.Tx) error) error {
		detail := &Detail{Interaction: string(at.Interaction), Invitation: v.ID, Terms: w.Terms}
		return room.Guard.Do(ctx, c, Accept.On(tenant, who, detail), func(tx *store.Tx) error {
			rules, err := Settings.Get(tx.Read(), tenant)
			if err != nil {
				return err
			}
			if w.Terms != rules.TermsVersion {
				return ErrTerms
			}
			if _, _, err := issued.Spend(tx, tenant, secret.Invitation, digest, string(who)); errors.Is(err, store.ErrNotFound) || errors.Is(err, issued.ErrSpent) {
				return ErrLink
			} else if err != nil {
				return err
			}
			if _, err := open(tx.Read(), tenant, v.ID); err != nil {
				return err
			}
			if err := signingIn(tx.Read(), tenant, at); err != nil {
				return err
			}
			if err := insert(tx); err != nil {
				return err
			}
			if err := end(tx, tenant, v.ID, who); err != nil {
				return err
			}
			if err := v.Admit(tx, tenant, who); err != nil {
				return err
			}
			if w.Terms != "" {
				if err := accept(tx, tenant, who, w.Terms); err != nil {
					return err
				}
			}
			return keep(tx, who, at)
		})
	})
}
