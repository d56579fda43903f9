package mailbox

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/client"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/notify"
	"github.com/cardea-iam/cardea/internal/outbox"
	"github.com/cardea-iam/cardea/internal/secret"
	"github.com/cardea-iam/cardea/internal/store"
)

//go:embed migrations
var files embed.FS

// Migrations are the room's tables.
var Migrations = store.Migrations{Room: "mailbox", Files: files}

const (
	// CodeLife is how long a code works.
	CodeLife = 10 * time.Minute
	// Life is how long there is to go on with what was asked for, with the proof.
	Life = 30 * time.Minute
	// Tries is how many codes may be typed for each that was sent.
	Tries = 5
)

// Purpose is what a code is for. A code of one purpose is worth nothing for another.
type Purpose string

// Key names one question: at most one is open for a thing under way.
type Key struct {
	Purpose Purpose
	Bound   string // what it is about: the id of an interaction or of an account
	Browser []byte // digest of the binding cookie of the browser that asks
}

// Ask is the wish for a code.
type Ask struct {
	Key
	Address string          // where it is to go, or a name of whoever reads there; anything that was typed
	Account account.ID      // whose it will be where that is known before; else ""
	Note    json.RawMessage // of whoever asks, given back with the proof; nil for none
	Locale  string          // of the letter: BCP 47 tags in order of preference, separated by spaces
}

// Row is what is known of a question.
type Row struct {
	Ask
	SentTo    account.EmailAddress // where the code went
	SentAt    time.Time            // when it was last sent; zero for never
	ProvedAt  time.Time            // zero until the code came back
	ExpiresAt time.Time

	code      []byte
	codeUntil time.Time
	tries     int
}

// Proof is what a letter carries that proves the mailbox.
type Proof int

// The proofs.
const (
	None   Proof = iota // nothing: the letter tells something
	Code                // eight digits
	Linked              // a link of kind secret.SignInLink, and eight letters that follow from it
)

// Said is the proof as a letter says it.
type Said struct {
	Code string        // "" with None
	Link secret.Secret // empty unless Linked
}

// Target is where a letter goes, as a Resolver says. The zero Target is nowhere.
type Target struct {
	Account account.ID // whose address it is, "" for nobody's
	To      account.EmailAddress
	Kind    notify.Kind
	Client  client.ID // the application in which it arose, "" for none
	Proof   Proof
	// Values are what the letter says.
	Values func(Said) (notify.Values, error)
}

// Resolver finds out, behind the answer to whoever asked, where the letter of a question goes.
type Resolver func(tx *store.Tx, tenant id.Tenant, row Row) (Target, error)

// Minutes is the life of a code as letters say it.
var Minutes = strconv.Itoa(int(CodeLife / time.Minute))

// ID names a question in the log: what it is bound to.
type ID string

// SendDetail is what the log keeps of a letter.
type SendDetail struct {
	Purpose Purpose    `json:"purpose"`
	Account account.ID `json:"account,omitempty"`
	Letter  string     `json:"letter,omitempty"` // its kind; "" where nobody is told
	Held    bool       `json:"held,omitempty"`   // the address has had enough letters
}

// Send is the verb of the carrier.
var Send = guard.Declare[ID, SendDetail]("mailbox.send", guard.System, "Send a code to an address that somebody gave")

// Refused is the refusal of a code.
type Refused struct{ Code string }

// Error implements error.
func (r *Refused) Error() string { return "mailbox: " + r.Code }

// RefusalCode implements guard.Refusal.
func (r *Refused) RefusalCode() string { return r.Code }

// The refusals.
var (
	ErrWrong = &Refused{"wrong_code"} // not the code, or too old, or tried too often
	ErrGone  = &Refused{"code_gone"}  // nothing was asked for in this browser, or it is over
)

// Letters puts messages into the outbox; room notify.
type Letters interface {
	Tell(tx *store.Tx, tenant id.Tenant, l notify.Letter) (sent bool, err error)
	Pretend(tx *store.Tx, tenant id.Tenant, l notify.Letter) error
}

// Room sends codes and takes them back. It is safe for concurrent use once all purposes are served.
type Room struct {
	guard     *guard.Guard
	root      *secret.Root
	letters   Letters
	resolvers map[Purpose]Resolver
}

