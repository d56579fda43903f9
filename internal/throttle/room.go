package throttle

import (
	"context"
	"embed"
	"net/netip"
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/factor"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/secret"
	"github.com/cardea-iam/cardea/internal/store"
)

//go:embed migrations
var files embed.FS

// Migrations are the room's tables.
var Migrations = store.Migrations{Room: "throttle", Files: files}

// AttemptDetail is what the log keeps of an attempt.
type AttemptDetail struct {
	Factor factor.Kind `json:"factor"`
}

// Offer is the verb of an attempt at a code.
var Offer = guard.Declare[account.ID, AttemptDetail]("code.attempt", guard.Public, "Offer a code: counted before it is looked at", guard.Claimed)

// Warn tells a person that failures attempts in a row failed at a factor of theirs, in the
// transaction that counts the last of them. For nobody ("") it is to do the same work.
type Warn func(tx *store.Tx, tenant id.Tenant, who account.ID, kind factor.Kind, failures int) error

// Room limits the attempts at codes. It is safe for concurrent use.
type Room struct {
	guard *guard.Guard
	root  *secret.Root
	rules Rules
	warn  Warn
}

// New checks the rules; the zero Rules take Default. An error is meant to stop the start.
func New(g *guard.Guard, root *secret.Root, rules Rules, warn Warn) (*Room, error) {
	if rules == (Rules{}) {
		rules = Default()
	}
	return &Room{g, root, rules, warn}, rules.Check()
}

// Try is one try at one authenticator.
type Try struct {
	Account    account.ID // whose authenticator it is; "" if nobody has the name
	Name       string     // what was typed, if anything; it stands for the account where Account is ""
	Kind       factor.Kind
	Credential string     // which of the account's authenticators of the kind; "" where it has one
	First      bool       // nothing was proved before: strangers cannot use up the tries of a second factor
	Source     netip.Addr // of the client
}

// Refused is the refusal of a try.
type Refused struct {
	Wait    time.Duration // how long nothing will be looked at
	Stopped bool          // the authenticator has stopped until it is bound anew; never with Try.First
}

// Error implements error.
func (r *Refused) Error() string { return "throttle: " + r.RefusalCode() }

// RefusalCode implements guard.Refusal.
func (r *Refused) RefusalCode() string {
	if r.Stopped {
		return "stopped"
	}
	return "throttled"
}

var _ guard.Refusal = (*Refused)(nil)

// Count passes the lanes and counts the try, in a transaction of its own, so that no failure later
// on takes it back. Refusals: *Refused.
func (room *Room) Count(ctx context.Context, c caller.Caller, tenant id.Tenant, t Try) error {
	return room.guard.Do(ctx, c, Offer.On(tenant, t.Account.OrNobody(), &AttemptDetail{t.Kind}), func(tx *store.Tx) error {
		return room.Try(tx, tenant, t)
	})
}

// Try is Count inside of a guarded operation. It must commit before the code is looked at.
func (room *Room) Try(tx *store.Tx, tenant id.Tenant, t Try) error {
	a := room.attempt(tenant, t)
	lanes := room.lanes(t, a)
	tats := make([]time.Time, len(lanes))
	for i, lane := range lanes {
		var err error
		if tats[i], err = laneTAT(tx.Read(), tenant, room.lane(lane)); err != nil {
			return err
		}
	}
	rec, err := recordOf(tx.Read(), tenant, room.authenticator(t, a))
	if err != nil {
		return err
	}
	d := room.rules.Decide(a, lanes, tats, rec, tx.Now())
	switch d.Verdict {
	case Wait:
		return &Refused{Wait: d.RetryAfter}
	case Stopped:
		return &Refused{Wait: room.rules.MaxDelay, Stopped: !t.First}
	case Allowed:
	}
	for i, lane := range lanes {
		if err := setLaneTAT(tx, tenant, room.lane(lane), d.TATs[i]); err != nil {
			return err
		}
	}
	return nil
}

// Failed counts a wrong code. It belongs into Tx.OnRefusal: it is to be written although, and
// because, the code is refused. The person is told at the tenth failure in a row and at the last.
func (room *Room) Failed(tx *store.Tx, tenant id.Tenant, t Try) error {
	a := room.attempt(tenant, t)
	key := room.authenticator(t, a)
	rec, err := recordOf(tx.Read(), tenant, key)
	if err != nil {
		return err
	}
	rec, notice := room.rules.Failed(a, rec, tx.Now())
	if err := setRecord(tx, tenant, key, rec, rec.Total >= room.rules.HardStop); err != nil {
		return err
	}
	if notice == Silent || room.warn == nil {
		return nil
	}
	return room.warn(tx, tenant, t.Account, t.Kind, rec.Total)
}

// Succeeded forgets the failures of the authenticator that was used and of no other, gives the
// lanes back what this one try took, and returns how many failures there were (for factor.Failures).
func (room *Room) Succeeded(tx *store.Tx, tenant id.Tenant, t Try) (failures int, err error) {
	a := room.attempt(tenant, t)
	key := room.authenticator(t, a)
	rec, err := recordOf(tx.Read(), tenant, key)
	if err != nil {
		return 0, err
	}
	for _, lane := range room.lanes(t, a) {
		if err := refundLane(tx, tenant, room.lane(lane), lane.Limit.Emission); err != nil {
			return 0, err
		}
	}
	return rec.Total, dropRecord(tx, tenant, key)
}

// Reset forgets the failures of an authenticator that is bound anew or removed: a stopped one
// goes on (NIST SP 800-63B-4 §3.2.2). The lanes stay as they are.
func (room *Room) Reset(tx *store.Tx, tenant id.Tenant, who account.ID, kind factor.Kind, credential string) error {
	t := Try{Account: who, Kind: kind, Credential: credential}
	return dropRecord(tx, tenant, room.authenticator(t, room.attempt(tenant, t)))
}

// Forget removes what is counted about an account that is erased.
func (room *Room) Forget(tx *store.Tx, tenant id.Tenant, who account.ID) error {
	for _, kind := range factor.Kinds() {
		if err := room.Reset(tx, tenant, who, kind, ""); err != nil {
			return err
		}
	}
	return nil
}

// attempt works a name out for accounts, too: it costs as much as a statement (security row AU19).
func (room *Room) attempt(tenant id.Tenant, t Try) Attempt {
	a := Attempt{Subject: Unknown(room.root.Key("throttle/names/"+string(tenant)), t.Name), Source: t.Source}
	if t.Account != "" {
		a.Subject = Account(string(t.Account))
	}
	return a
}

func (room *Room) lanes(t Try, a Attempt) []Lane {
	if t.First {
		return room.rules.Lanes(a)
	}
	return room.rules.SecondFactorLanes(a)
}

func (room *Room) lane(l Lane) []byte { return room.root.MAC("throttle/lane", l.Key) }

func (room *Room) authenticator(t Try, a Attempt) []byte {
	return room.root.MAC("throttle/authenticator", string(t.Kind)+"|"+t.Credential+"|"+a.Subject.Key())
}
