package password

import (
	"embed"
	"errors"
	"net/netip"
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/credential"
	"github.com/cardea-iam/cardea/internal/factor"
	"github.com/cardea-iam/cardea/internal/factor/password/argon"
	"github.com/cardea-iam/cardea/internal/factor/password/plaintext"
	"github.com/cardea-iam/cardea/internal/factor/password/policy"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/interaction"
	"github.com/cardea-iam/cardea/internal/secret"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/tenant"
	"github.com/cardea-iam/cardea/internal/throttle"
)

//go:embed migrations
var files embed.FS

// Migrations are the room's tables. They refer to those of account.
var Migrations = store.Migrations{Room: "password", Files: files}

const (
	kind = credential.Kind(factor.Password)

	// DeviceLife is how long a browser counts as known after it last signed in: what browsers
	// allow a cookie (RFC 6265bis §5.5).
	DeviceLife = 400 * 24 * time.Hour

	// maxDevices is how many known browsers an account has.
	maxDevices = 20
)

// Pepper is the key of the step before argon2id. It comes from the root key, which is not in the
// database.
func Pepper(root *secret.Root) argon.Pepper {
	return argon.Pepper{ID: "root1", Key: root.Key("password/pepper")}
}

// Options are what an operator may choose.
type Options struct {
	Hasher *argon.Hasher  // required; one per process
	Rules  throttle.Rules // the zero value takes throttle.Default
	Policy policy.Policy  // from policy.New; required
	Warn   throttle.Warn  // tells a person of many failures; nil tells nobody
	Strain Strain         // nil: nobody listens
	// Changed tells a person that the password is another one now; nil tells nobody.
	Changed func(tx *store.Tx, tenant id.Tenant, who account.ID) error
}

// Strain hears what a storm of guesses is recognised by (package puzzle).
type Strain interface {
	// Failed is called for an attempt without a known device that was wrong, or came too fast.
	Failed(id.Tenant)
	// Busy is called for an attempt that found no place to be hashed.
	Busy(id.Tenant)
}

// Room keeps and checks passwords. It is safe for concurrent use.
type Room struct {
	guard   *guard.Guard
	root    *secret.Root
	tenants *tenant.Directory
	hasher  *argon.Hasher
	rules   throttle.Rules
	policy  policy.Policy
	warn    throttle.Warn
	strain  Strain
	changed func(tx *store.Tx, tenant id.Tenant, who account.ID) error
}

// New checks the options; an error is meant to stop the start.
func New(g *guard.Guard, root *secret.Root, tenants *tenant.Directory, o Options) (*Room, error) {
	if o.Hasher == nil || o.Policy == (policy.Policy{}) {
		return nil, errors.New("password: a hasher and a policy are needed")
	}
	if o.Rules == (throttle.Rules{}) {
		o.Rules = throttle.Default()
	}
	if err := o.Rules.Check(); err != nil {
		return nil, err
	}
	if o.Changed == nil {
		o.Changed = func(*store.Tx, id.Tenant, account.ID) error { return nil }
	}
	return &Room{g, root, tenants, o.Hasher, o.Rules, o.Policy, o.Warn, o.Strain, o.Changed}, nil
}

// Attempt is one password that somebody offers.
type Attempt struct {
	Identifier string     // what was typed: a username or a verified address
	Account    account.ID // in place of Identifier where the person is known
	Password   plaintext.Password
	Source     netip.Addr // of the client
	Device     string     // value of the device cookie, "" for none; not trusted
	// Stranger is asked before an attempt without a known device costs anything; what it returns
	// ends the attempt. nil lets all in. It must not look at who is meant.
	Stranger func() error
}

// Place is where a proof goes: an interaction of the browser with this binding.
type Place struct {
	Interaction interaction.ID
	Browser     []byte // digest of the binding cookie
}

// Outcome is what a right password led to.
type Outcome struct {
	Account account.ID
}

// Reason says why an attempt was refused.
type Reason string

// The reasons. Wrong covers all that must not be told apart.
const (
	Wrong     Reason = "wrong_password"
	Throttled Reason = "throttled"
	Gone      Reason = "interaction_gone" // the interaction is over
	Same      Reason = "same_password"    // the new password is the present one
)

// Refused is the refusal of an attempt.
type Refused struct {
	Reason Reason
	Wait   time.Duration // with Throttled
}

// Error implements error.
func (r *Refused) Error() string { return "password: " + string(r.Reason) }

// RefusalCode implements guard.Refusal.
func (r *Refused) RefusalCode() string { return string(r.Reason) }

// Has reports whether the account has a password.
func Has(r *store.Reader, tenant id.Tenant, who account.ID) (bool, error) {
	at, err := ChangedAt(r, tenant, who)
	return !at.IsZero(), err
}

// ChangedAt is when the account's password was set; the zero time if it has none.
func ChangedAt(r *store.Reader, tenant id.Tenant, who account.ID) (time.Time, error) {
	at, err := credential.SetAt(r, tenant, who, kind, credential.Only)
	return at, zeroIfNone(err)
}

// Kind names the factor in facts.
func (room *Room) Kind() factor.Kind { return factor.Password }

// Path is the page that asks for the password.
func (room *Room) Path() string { return "/signin" }

// First says that a password can begin a sign-in: it comes with a name.
func (room *Room) First() bool { return true }

// Enrolled is Has.
func (room *Room) Enrolled(r *store.Reader, tenant id.Tenant, who account.ID) (bool, error) {
	return Has(r, tenant, who)
}
