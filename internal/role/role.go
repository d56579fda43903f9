package role

import (
	"embed"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/policy"
	"github.com/cardea-iam/cardea/internal/store"
)

//go:embed migrations
var files embed.FS

// Migrations are the room's tables.
var Migrations = store.Migrations{Room: "role", Files: files}

// Topic is touched by every change of who may do what.
const Topic = "access"

// ID identifies a role: "rol_…".
type ID string

// Check returns ErrNone for text that cannot be a role's identifier.
func (i ID) Check() error {
	if id.Check("rol", string(i)) != nil {
		return ErrNone
	}
	return nil
}

// Role is a name for a set of permissions.
type Role struct {
	ID          ID           `json:"id"`
	Name        string       `json:"name"` // unique in the tenant; 1–64 of a–z, 0–9 and inner . _ : -
	Description string       `json:"description"`
	Permissions []Permission `json:"permissions"`
	CreatedAt   time.Time    `json:"created_at"`
	Version     int64        `json:"version"`
}

// Permission is the right to do something at a resource.
type Permission struct {
	Resource string `json:"resource"` // id of the resource: "res_…"
	Name     string `json:"name"`     // 1–100 visible ASCII characters; the resource gives it its meaning
}

// MaxPermissions is the most that one role may hold.
const MaxPermissions = 500

var (
	nameForm       = regexp.MustCompile(`^[a-z0-9]([a-z0-9._:-]{0,62}[a-z0-9])?$`)
	permissionForm = regexp.MustCompile(`^[\x21-\x7e]{1,100}$`)
)

// Builtin tells whether a name is one of the built-in roles'.
func Builtin(name string) bool { return slices.Contains(policy.BuiltinRoles, policy.Role(name)) }

// normalize sorts the permissions and says what is wrong with a role that someone wishes to have.
func (r *Role) normalize() error {
	if Builtin(r.Name) {
		return guard.Invalid("name", "This is the name of a built-in role. Choose another.")
	}
	if !nameForm.MatchString(r.Name) {
		return guard.Invalid("name", "A role's name has 1 to 64 characters: small letters a to z, digits, and . _ : - between them.")
	}
	r.Description = strings.TrimSpace(r.Description)
	if len(r.Description) > 300 || !utf8.ValidString(r.Description) || strings.ContainsFunc(r.Description, unicode.IsControl) {
		return guard.Invalid("description", "A description is one line of at most 300 bytes.")
	}
	if len(r.Permissions) > MaxPermissions {
		return guard.Invalid("permissions", "A role holds at most 500 permissions. Make several roles.")
	}
	r.Permissions = append([]Permission{}, r.Permissions...)
	for _, p := range r.Permissions {
		if id.Check("res", p.Resource) != nil {
			return guard.Invalid("permissions", "Name the resource of each permission by its id: `cardea resource list` shows them.")
		}
		if !permissionForm.MatchString(p.Name) {
			return guard.Invalid("permissions", "A permission's name has 1 to 100 visible ASCII characters, such as events:write.")
		}
	}
	slices.SortFunc(r.Permissions, func(a, b Permission) int {
		if n := strings.Compare(a.Resource, b.Resource); n != 0 {
			return n
		}
		return strings.Compare(a.Name, b.Name)
	})
	r.Permissions = slices.Compact(r.Permissions)
	return nil
}
