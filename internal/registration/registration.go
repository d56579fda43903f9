package registration

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"net/url"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/factor/mailbox"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/interaction"
	"github.com/cardea-iam/cardea/internal/notify"
	"github.com/cardea-iam/cardea/internal/secret"
	"github.com/cardea-iam/cardea/internal/store"
)

//go:embed migrations
var files embed.FS

// Migrations are the room's tables.
var Migrations = store.Migrations{Room: "registration", Files: files}

// Purpose is that of the codes which the room asks for.
const Purpose mailbox.Purpose = "registration"

// Place is a sign-in under way: an interaction of the browser with this binding.
type Place struct {
	Interaction interaction.ID
	Browser     []byte
}

func (p Place) key() mailbox.Key {
	return mailbox.Key{Purpose: Purpose, Bound: string(p.Interaction), Browser: p.Browser}
}

// Chosen is a first password that was judged and hashed. keep stores it in the transaction that makes
// the account, and adds the proof of it to the interaction.
type Chosen func(tx *store.Tx, who account.ID, at Place) error

// Options are what the room is made of. All are required.
type Options struct {
	Guard   *guard.Guard
	Root    *secret.Root
	Mailbox *mailbox.Room
	Letters Letters
	// Choose judges and hashes a first password; room factor/password.
	Choose func(ctx context.Context, tenant id.Tenant, raw string, about account.Account) (Chosen, error)
}

// Letters tell people things; room notify.
type Letters interface {
	Tell(tx *store.Tx, tenant id.Tenant, l notify.Letter) (sent bool, err error)
	Link(tenant id.Tenant, path string, params url.Values) (string, error)
}

// Room makes accounts. It is safe for concurrent use.
type Room struct{ Options }

// New returns the room and answers for its codes.
func New(o Options) *Room {
	room := &Room{o}
	o.Mailbox.Serve(Purpose, room.resolve)
	return room
}

// The refusals.
var (
	ErrClosed = &Refused{"registration_closed"} // nobody may register, or not with this address
	ErrDomain = &Refused{"domain"}              // addresses of this domain may not
	ErrTerms  = &Refused{"terms"}               // the terms were not accepted
	ErrGone   = &Refused{"interaction_gone"}    // the sign-in is over, or another browser's
	ErrTaken  = &Refused{"address_taken"}       // somebody verified the address meanwhile
	ErrLink   = &Refused{"link"}                // the invitation is unknown, used, taken back or too old
)

// Refused is the refusal of a step.
type Refused struct{ Code string }

// Error implements error.
func (r *Refused) Error() string { return "registration: " + r.Code }

// RefusalCode implements guard.Refusal.
func (r *Refused) RefusalCode() string { return r.Code }

// Rules reads the tenant's rules.
func (room *Room) Rules(ctx context.Context, tenant id.Tenant) (rules Rules, err error) {
	err = room.Guard.Store().Read(ctx, tenant, func(r *store.Reader) error {
		rules, err = Settings.Get(r, tenant)
		return err
	})
	return rules, err
}

// note is what is remembered of the first page until the account is made.
type note struct {
	Terms string `json:"terms"` // the version that was accepted
}

// Ask is what the first page says.
type Ask struct {
	Address account.EmailAddress
	Terms   string // the version that the person accepted; "" for none
	Locale  string
}

// Begin asks for an account with an address. It does not look at whether somebody has the address.
// Refusals: ErrClosed, ErrDomain, ErrTerms, ErrGone.
func (room *Room) Begin(ctx context.Context, c caller.Caller, tenant id.Tenant, at Place, a Ask) error {
	return room.Guard.Do(ctx, c, Start.On(tenant, at.Interaction, nil), func(tx *store.Tx) error {
		rules, err := Settings.Get(tx.Read(), tenant)
		if err != nil {
			return err
		}
		if err := rules.admit(a.Address, a.Terms); err != nil {
			return err
		}
		if err := signingIn(tx.Read(), tenant, at); err != nil {
			return err
		}
		text, err := json.Marshal(note{a.Terms})
		if err != nil {
			return err
		}
		return room.Mailbox.Begin(tx, tenant, mailbox.Ask{Key: at.key(), Address: string(a.Address), Note: text, Locale: a.Locale})
	})
}

func (r Rules) admit(e account.EmailAddress, terms string) error {
	switch {
	case !r.Open:
		return ErrClosed
	case !r.Takes(e):
		return ErrDomain
	case terms != r.TermsVersion:
		return ErrTerms
	}
	return nil
}

// signingIn refuses what is no sign-in of the browser that is under way, and one about somebody.
func signingIn(r *store.Reader, tenant id.Tenant, at Place) error {
	i, err := interaction.Get(r, tenant, at.Interaction, at.Browser)
	if errors.Is(err, store.ErrNotFound) || err == nil && (!i.Kind.SignsIn() || i.About.Account != "") {
		return ErrGone
	}
	return err
}

// Again asks for one more code, with what was said before. Refusals: ErrClosed, ErrDomain, ErrTerms,
// ErrGone (also where the code came back).
func (room *Room) Again(ctx context.Context, c caller.Caller, tenant id.Tenant, at Place, locale string) error {
	return room.Guard.Do(ctx, c, Start.On(tenant, at.Interaction, nil), func(tx *store.Tx) error {
		row, err := room.Mailbox.Asked(tx.Read(), tenant, at.key())
		if errors.Is(err, mailbox.ErrGone) || err == nil && !row.ProvedAt.IsZero() {
			return ErrGone
		}
		if err != nil {
			return err
		}
		if err := room.still(tx.Read(), tenant, row); err != nil {
			return err
		}
		return room.Mailbox.Begin(tx, tenant, mailbox.Ask{Key: at.key(), Address: row.Address, Note: row.Note, Locale: locale})
	})
}