// New returns the room.
func New(g *guard.Guard, root *secret.Root, letters Letters) *Room {
	return &Room{g, root, letters, map[Purpose]Resolver{}}
}

// Serve says who answers for a purpose. It is called while the program is wired; a purpose that is
// taken stops the program.
func (room *Room) Serve(p Purpose, r Resolver) {
	if room.resolvers[p] != nil {
		panic("mailbox: the purpose " + string(p) + " is served twice")
	}
	room.resolvers[p] = r
}

// Carrier is the kind of the effects whose carrier is Carry.
const Carrier outbox.Kind = "mailbox"

type effect struct {
	Purpose Purpose `json:"purpose"`
	Bound   string  `json:"bound"`
}

// Begin asks for a code inside of a guarded operation; it leaves after the commit. Asking again for
// the same keeps a code that is on its way until the next one is sent; another address or account
// makes it worthless.
func (room *Room) Begin(tx *store.Tx, tenant id.Tenant, a Ask) error {
	if room.resolvers[a.Purpose] == nil {
		return fmt.Errorf("mailbox: nobody serves the purpose %q", a.Purpose)
	}
	if err := begin(tx, tenant, a); err != nil {
		return err
	}
	return outbox.Put(tx, tenant, Carrier, effect{a.Purpose, a.Bound})
}

// Carry sends the letter that a question asks for: the carrier of the outbox. A question that is
// over, or proved, needs none. For nobody it does the work of a letter, so that whoever asks
// something else meanwhile does not wait less for a name that nobody has.
func (room *Room) Carry(ctx context.Context, e outbox.Effect) error {
	var q effect
	if err := json.Unmarshal(e.Payload, &q); err != nil {
		return outbox.Permanent(fmt.Errorf("read a question of the outbox: %w", err))
	}
	resolve := room.resolvers[q.Purpose]
	if resolve == nil {
		return outbox.Permanent(fmt.Errorf("mailbox: nobody serves the purpose %q", q.Purpose))
	}
	detail := &SendDetail{Purpose: q.Purpose}
	return room.guard.Do(ctx, caller.Job("mailbox"), Send.On(e.Tenant, ID(q.Bound), detail), func(tx *store.Tx) error {
		*detail = SendDetail{Purpose: q.Purpose}
		row, err := get(tx.Read(), e.Tenant, q.Purpose, q.Bound)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		if err != nil || !row.ProvedAt.IsZero() {
			return err
		}
		to, err := resolve(tx, e.Tenant, row)
		if err != nil {
			return err
		}
		if to.To == "" {
			return room.pretend(tx, e.Tenant, row)
		}
		detail.Account, detail.Letter = to.Account, string(to.Kind)
		detail.Held, err = room.send(tx, e.Tenant, row, to)
		return err
	})
}

// send writes the letter and, with it, what proves the mailbox. held says that the address has had
// enough.
func (room *Room) send(tx *store.Tx, tenant id.Tenant, row Row, to Target) (held bool, err error) {
	said := room.mint(to.Proof)
	values, err := to.Values(said)
	if err != nil {
		return false, err
	}
	sent, err := room.letters.Tell(tx, tenant, notify.Letter{Kind: to.Kind, To: string(to.To), Account: to.Account, Locale: row.Locale, Client: to.Client, Values: values})
	if err != nil || !sent {
		return !sent, err
	}
	if to.Proof == None {
		return false, setCode(tx, tenant, row.Key, row.Account, nobody(), unknowable(), unknowable())
	}
	link := unknowable()
	if to.Proof == Linked {
		link = room.root.Digest(secret.SignInLink, said.Link)
	}
	// NIST SP 800-63B-4 §3.1.3.2: a code is compared by its digest and lives ten minutes.
	return false, setCode(tx, tenant, row.Key, to.Account, to.To, room.digest(tenant, row.Key, said.Code), link)
}

// pretend does the work of send for nobody.
func (room *Room) pretend(tx *store.Tx, tenant id.Tenant, row Row) error {
	to := notify.NobodysAddress(room.root.MAC("mailbox/nobody", string(tenant)+"/"+row.Address)[:12])
	said := room.mint(Linked)
	if err := room.letters.Pretend(tx, tenant, notify.Letter{Kind: notify.VerifyCode, To: to, Locale: row.Locale, Values: notify.Values{"code": said.Code, "minutes": Minutes}}); err != nil {
		return err
	}
	return setCode(tx, tenant, row.Key, row.Account, nobody(), unknowable(), unknowable())
}

