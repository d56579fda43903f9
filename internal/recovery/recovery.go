package recovery

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/credential"
	"github.com/cardea-iam/cardea/internal/factor"
	"github.com/cardea-iam/cardea/internal/factor/mailbox"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/interaction"
	"github.com/cardea-iam/cardea/internal/notify"
	"github.com/cardea-iam/cardea/internal/secret"
	"github.com/cardea-iam/cardea/internal/setting"
	"github.com/cardea-iam/cardea/internal/store"
)

// The purposes of the room's codes.
const (
	Primary   mailbox.Purpose = "recovery"        // the first code
	Secondary mailbox.Purpose = "recovery_second" // one to another address
)

// PathCode takes a code, below the tenant's root; the letter's link leads there.
const PathCode = "/recover/code"

// Rules are how people recover accounts.
type Rules struct {
	SecondAddress bool `json:"second_address"` // a code to a second verified address is a second way
	LinkHours     int  `json:"link_hours"`     // how long a link of an administrator works
}

// Settings is the setting "recovery".
var Settings = setting.Declare("recovery", "How people get back into accounts: whether a second address counts beside the first, and how many hours an administrator's link works.",
	Rules{SecondAddress: true, LinkHours: 24}, func(r Rules) error {
		// NIST SP 800-63B-4 §4.2.1.2: a code by mail works for 24 hours at most
		if r.LinkHours < 1 || r.LinkHours > 24 {
			return guard.Invalid("link_hours", "Give 1 to 24 hours (NIST SP 800-63B-4 §4.2.1.2).")
		}
		return nil
	})

// Letters tell people things; room notify.
type Letters interface {
	Tell(tx *store.Tx, tenant id.Tenant, l notify.Letter) (sent bool, err error)
	Warn(tx *store.Tx, tenant id.Tenant, who account.ID, k notify.Kind, v notify.Values, also ...string) error
	Link(tenant id.Tenant, path string, params url.Values) (string, error)
}

// Effect ends or forgets in one room what an account has there.
type Effect func(tx *store.Tx, tenant id.Tenant, who account.ID) error

// Options are what the room is made of. All are required.
type Options struct {
	Guard   *guard.Guard
	Root    *secret.Root
	Mailbox *mailbox.Room
	Letters Letters
	// Choose judges and hashes a new password; room factor/password.
	Choose func(ctx context.Context, tenant id.Tenant, raw string, about account.Account) (keep func(*store.Tx, account.ID) error, err error)
	// Reach is the highest level that the account's factors prove together; room signin.
	Reach func(r *store.Reader, tenant id.Tenant, who account.ID) (factor.Level, error)
	// Forget makes all browsers strangers in which the person signed in, and drops codes and approvals
	// that were given for a sign-in; several rooms.
	Forget []Effect
}

// Room recovers accounts. It is safe for concurrent use.
type Room struct{ Options }

// New returns the room and answers for its codes.
func New(o Options) *Room {
	room := &Room{o}
	o.Mailbox.Serve(Primary, room.toPrimary)
	o.Mailbox.Serve(Secondary, room.toSecond)
	return room
}

// Refused is the refusal of a step.
type Refused struct{ Code string }

// Error implements error.
func (r *Refused) Error() string { return "recovery: " + r.Code }

// RefusalCode implements guard.Refusal.
func (r *Refused) RefusalCode() string { return r.Code }

// The refusals.
var (
	ErrGone       = &Refused{"interaction_gone"} // over, or another browser's
	ErrIncomplete = &Refused{"incomplete"}       // something is to be proved before: begin again
	ErrLink       = &Refused{"link"}             // a link that is unknown, used or too old
)

// Place is a recovery under way: an interaction of the browser with this binding.
type Place struct {
	Interaction interaction.ID
	Browser     []byte
}

func (p Place) key(purpose mailbox.Purpose) mailbox.Key {
	return mailbox.Key{Purpose: purpose, Bound: string(p.Interaction), Browser: p.Browser}
}

// request is what a recovery remembers of where it began.
type request struct {
	Back interaction.ID `json:"back,omitempty"` // the sign-in to go on with
}

// Back is the sign-in in which the recovery began, "" for none.
func Back(i interaction.Interaction) interaction.ID {
	var r request
	if json.Unmarshal(i.Request, &r) != nil {
		return ""
	}
	return r.Back
}

// New is a recovery that is ready to begin. about says where its pages go on; back is the sign-in in
// which the person was.
func NewInteraction(about interaction.About, back interaction.ID, now time.Time) (interaction.Interaction, error) {
	return interaction.New(interaction.Recover, about, request{back}, now)
}

// Begin starts a recovery of whoever the identifier names, if it names somebody. Nothing is looked up.
func (room *Room) Begin(ctx context.Context, c caller.Caller, tenant id.Tenant, i interaction.Interaction, browser []byte, identifier, locale string) error {
	return room.Guard.Do(ctx, c, Start.On(tenant, i.ID, nil), func(tx *store.Tx) error {
		return room.begin(tx, tenant, i, browser, identifier, locale)
	})
}

