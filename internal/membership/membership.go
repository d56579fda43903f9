package membership

import (
	"embed"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/role"
	"github.com/cardea-iam/cardea/internal/store"
)

//go:embed migrations
var files embed.FS

// Migrations are the room's tables.
var Migrations = store.Migrations{Room: "membership", Files: files}

// Topic is touched by every change of who may do what.
const Topic = role.Topic

// GroupID identifies a group: "grp_…".
type GroupID string

// Check returns ErrNoGroup for text that cannot be a group's identifier.
func (i GroupID) Check() error {
	if id.Check("grp", string(i)) != nil {
		return ErrNoGroup
	}
	return nil
}

// Group is a set of accounts.
type Group struct {
	ID          GroupID   `json:"id"`
	Name        string    `json:"name"` // unique in the tenant; 1–64 of a–z, 0–9 and inner . _ : -
	Description string    `json:"description"`
	CreatedAt   time.Time `json:"created_at"`
	Version     int64     `json:"version"`
}

// Member is an account in a group.
type Member struct {
	Account account.ID `json:"account"`
	Since   time.Time  `json:"since"`
}

// Role is what is bound: the id of a role of the tenant, or a built-in name.
type Role string

// Builtin tells whether the role governs.
func (r Role) Builtin() bool { return role.Builtin(string(r)) }

// Check returns role.ErrNone for text that names no role.
func (r Role) Check() error {
	if r.Builtin() {
		return nil
	}
	return role.ID(r).Check()
}

// Subject is who holds a role: exactly one field is set.
type Subject struct {
	Account account.ID `json:"account,omitempty"`
	Group   GroupID    `json:"group,omitempty"`
}

// Check refuses a subject that is none or two (invalid) or that cannot exist (not_found).
func (s Subject) Check() error {
	switch {
	case (s.Account == "") == (s.Group == ""):
		return guard.Invalid("subject", "Name one account or one group.")
	case s.Account != "":
		return s.Account.Check()
	}
	return s.Group.Check()
}

// Binding says that a subject holds a role.
type Binding struct {
	Role Role `json:"role"`
	Subject
	Since time.Time `json:"since"`
}

var nameForm = regexp.MustCompile(`^[a-z0-9]([a-z0-9._:-]{0,62}[a-z0-9])?$`)

// normalize says what is wrong with a group that someone wishes to have.
func (g *Group) normalize() error {
	if !nameForm.MatchString(g.Name) {
		return guard.Invalid("name", "A group's name has 1 to 64 characters: small letters a to z, digits, and . _ : - between them.")
	}
	g.Description = strings.TrimSpace(g.Description)
	if len(g.Description) > 300 || !utf8.ValidString(g.Description) || strings.ContainsFunc(g.Description, unicode.IsControl) {
		return guard.Invalid("description", "A description is one line of at most 300 bytes.")
	}
	return nil
}
