package approval

import (
	"bytes"
	"embed"
	"errors"
	"slices"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/factor"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/interaction"
	"github.com/cardea-iam/cardea/internal/session"
	"github.com/cardea-iam/cardea/internal/store"
)

//go:embed migrations
var files embed.FS

// Migrations are the room's tables.
var Migrations = store.Migrations{Room: "approval", Files: files}

// Options are what the room is made of. All are required.
type Options struct {
	Guard *guard.Guard
	// Denied tells a person, in the transaction of their "it wasn't me", what they denied.
	Denied func(tx *store.Tx, tenant id.Tenant, who account.ID, r Request) error
	// Beside tells whether the account has another second factor, which an approval stands in for.
	Beside func(r *store.Reader, tenant id.Tenant, who account.ID) (bool, error)
}

// Room asks for approvals and takes them. It is safe for concurrent use.
type Room struct{ Options }

// New returns the room; an error is meant to stop the start.
func New(o Options) (*Room, error) {
	if o.Guard == nil || o.Denied == nil || o.Beside == nil {
		return nil, errors.New("approval: something that the room needs is missing")
	}
	return &Room{o}, nil
}

// Place is where a proof goes, and the accounts that the browser has.
type Place struct {
	interaction.Place
	Accounts []byte // digest of the accounts cookie, nil for none
}

// Device is a browser that answers.
type Device struct {
	Session session.ID
	Browser []byte // digest of the binding cookie
}

// Reason says why something was refused.
type Reason string

// The reasons.
const (
	Gone    Reason = "interaction_gone"
	Busy    Reason = "another_request" // another sign-in waits for its answer
	Many    Reason = "too_many"        // three within a quarter of an hour
	Nowhere Reason = "no_device"       // the person is signed in on no other device that may approve
	Waiting Reason = "not_approved"    // there is no approval (yet)
	Over    Reason = "request_over"    // it was answered, or is too old
	Barred  Reason = "may_not_approve" // the session that asked, or one begun without anything owned
)

// Refused is the refusal of a request or an answer.
type Refused struct{ Reason Reason }

// Error implements error.
func (r *Refused) Error() string { return "approval: " + string(r.Reason) }

// RefusalCode implements guard.Refusal.
func (r *Refused) RefusalCode() string { return string(r.Reason) }

var _ guard.Refusal = (*Refused)(nil)

// Kind names the factor in facts.
func (room *Room) Kind() factor.Kind { return factor.Approval }

// Path is the page that asks and waits.
func (room *Room) Path() string { return "/signin/approval" }

// First says that an approval needs a first factor before it.
func (room *Room) First() bool { return false }

// Enrolled tells whether the account has another second factor, and a living session that may
// approve.
func (room *Room) Enrolled(r *store.Reader, tenant id.Tenant, who account.ID) (bool, error) {
	beside, err := room.Beside(r, tenant, who)
	if err != nil || !beside {
		return false, err
	}
	return reachable(r, tenant, who, nil)
}

// most is how many sessions of an account are looked at.
const most = 200

// reachable tells whether a session that may approve lives in another browser.
func reachable(r *store.Reader, tenant id.Tenant, who account.ID, browser []byte) (bool, error) {
	list, err := session.OfAccount(r, tenant, who, most)
	if err != nil {
		return false, err
	}
	here, err := inBrowser(r, tenant, browser)
	return slices.ContainsFunc(list, func(s session.Session) bool { return strong(s) && !slices.Contains(here, s.ID) }), err
}

func inBrowser(r *store.Reader, tenant id.Tenant, browser []byte) (ids []session.ID, err error) {
	if len(browser) == 0 {
		return nil, nil
	}
	list, err := session.OfBrowser(r, tenant, browser)
	for _, s := range list {
		ids = append(ids, s.ID)
	}
	return ids, err
}

// strong tells whether a session was begun with something owned, and not by an approval alone.
func strong(s session.Session) bool {
	return slices.ContainsFunc(s.Proved, func(f factor.Fact) bool {
		return f.Kind() != factor.Approval && factor.TraitOf(f.Kind()).Has
	})
}

// approver returns the device's session if it may answer the request.
func approver(r *store.Reader, tenant id.Tenant, who account.ID, d Device, q Request) (bool, error) {
	s, err := session.Get(r, tenant, d.Session)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return s.Account == who && strong(s) && !bytes.Equal(d.Browser, q.browser) && s.CreatedAt.Before(q.CreatedAt), nil
}
