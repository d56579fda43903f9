package tenant

import (
	"embed"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/store"
)

//go:embed migrations
var files embed.FS

// Migrations are the room's tables.
var Migrations = store.Migrations{Room: "tenant", Files: files}

// Topic is touched by every change of a tenant.
const Topic = "tenant"

// Tenant is one tenant.
type Tenant struct {
	ID          id.Tenant `json:"id"`
	Name        string    `json:"name"` // in the path /t/{name}; 1–40 of a–z, 0–9 and inner hyphens
	DisplayName string    `json:"display_name"`
	MFAEnforced bool      `json:"mfa_enforced"` // every sign-in needs a second factor
	DisabledAt  time.Time `json:"disabled_at,omitzero"`
	CreatedAt   time.Time `json:"created_at"`
	Version     int64     `json:"version"` // grows with every change
}

// Product is what people call the default tenant until somebody gives it a name.
const Product = "Cardea"

// Called is the name that people read: on pages, in mails, and where a passkey is kept.
func (t Tenant) Called() string {
	if t.ID == id.Default && t.DisplayName == "Default" {
		return Product
	}
	return t.DisplayName
}

// Enabled tells whether the tenant serves anyone.
func (t Tenant) Enabled() bool { return t.DisabledAt.IsZero() }

var nameForm = regexp.MustCompile(`^[a-z0-9](-?[a-z0-9])*$`)

// CheckName says what is wrong with a name for a tenant; the refusal is invalid.
func CheckName(name string) error {
	if len(name) > 40 || !nameForm.MatchString(name) {
		return guard.Invalid("name", "A tenant's name has 1 to 40 characters: small letters a to z, digits, and single hyphens between them.")
	}
	return nil
}

// normalize fills what may be left out and says what is wrong with the settings.
func (t *Tenant) normalize() error {
	t.DisplayName = strings.TrimSpace(t.DisplayName)
	if t.DisplayName == "" {
		t.DisplayName = t.Name
	}
	if len(t.DisplayName) > 200 || !utf8.ValidString(t.DisplayName) || strings.ContainsFunc(t.DisplayName, isControl) {
		return guard.Invalid("display_name", "A tenant's display name is one line of at most 200 bytes.")
	}
	return nil
}

func isControl(r rune) bool { return r < 0x20 || r == 0x7f }
