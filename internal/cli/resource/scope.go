package resource

import (
	"strings"

	"github.com/cardea-iam/cardea/internal/cli/cmd"
)

// Scope is one scope of an API.
type Scope struct {
	Name        string `json:"name"`
	Description string `json:"description"`
	Permission  string `json:"permission,omitempty"`
}

// scope reads NAME=DESCRIPTION or NAME[PERMISSION]=DESCRIPTION: descriptions are sentences and
// hold any sign, so they stand last.
func scope(text string) (Scope, error) {
	head, description, ok := strings.Cut(text, "=")
	if !ok || head == "" || description == "" {
		return Scope{}, cmd.Usage("A scope is NAME=DESCRIPTION or NAME[PERMISSION]=DESCRIPTION, such as 'read:events[events:read]=See your events', not %q.", text)
	}
	s := Scope{Name: head, Description: description}
	if name, rest, ok := strings.Cut(head, "["); ok {
		permission, ok := strings.CutSuffix(rest, "]")
		if !ok || name == "" || permission == "" {
			return Scope{}, cmd.Usage("The permission of a scope stands in brackets before the =: NAME[PERMISSION]=DESCRIPTION, not %q.", text)
		}
		s.Name, s.Permission = name, permission
	}
	return s, nil
}
