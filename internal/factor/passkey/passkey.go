package passkey

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/credential"
	"github.com/cardea-iam/cardea/internal/factor"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/secret"
	"github.com/cardea-iam/cardea/internal/setting"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/tenant"
)

const (
	// MaxKeys is how many passkeys an account has.
	MaxKeys = 20

	// ChallengeLife is how long a person may take for a ceremony (WebAuthn L3 §15.1 recommends
	// five minutes at least).
	ChallengeLife = 5 * time.Minute

	// PathSignIn is the page that asks for the key, below the tenant's root; PathEnrol the one that
	// registers the first in the middle of a sign-in.
	PathSignIn = "/signin/passkey"
	PathEnrol  = "/signin/enrol/passkey"

	// maxName is the length of a key's name in characters.
	maxName = 60
)

// Way is another factor as this room needs to know it: a signin.Factor.
type Way interface {
	Kind() factor.Kind
	First() bool
	Enrolled(r *store.Reader, tenant id.Tenant, who account.ID) (bool, error)
}

// Notice is something that the owner of a key is told of.
type Notice string

// The notices.
const (
	Added   Notice = "added"
	Removed Notice = "removed"
	Cloned  Notice = "cloned" // a signature counter ran backwards
)

// Warn tells a person what happened to a key of the name, in the transaction in which it happens.
type Warn func(tx *store.Tx, tenant id.Tenant, who account.ID, what Notice, name string) error

// Options are what the room is made of.
type Options struct {
	PublicURL string // origin of the installation; its host is the RP ID
	Tenants   *tenant.Directory
	Settings  *setting.Directory
	Others    func() []Way // the other factors, all of them; asked for at each use
	Warn      Warn
}

// Room registers and checks passkeys. It is safe for concurrent use.
type Room struct {
	guard    *guard.Guard
	root     *secret.Root
	tenants  *tenant.Directory
	settings *setting.Directory
	others   func() []Way
	warn     Warn
	rpID     string
	origin   string
}

// New checks the options; an error is meant to stop the start.
func New(g *guard.Guard, root *secret.Root, o Options) (*Room, error) {
	u, err := url.Parse(o.PublicURL)
	if err != nil || u.Hostname() == "" {
		return nil, fmt.Errorf("passkey: %q has no host", o.PublicURL)
	}
	if o.Tenants == nil || o.Settings == nil || o.Others == nil || o.Warn == nil {
		return nil, errors.New("passkey: tenants, settings, the other factors and a way to warn people are needed")
	}
	// WebAuthn L3 §5.4.2: the RP ID is the host of our origin, so that keys work at every port and
	// path of it and nowhere else.
	return &Room{g, root, o.Tenants, o.Settings, o.Others, o.Warn, u.Hostname(), u.Scheme + "://" + u.Host}, nil
}

// Reason says why a ceremony was refused.
type Reason string

// The reasons. Wrong covers all that must not be told apart: a key that nobody has, one of somebody
// else, and every check that failed.
const (
	Wrong    Reason = "passkey_refused"
	Stale    Reason = "challenge_gone"   // the challenge was used, or is older than ChallengeLife
	Gone     Reason = "interaction_gone" // the sign-in is over
	Copied   Reason = "passkey_cloned"   // the counter ran backwards, now or before
	Known    Reason = "passkey_exists"   // the key is registered already
	Full     Reason = "passkey_limit"    // the account has MaxKeys
	Unwanted Reason = "passkey_model"    // the tenant does not take this model, or copyable keys
	LastWay  Reason = "last_way_in"      // without this key nobody could sign in to the account
	Unproved Reason = "not_proved"       // the sign-in has not proved all that the account has
)

// Refused is the refusal of a ceremony.
type Refused struct {
	Reason Reason
	Cause  error // private: the check that failed; may be nil
}

// Error implements error.
func (r *Refused) Error() string {
	if r.Cause != nil {
		return "passkey: " + string(r.Reason) + ": " + r.Cause.Error()
	}
	return "passkey: " + string(r.Reason)
}

