package notify

import (
	"context"
	"crypto/rand"
	"embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/issued"
	"github.com/cardea-iam/cardea/internal/outbox"
	"github.com/cardea-iam/cardea/internal/secret"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/tenant"
)

//go:embed migrations
var files embed.FS

// Migrations are the room's tables.
var Migrations = store.Migrations{Room: "notify", Files: files}

// Room tells people things. It is safe for concurrent use.
type Room struct {
	Limits  Limits // set before use; DefaultLimits from New
	root    *secret.Root
	baseURL string
	tenants *tenant.Directory
}

// New makes the room. baseURL is the configured public origin, from which all links are built.
func New(root *secret.Root, baseURL string, tenants *tenant.Directory) *Room {
	return &Room{DefaultLimits, root, strings.TrimSuffix(baseURL, "/"), tenants}
}

// Tell puts a message into the outbox; it leaves after the commit. sent is false where the
// destination has had enough: that is for the log alone, the person who asked gets the same answer
// either way. An error is a fault: a letter that its kind does not allow, or the database's.
func (r *Room) Tell(tx *store.Tx, tenant id.Tenant, l Letter) (sent bool, err error) {
	return r.tell(tx, tenant, Message{Letter: l})
}

// Nobody is the outbox's kind of messages to nobody: their carrier drops them.
const Nobody outbox.Kind = "nobody"

// Pretend does all that Tell does for a letter that nobody is to get: an unknown name costs the same
// work as a known one, so that time tells nothing (security row AU19). To is a
// NobodysAddress.
func (r *Room) Pretend(tx *store.Tx, tenant id.Tenant, l Letter) error {
	_, err := r.tell(tx, tenant, Message{Letter: l, toNobody: true})
	return err
}

func (r *Room) tell(tx *store.Tx, tenant id.Tenant, m Message) (sent bool, err error) {
	if m.Letter, err = r.parsed(m.Letter); err != nil {
		return false, err
	}
	key := m.To
	if m.Channel == Mail {
		key = account.EmailAddress(m.To).Key()
	}
	if sent, err = r.allowed(tx, tenant, m.Letter, key); !sent || err != nil {
		return false, err
	}
	if m.Locale == "" && m.Account != "" {
		a, err := account.Get(tx.Read(), tenant, m.Account)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return false, err
		}
		m.Locale = a.Claims.Locale
	}
	m.CreatedAt = tx.Now()
	m.ExpiresAt = m.expires(m.CreatedAt)
	e, err := r.seal(tenant, m)
	if err != nil {
		return false, err
	}
	kind := outbox.Kind(m.Channel)
	if m.toNobody {
		kind = Nobody
	}
	return true, outbox.PutFor(tx, tenant, kind, string(m.Account), e)
}

// NotMeLife is how long a person may say "this wasn't me".
const NotMeLife = 7 * 24 * time.Hour