// resolve says where the letter goes: the code to an address that nobody has verified, word to one
// that somebody has.
func (room *Room) resolve(tx *store.Tx, tenant id.Tenant, row mailbox.Row) (mailbox.Target, error) {
	to, err := account.ParseEmail(row.Address)
	if err != nil {
		return mailbox.Target{}, nil //nolint:nilerr // an address that rules have changed for since
	}
	who, err := account.Lookup(tx.Read(), tenant, row.Address)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return mailbox.Target{To: to, Kind: notify.VerifyCode, Proof: mailbox.Code, Values: func(said mailbox.Said) (notify.Values, error) {
			return notify.Values{"code": said.Code, "minutes": mailbox.Minutes}, nil
		}}, nil
	case err != nil:
		return mailbox.Target{}, err
	}
	return mailbox.Target{Account: who, To: to, Kind: notify.AccountExists, Values: func(mailbox.Said) (notify.Values, error) {
		link, err := room.Letters.Link(tenant, "/account", nil)
		return notify.Values{"link": link}, err
	}}, nil
}

// Confirm takes the code. Refusals: ErrClosed, those of mailbox.Prove.
func (room *Room) Confirm(ctx context.Context, c caller.Caller, tenant id.Tenant, at Place, code string) error {
	return room.Mailbox.Prove(ctx, c, tenant, Confirm.On(tenant, at.Interaction, nil), at.key(), code, func(tx *store.Tx, row mailbox.Row) error {
		return room.still(tx.Read(), tenant, row)
	})
}

// still looks again whether the rules let the address in.
func (room *Room) still(r *store.Reader, tenant id.Tenant, row mailbox.Row) error {
	rules, err := Settings.Get(r, tenant)
	if err != nil {
		return err
	}
	var n note
	if err := json.Unmarshal(row.Note, &n); err != nil {
		return err
	}
	return rules.admit(account.EmailAddress(row.Address), n.Terms)
}

// Asked returns the address that a code was asked for, and whether it came back. Refusal: ErrGone.
func (room *Room) Asked(ctx context.Context, tenant id.Tenant, at Place) (e account.EmailAddress, proved bool, err error) {
	err = room.Guard.Store().Read(ctx, tenant, func(r *store.Reader) error {
		row, err := room.Mailbox.Asked(r, tenant, at.key())
		e, proved = account.EmailAddress(row.Address), !row.ProvedAt.IsZero()
		return err
	})
	if errors.Is(err, mailbox.ErrGone) {
		err = ErrGone
	}
	return e, proved, err
}

// Wish is what the last page says.
type Wish struct {
	Password string
	Claims   account.Claims
}

// Finish makes the account and adds what was proved to the interaction; the dispatcher goes on from
// there. Refusals: ErrGone, ErrClosed, ErrDomain, ErrTerms, ErrTaken, invalid (a claim), and those of
// the password.
func (room *Room) Finish(ctx context.Context, c caller.Caller, tenant id.Tenant, at Place, w Wish) (account.ID, error) {
	address, proved, err := room.Asked(ctx, tenant, at)
	if err != nil || !proved {
		return "", errors.Join(err, goneUnless(proved))
	}
	if err := w.Claims.Check(); err != nil {
		return "", err
	}
	keep, err := room.Choose(ctx, tenant, w.Password, account.Account{Claims: w.Claims, Emails: []account.Email{{Address: address, Primary: true}}})
	if err != nil {
		return "", err
	}
	return room.make(ctx, tenant, address, w.Claims, func(who account.ID, insert func(*store.Tx) error) error {
		detail := &Detail{Interaction: string(at.Interaction)}
		return room.Guard.Do(ctx, c, Join.On(tenant, who, detail), func(tx *store.Tx) error {
			row, err := room.Mailbox.Proved(tx.Read(), tenant, at.key())
			if errors.Is(err, mailbox.ErrGone) || err == nil && row.Address != string(address) {
				return ErrGone
			}
			if err != nil {
				return err
			}
			if err := room.still(tx.Read(), tenant, row); err != nil {
				return err
			}
			if err := signingIn(tx.Read(), tenant, at); err != nil {
				return err
			}
			var n note
			if err := json.Unmarshal(row.Note, &n); err != nil {
				return err
			}
			if err := insert(tx); err != nil {
				return err
			}
			if detail.Terms = n.Terms; n.Terms != "" {
				if err := accept(tx, tenant, who, n.Terms); err != nil {
					return err
				}
			}
			if err := keep(tx, who, at); err != nil {
				return err
			}
			if err := mailbox.Witness(tx, tenant, row, at.Interaction, who); err != nil {
				return err
			}
			return mailbox.End(tx, tenant, row.Key)
		})
	})
}

func goneUnless(proved bool) error {
	if proved {
		return nil
	}
	return ErrGone
}

// usernames is how many made-up usernames are tried: each is taken once in a million.
const usernames = 5

// make inserts an account with a verified address under a username that is made up, within do.
func (room *Room) make(ctx context.Context, tenant id.Tenant, e account.EmailAddress, claims account.Claims, do func(who account.ID, insert func(*store.Tx) error) error) (account.ID, error) {
	var err error
	for range usernames {
		who := account.NewID(room.Guard.Store().Now())
		name := account.UsernameFor(e)
		if err = do(who, func(tx *store.Tx) error {
			_, err := account.Insert(tx, tenant, who, account.New{Username: string(name), Claims: claims, Email: string(e), EmailVerified: true})
			return err
		}); err == nil {
			return who, nil
		}
		if !account.IsNameUsed(err) {
			break
		}
	}
	if errors.Is(err, account.ErrEmailUsed) {
		return "", ErrTaken
	}
	return "", err
}

var _ guard.Refusal = (*Refused)(nil)
