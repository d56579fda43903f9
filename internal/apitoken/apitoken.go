package apitoken

import (
	"embed"
	"errors"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/policy"
	"github.com/cardea-iam/cardea/internal/store"
)

//go:embed migrations
var files embed.FS

// Migrations are the room's tables.
var Migrations = store.Migrations{Room: "apitoken", Files: files}

// ID identifies a token: "apt_…". It is no secret.
type ID string

// Token describes a token; its text is shown once, by Create.
type Token struct {
	ID        ID         `json:"id"`
	Account   account.ID `json:"account"` // in whose name it speaks
	Name      string     `json:"name"`    // what it is for, in its owner's words
	CreatedAt time.Time  `json:"created_at"`
	ExpiresAt time.Time  `json:"expires_at"`
}

const (
	// DefaultLifetime is how long a token lives when nobody says otherwise.
	DefaultLifetime = 90 * 24 * time.Hour
	// MaxLifetime is the longest that a token may live.
	MaxLifetime = 366 * 24 * time.Hour
	// MaxPage is the most that a page of a list holds.
	MaxPage = 200
)

// ErrNone is the refusal that meets a wish about a token that does not exist.
var ErrNone = guard.NotFound("There is no such token. `cardea token list` shows those that there are.")

// Check returns ErrNone for text that cannot be a token's identifier.
func (i ID) Check() error {
	if id.Check("apt", string(i)) != nil {
		return ErrNone
	}
	return nil
}

// New is the wish for a token.
type New struct {
	Account  account.ID
	Name     string
	Lifetime time.Duration // 0 is DefaultLifetime
	// Until is the end of the token that asks for this one, if one does: the child dies no
	// later, so that a token cannot keep itself alive.
	Until time.Time
}

func (n *New) normalize() error {
	if err := n.Account.Check(); err != nil {
		return err
	}
	n.Name = strings.TrimSpace(n.Name)
	if n.Name == "" || len(n.Name) > 100 || !utf8.ValidString(n.Name) || strings.ContainsFunc(n.Name, unicode.IsControl) {
		return guard.Invalid("name", "Say in one line of at most 100 bytes what the token is for.")
	}
	if n.Lifetime == 0 {
		n.Lifetime = DefaultLifetime
	}
	if n.Lifetime < time.Minute || n.Lifetime > MaxLifetime {
		return guard.Invalid("expires_in", "A token lives from one minute to 366 days.")
	}
	return nil
}

// Facts tells policy whose a token is. It is a policy.Loader; one that looks at the owner, such
// as membership's, comes behind it.
func Facts(r *store.Reader, q policy.Request, f *policy.Facts) error {
	if q.Kind != "apitoken" || q.Resource == "" {
		return nil
	}
	who, err := owner(r, ID(q.Resource))
	if errors.Is(err, store.ErrNotFound) {
		return nil // nobody's
	}
	f.ResourceOwner = string(who)
	return err
}

var _ policy.Loader = Facts