// Warn tells every verified address of an account of something that happened to it, and the
// addresses in also (such as the one that was just removed). All get one and the same link
// "this wasn't me": a one-time value of kind secret.NotMe whose payload is the account's id.
// Addresses that have had enough notices are left out. An account that is gone (it was erased)
// has no addresses left, so also names them. For nobody ("") it does the work of one notice, as
// Pretend does that of a letter.
func (r *Room) Warn(tx *store.Tx, tenant id.Tenant, who account.ID, k Kind, v Values, also ...string) error {
	if who == "" {
		return r.warnNobody(tx, tenant, k, v)
	}
	a, err := account.Get(tx.Read(), tenant, who)
	gone := errors.Is(err, store.ErrNotFound)
	if err != nil && !gone {
		return err
	}
	m := Message{Letter: Letter{Kind: k, Account: who, Locale: a.Claims.Locale, Values: v}}
	if k.Disputable() && !gone {
		if m.NotMe, err = r.notMe(tx, tenant, who); err != nil {
			return err
		}
	}
	told := map[string]bool{}
	for _, to := range append(verified(a), also...) {
		if key := account.EmailAddress(to).Key(); !told[key] {
			told[key] = true
			m.To = to
			if _, err := r.tell(tx, tenant, m); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *Room) warnNobody(tx *store.Tx, tenant id.Tenant, k Kind, v Values) (err error) {
	m := Message{Letter: Letter{Kind: k, To: NobodysAddress([]byte(rand.Text())), Values: v}, toNobody: true}
	if k.Disputable() {
		if m.NotMe, err = r.notMe(tx, tenant, ""); err != nil {
			return err
		}
	}
	_, err = r.tell(tx, tenant, m)
	return err
}

// NobodysAddress is an address that cannot exist (RFC 6761 §6.4), for Pretend. key tells those apart
// that stand for different names.
func NobodysAddress(key []byte) string { return hex.EncodeToString(key) + "@nobody.example.invalid" }

func verified(a account.Account) (out []string) {
	for _, e := range a.Emails {
		if !e.VerifiedAt.IsZero() {
			out = append(out, string(e.Address))
		}
	}
	return out
}

func (r *Room) notMe(tx *store.Tx, tenant id.Tenant, who account.ID) (string, error) {
	token := secret.NotMe.Mint()
	if err := issued.Put(tx, tenant, secret.NotMe, r.root.Digest(secret.NotMe, token), string(who), tx.Now().Add(NotMeLife)); err != nil {
		return "", err
	}
	return r.Link(tenant, "/not-me", url.Values{"t": {token.Reveal()}})
}

// linkTime bounds the look-up of a tenant's name, which happens inside transactions.
const linkTime = 5 * time.Second

// Link is the URL of a page of a tenant: the configured origin, "/t/name" for all but the default
// tenant, the path (which begins with a slash) and the parameters. No request has a say in it. It
// fails for a tenant that is disabled.
func (r *Room) Link(tenant id.Tenant, path string, params url.Values) (string, error) {
	base := r.baseURL
	if tenant != id.Default {
		ctx, stop := context.WithTimeout(context.Background(), linkTime)
		defer stop()
		t, err := r.tenants.ByID(ctx, tenant)
		if err != nil {
			return "", fmt.Errorf("link to a page of %s: %w", tenant, err)
		}
		base += "/t/" + t.Name
	}
	if len(params) > 0 {
		path += "?" + params.Encode()
	}
	return base + path, nil
}

// Forget drops the messages that wait for an account's people. Who erases an account calls it
// before the last message is told.
func (r *Room) Forget(tx *store.Tx, tenant id.Tenant, who account.ID) error {
	return outbox.Drop(tx, tenant, string(who))
}

// envelope is what the outbox keeps of a message: what an operator may see, and the rest sealed.
type envelope struct {
	Letter string `json:"letter"` // names the sealed cell
	Kind   Kind   `json:"kind"`
	To     string `json:"to"` // masked
	Sealed []byte `json:"sealed"`
}

func place(tenant id.Tenant, letter string) secret.Place {
	return secret.Place{Table: "outbox", Column: "payload", Tenant: string(tenant), Row: letter}
}

func (r *Room) seal(tenant id.Tenant, m Message) (envelope, error) {
	e := envelope{Letter: id.New("let", m.CreatedAt), Kind: m.Kind, To: outbox.Mask(m.To)}
	plain, err := json.Marshal(m)
	if err != nil {
		return e, err
	}
	e.Sealed = r.root.Seal(place(tenant, e.Letter), plain)
	return e, nil
}

// Open gives the message of an effect back, for its carrier.
func (r *Room) Open(e outbox.Effect) (m Message, err error) {
	var v envelope
	if err := json.Unmarshal(e.Payload, &v); err != nil {
		return m, fmt.Errorf("read a message of the outbox: %w", err)
	}
	plain, err := r.root.Open(place(e.Tenant, v.Letter), v.Sealed)
	if err != nil {
		return m, err
	}
	return m, json.Unmarshal(plain, &m)
}
