package brand

import (
	"github.com/cardea-iam/cardea/internal/client"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/id"
)

// Scope says what a brand is of: [Whole], or the id of one thing of the tenant. The prefix of the
// id tells its kind.
type Scope string

// Whole is the scope of the tenant itself.
const Whole Scope = "tenant"

// Kind is a sort of scope.
type Kind string

// The kinds, weakest first: a later one is laid over those before it.
const (
	KindTenant Kind = "tenant"
	KindClient Kind = "client"
)

// errNone meets a scope that is none of this tenant.
var errNone = guard.NotFound("There is nothing to brand here by that name. Give tenant, or the id of an application: `cardea client list` shows them.")

// ParseScope reads "tenant" or a client_id. Whether there is such a client is not looked up.
// Refusal: not_found.
func ParseScope(text string) (Scope, error) {
	if Scope(text) == Whole || id.Check("cli", text) == nil {
		return Scope(text), nil
	}
	return "", errNone
}

// OfClient is the scope of an application.
func OfClient(app client.ID) Scope { return Scope(app) }

// Kind is the scope's kind.
func (s Scope) Kind() Kind {
	if s == Whole {
		return KindTenant
	}
	return KindClient
}

// client is the application of the scope, nil if it is none's.
func (s Scope) client() *string {
	if s.Kind() != KindClient {
		return nil
	}
	text := string(s)
	return &text
}