// nobody stands where a row has the address that its code went to, and is as long as many are: what
// follows reads as much for a name that nobody has. No code fits such a row, see Check.
func nobody() account.EmailAddress { return "nobody@nowhere.invalid" }

// unknowable is a digest of nothing.
func unknowable() []byte {
	var d [32]byte
	rand.Read(d[:]) //nolint:errcheck // crypto/rand.Read never returns an error
	return d[:]
}

// Check compares a code with the one that was sent, inside of a guarded operation. A wrong one
// counts. Refusals: ErrWrong, ErrGone.
func (room *Room) Check(tx *store.Tx, tenant id.Tenant, k Key, text string) (Row, error) {
	row, err := room.own(tx.Read(), tenant, k)
	if err != nil {
		return Row{}, err
	}
	if !row.ProvedAt.IsZero() {
		return Row{}, ErrGone
	}
	tx.OnRefusal(func(tx *store.Tx) error { return countTry(tx, tenant, k) })
	right := subtle.ConstantTimeCompare(row.code, room.digest(tenant, k, text)) == 1
	if !right || row.SentTo == nobody() || row.tries >= Tries || !tx.Now().Before(row.codeUntil) {
		return Row{}, ErrWrong
	}
	return row, nil
}

// Prove compares eight digits with those that were sent, in the operation deed, and calls fn with
// what was asked for. Wrong codes count, whatever fn would have done. Refusals: ErrWrong, ErrGone,
// and those of fn.
func (room *Room) Prove(ctx context.Context, c caller.Caller, tenant id.Tenant, deed guard.Deed, k Key, text string, fn func(tx *store.Tx, row Row) error) error {
	text = typed(text)
	return room.guard.Do(ctx, c, deed, func(tx *store.Tx) error {
		row, err := room.Check(tx, tenant, k, text)
		if err != nil {
			return err
		}
		if err := setProved(tx, tenant, k); err != nil {
			return err
		}
		row.ProvedAt = tx.Now()
		return fn(tx, row)
	})
}

// Proved returns a question whose code came back; ErrGone if there is none of this browser.
func (room *Room) Proved(r *store.Reader, tenant id.Tenant, k Key) (Row, error) {
	row, err := room.own(r, tenant, k)
	if err == nil && row.ProvedAt.IsZero() {
		return row, ErrGone
	}
	return row, err
}

// Asked returns a question of this browser, proved or not; ErrGone if there is none.
func (room *Room) Asked(r *store.Reader, tenant id.Tenant, k Key) (Row, error) {
	return room.own(r, tenant, k)
}

// ByLink returns the question whose letter has this link, whatever browser asks; it uses nothing up.
// It returns ErrGone for a link that was used, replaced, has expired, or never was.
func (room *Room) ByLink(r *store.Reader, tenant id.Tenant, p Purpose, link secret.Secret) (Row, error) {
	bound, err := byLink(r, tenant, p, room.root.Digest(secret.SignInLink, link))
	if err == nil {
		var row Row
		if row, err = get(r, tenant, p, bound); err == nil && row.SentTo != nobody() {
			return row, nil
		}
	}
	if err == nil || errors.Is(err, store.ErrNotFound) {
		return Row{}, ErrGone
	}
	return Row{}, err
}

func (room *Room) own(r *store.Reader, tenant id.Tenant, k Key) (Row, error) {
	row, err := get(r, tenant, k.Purpose, k.Bound)
	if errors.Is(err, store.ErrNotFound) || err == nil && subtle.ConstantTimeCompare(row.Browser, k.Browser) != 1 {
		return Row{}, ErrGone
	}
	return row, err
}

// End removes a question that has led to its answer. It returns ErrGone if another request was
// first.
func End(tx *store.Tx, tenant id.Tenant, k Key) error {
	err := drop(tx, tenant, k)
	if errors.Is(err, store.ErrNotFound) {
		return ErrGone
	}
	return err
}

var _ guard.Refusal = (*Refused)(nil)
