package account

import (
	"embed"
	"slices"
	"time"

	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/store"
)

//go:embed migrations
var files embed.FS

// Migrations are the room's tables.
var Migrations = store.Migrations{Room: "account", Files: files}

// ID identifies an account: "acc_…".
type ID string

// NewID returns an identifier that no account has had.
func NewID(now time.Time) ID { return ID(id.New("acc", now)) }

// Nobody is whom something is tried for where no account has the name. It looks like an identifier
// and no account has it, so that what is looked up and logged is the same as for somebody (security
// row AU19).
const Nobody ID = "acc_" + id.None

// OrNobody is the identifier, or Nobody in place of none.
func (i ID) OrNobody() ID {
	if i == "" {
		return Nobody
	}
	return i
}

// Check returns ErrNone for text that cannot be an account's identifier.
func (i ID) Check() error {
	if id.Check("acc", string(i)) != nil {
		return ErrNone
	}
	return nil
}

// Account is one person's account.
type Account struct {
	ID              ID        `json:"id"`
	Username        Username  `json:"username"`
	Claims          Claims    `json:"claims"`
	Emails          []Email   `json:"emails"`
	PhoneVerifiedAt time.Time `json:"phone_verified_at,omitzero"`
	DisabledAt      time.Time `json:"disabled_at,omitzero"`
	DeletionAskedAt time.Time `json:"deletion_asked_at,omitzero"`
	DeletionDueAt   time.Time `json:"deletion_due_at,omitzero"` // when it will be erased
	CreatedAt       time.Time `json:"created_at"`
	UpdatedAt       time.Time `json:"updated_at"`
	Picture         string    `json:"picture,omitempty"` // hash of the picture that its person uploaded
	Theme           Theme     `json:"theme,omitempty"`
	Epoch           int64     `json:"epoch"`   // what was issued under a smaller one is dead
	Version         int64     `json:"version"` // grows with every change
}

// Email is an address that the account claims.
type Email struct {
	Address    EmailAddress `json:"address"`
	VerifiedAt time.Time    `json:"verified_at,omitzero"`
	Primary    bool         `json:"primary"` // the one that the claim email gives; at most one
}

// Enabled tells whether the account itself is enabled; its tenant may be disabled all the same.
func (a Account) Enabled() bool { return a.DisabledAt.IsZero() }

// PrimaryEmail is the address that the claim email gives, if there is one.
func (a Account) PrimaryEmail() (Email, bool) {
	for _, e := range a.Emails {
		if e.Primary {
			return e, true
		}
	}
	return Email{}, false
}

// Answers tells whether an identifier that somebody typed is the account's: its username, or an
// address that it has verified, in any spelling.
func (a Account) Answers(identifier string) bool {
	if u, err := ParseUsername(identifier); err == nil {
		return u.Key() == a.Username.Key()
	}
	e, err := ParseEmail(identifier)
	return err == nil && slices.ContainsFunc(a.Emails, func(have Email) bool { return !have.VerifiedAt.IsZero() && have.Address.Key() == e.Key() })
}

// New is the wish for an account.
type New struct {
	Username      string `json:"username"`
	Claims        Claims `json:"claims"`
	Email         string `json:"email"`          // "" for none
	EmailVerified bool   `json:"email_verified"` // the administrator vouches for the address
}

func (n New) parse() (u Username, e EmailAddress, err error) {
	if u, err = ParseUsername(n.Username); err != nil {
		return u, e, err
	}
	if n.Email != "" {
		if e, err = ParseEmail(n.Email); err != nil {
			return u, e, err
		}
	}
	if n.Email == "" && n.EmailVerified {
		return u, e, guard.Invalid("email", "Give the e-mail address that is verified.")
	}
	return u, e, n.Claims.Check()
}