func (room *Room) begin(tx *store.Tx, tenant id.Tenant, i interaction.Interaction, browser []byte, identifier, locale string) error {
	if err := interaction.Insert(tx, tenant, i, browser); err != nil {
		return err
	}
	if err := interaction.SetIdentifier(tx, tenant, i.ID, identifier); err != nil {
		return err
	}
	at := Place{i.ID, browser}
	return room.Mailbox.Begin(tx, tenant, mailbox.Ask{Key: at.key(Primary), Address: identifier, Locale: locale})
}

// Again asks for one more code. Refusals: ErrGone, ErrIncomplete (the code came back before).
func (room *Room) Again(ctx context.Context, c caller.Caller, tenant id.Tenant, at Place, locale string) error {
	return room.Guard.Do(ctx, c, Start.On(tenant, at.Interaction, nil), func(tx *store.Tx) error {
		i, err := get(tx.Read(), tenant, at)
		if err != nil {
			return err
		}
		row, err := room.Mailbox.Asked(tx.Read(), tenant, at.key(Primary))
		if errors.Is(err, mailbox.ErrGone) || err == nil && !row.ProvedAt.IsZero() {
			return ErrIncomplete
		}
		if err != nil {
			return err
		}
		return room.Mailbox.Begin(tx, tenant, mailbox.Ask{Key: at.key(Primary), Address: i.Identifier, Locale: locale})
	})
}

func get(r *store.Reader, tenant id.Tenant, at Place) (interaction.Interaction, error) {
	i, err := interaction.Get(r, tenant, at.Interaction, at.Browser)
	if errors.Is(err, store.ErrNotFound) || err == nil && i.Kind != interaction.Recover {
		return i, ErrGone
	}
	return i, err
}

// toPrimary says where the first code goes: to the address that was typed, or to the primary one of
// whoever has the username, as long as that is verified and the account may act.
func (room *Room) toPrimary(tx *store.Tx, tenant id.Tenant, row mailbox.Row) (mailbox.Target, error) {
	who, err := account.Lookup(tx.Read(), tenant, row.Address)
	if errors.Is(err, store.ErrNotFound) {
		return mailbox.Target{}, nil
	}
	if err != nil {
		return mailbox.Target{}, err
	}
	a, err := active(tx.Read(), tenant, who)
	if err != nil || a.ID == "" {
		return mailbox.Target{}, err
	}
	verified := a.Verified()
	if len(verified) == 0 {
		return mailbox.Target{}, nil
	}
	to := verified[0]
	if typed, err := account.ParseEmail(row.Address); err == nil {
		for _, e := range verified {
			if e.Key() == typed.Key() {
				to = e
			}
		}
	}
	return room.letter(tenant, row, who, to), nil
}

// active reads an account that may act; the zero Account for one that may not.
func active(r *store.Reader, tenant id.Tenant, who account.ID) (account.Account, error) {
	_, err := account.Active(r, tenant, who)
	if errors.Is(err, store.ErrNotFound) {
		return account.Account{}, nil
	}
	if err != nil {
		return account.Account{}, err
	}
	return account.Get(r, tenant, who)
}

func (room *Room) letter(tenant id.Tenant, row mailbox.Row, who account.ID, to account.EmailAddress) mailbox.Target {
	return mailbox.Target{Account: who, To: to, Kind: notify.RecoveryCode, Proof: mailbox.Code, Values: func(said mailbox.Said) (notify.Values, error) {
		link, err := room.Letters.Link(tenant, PathCode, url.Values{"i": {row.Bound}, "code": {said.Code}})
		return notify.Values{"code": said.Code, "link": link, "minutes": mailbox.Minutes}, err
	}}
}

// Prove takes a code: the first, or where that came back the second address's. Refusals: those of
// mailbox.Prove; ErrGone.
func (room *Room) Prove(ctx context.Context, c caller.Caller, tenant id.Tenant, at Place, code string) error {
	s, err := room.State(ctx, tenant, at)
	if err != nil {
		return err
	}
	if s.Step == StepSecond && s.SecondAsked {
		return room.Mailbox.Prove(ctx, c, tenant, Second.On(tenant, at.Interaction, nil), at.key(Secondary), code, func(tx *store.Tx, row mailbox.Row) error {
			if row.Account == "" || row.Account != s.account {
				return ErrIncomplete
			}
			_, err := get(tx.Read(), tenant, at)
			return err
		})
	}
	return room.Mailbox.Prove(ctx, c, tenant, Mail.On(tenant, at.Interaction, nil), at.key(Primary), code, func(tx *store.Tx, row mailbox.Row) error {
		if _, err := get(tx.Read(), tenant, at); err != nil {
			return err
		}
		if a, err := active(tx.Read(), tenant, row.Account); err != nil || a.ID == "" {
			return errors.Join(err, mailbox.ErrWrong)
		}
		// Whoever asked for the code may be why the password was changed meanwhile (security row AU04).
		set, err := credential.SetAt(tx.Read(), tenant, row.Account, credential.Kind(factor.Password), credential.Only)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		if err == nil && set.After(row.SentAt) {
			return mailbox.ErrWrong
		}
		return mailbox.Witness(tx, tenant, row, at.Interaction, row.Account)
	})
}

var _ guard.Refusal = (*Refused)(nil)
