package mailbox

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/caller"
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

	digits = 8
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
	ProvedAt  time.Time            // zero until the code came back
	ExpiresAt time.Time

	code      []byte
	codeUntil time.Time
	tries     int
}

// Target is where a letter goes, as a Resolver says. The zero Target is nowhere.
type Target struct {
	Account account.ID // whose address it is, "" for nobody's
	To      account.EmailAddress
	Kind    notify.Kind
	// Values are what the letter says. code is "" unless WithCode.
	Values   func(code string) (notify.Values, error)
	WithCode bool // the letter has a code that proves the mailbox
}

// Resolver finds out, behind the answer to whoever asked, where the letter of a question goes.
type Resolver func(tx *store.Tx, tenant id.Tenant, row Row) (Target, error)

// Minutes is the life of a code as letters say it.
func Minutes() string { return strconv.Itoa(int(CodeLife / time.Minute)) }

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
// the same address keeps a code that is on its way; another address makes it worthless.
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
// over, or proved, needs none.
func (room *Room) Carry(ctx context.Context, e outbox.Effect) error {
	var q effect
	if err := json.Unmarshal(e.Payload, &q); err != nil {
		return outbox.Permanent(fmt.Errorf("read a question of the outbox: %w", err))
	}
	resolve := room.resolvers[q.Purpose]
	if resolve == nil {
		return outbox.Permanent(fmt.Errorf("mailbox: nobody serves the purpose %q", q.Purpose))
	}
	code, err := newCode()
	if err != nil {
		return err
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
		if err != nil || to.To == "" {
			return err
		}
		said := code
		if !to.WithCode {
			said = ""
		}
		values, err := to.Values(said)
		if err != nil {
			return err
		}
		detail.Account, detail.Letter = to.Account, string(to.Kind)
		sent, err := room.letters.Tell(tx, e.Tenant, notify.Letter{Kind: to.Kind, To: string(to.To), Account: to.Account, Locale: row.Locale, Values: values})
		if detail.Held = !sent; err != nil || !sent || !to.WithCode {
			return err
		}
		// NIST SP 800-63B-4 §3.1.3.2: a code is compared by its digest and lives ten minutes.
		return setCode(tx, e.Tenant, row.Key, to.Account, to.To, room.digest(e.Tenant, row.Key, code), tx.Now().Add(CodeLife))
	})
}

// Prove compares a code with the one that was sent, in the operation deed, and calls fn with what
// was asked for. Wrong codes count, whatever fn would have done. Refusals: ErrWrong, ErrGone, and
// those of fn.
func (room *Room) Prove(ctx context.Context, c caller.Caller, tenant id.Tenant, deed guard.Deed, k Key, text string, fn func(tx *store.Tx, row Row) error) error {
	text = typed(text)
	return room.guard.Do(ctx, c, deed, func(tx *store.Tx) error {
		row, err := room.own(tx.Read(), tenant, k)
		if err != nil {
			return err
		}
		if !row.ProvedAt.IsZero() {
			return ErrGone
		}
		tx.OnRefusal(func(tx *store.Tx) error { return countTry(tx, tenant, k) })
		right := subtle.ConstantTimeCompare(row.code, room.digest(tenant, k, text)) == 1
		if !right || row.tries >= Tries || !tx.Now().Before(row.codeUntil) {
			return ErrWrong
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

func (room *Room) digest(tenant id.Tenant, k Key, code string) []byte {
	return room.root.MAC("mailbox/code", strings.Join([]string{string(tenant), string(k.Purpose), k.Bound, code}, "\x00"))
}

// newCode is eight digits: NIST SP 800-63B-4 §4.2.1.2 asks recovery codes for six at least.
func newCode() (string, error) {
	n, err := rand.Int(rand.Reader, big.NewInt(100_000_000))
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%0*d", digits, n), nil
}

// typed takes out what people put between digits.
func typed(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		if r == ' ' || r == '-' || r == '\u00a0' {
			return -1
		}
		return '?'
	}, strings.TrimSpace(text))
}

// IsCode tells whether a text has the form of a code.
func IsCode(text string) bool {
	t := typed(text)
	return len(t) == digits && !strings.Contains(t, "?")
}

var _ guard.Refusal = (*Refused)(nil)