// Unwrap gives the private cause.
func (r *Refused) Unwrap() error { return r.Cause }

// RefusalCode implements guard.Refusal.
func (r *Refused) RefusalCode() string { return string(r.Reason) }

func refuse(why Reason, format string, args ...any) *Refused {
	return &Refused{why, fmt.Errorf(format, args...)}
}

// Kind names the factor in facts.
func (room *Room) Kind() factor.Kind { return factor.Passkey }

// Path is the page that asks for the key.
func (room *Room) Path() string { return PathSignIn }

// EnrolPath is the page that registers a key in the middle of a sign-in.
func (room *Room) EnrolPath() string { return PathEnrol }

// First says that a passkey can begin a sign-in: it tells who is there.
func (room *Room) First() bool { return true }

// Enrolled reports whether the account has a key that is accepted.
func (room *Room) Enrolled(r *store.Reader, tenant id.Tenant, who account.ID) (bool, error) {
	keys, err := room.list(r, tenant, who)
	return slices.ContainsFunc(keys, func(k held) bool { return k.ClonedAt.IsZero() }), err
}

// Promise is the marks of the strongest proof that the account's keys give.
func (room *Room) Promise(r *store.Reader, tenant id.Tenant, who account.ID) (best []factor.Mark, err error) {
	keys, err := room.list(r, tenant, who)
	level := factor.Level(0)
	for _, k := range keys {
		marks := k.marks(k.UVInitialized)
		if l := factor.Assess([]factor.Fact{factor.Proved(factor.Passkey, r.Now(), marks...)}).Level; k.ClonedAt.IsZero() && l > level {
			level, best = l, marks
		}
	}
	return best, err
}

// list is an account's keys, oldest first.
func (room *Room) list(r *store.Reader, tenant id.Tenant, who account.ID) ([]held, error) {
	rows, err := credential.List(r, room.root, tenant, who, kind)
	if err != nil {
		return nil, err
	}
	out := make([]held, len(rows))
	for i, row := range rows {
		out[i].row = row
		if out[i].record, err = parseRecord(row); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(out, func(a, b held) int {
		return cmp.Or(a.row.CreatedAt.Compare(b.row.CreatedAt), cmp.Compare(a.row.ID, b.row.ID))
	})
	return out, nil
}

// get is one of an account's keys, or store.ErrNotFound.
func (room *Room) get(r *store.Reader, tenant id.Tenant, who account.ID, which credential.ID) (h held, err error) {
	if h.row, err = credential.Get(r, room.root, tenant, who, kind, which); err != nil {
		return h, err
	}
	h.record, err = parseRecord(h.row)
	return h, err
}

// put writes a key's record: anew, or in the place of the version that was read.
func (room *Room) put(tx *store.Tx, tenant id.Tenant, h held) error {
	var err error
	if h.row.Data, err = json.Marshal(h.record); err != nil {
		return err
	}
	return credential.Put(tx, tenant, h.row, credential.Seal(room.root, tenant, h.row))
}

// handle is the user handle of an account (WebAuthn L3 §14.6.1: nothing about the person can be
// read from it, and nobody else can compute it).
func (room *Room) handle(tenant id.Tenant, who account.ID) []byte {
	return room.root.MAC("passkey/handle", string(tenant)+"/"+string(who))
}

// rules are the tenant's, with the related origins of the installation.
func (room *Room) rules(ctx context.Context, of id.Tenant) (Rules, error) {
	s, err := Settings.Now(ctx, room.settings, of)
	if err != nil || of == id.Default {
		return s, err
	}
	all, err := Settings.Now(ctx, room.settings, id.Default)
	s.RelatedOrigins = all.RelatedOrigins
	return s, err
}

// expect is what a ceremony of the tenant must look like.
func (room *Room) expect(s Rules) expected {
	return expected{rpID: room.rpID, origins: append([]string{room.origin}, s.RelatedOrigins...), requireUV: s.RequireUV}
}
