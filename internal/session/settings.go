package session

import (
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/setting"
)

// Knobs are what a tenant sets about sessions.
type Knobs struct {
	// Most is how many living sessions an account has; a further one ends the oldest (security row
	// AU28).
	Most int `json:"most"`
}

// Settings is the setting "sessions".
var Settings = setting.Declare("sessions", "How many sessions a person has at once, 1 to 100: a further one ends the oldest.", Knobs{Most: 100}, func(k Knobs) error {
	if k.Most < 1 || k.Most > 100 {
		return guard.Invalid("most", "A person has 1 to 100 sessions at once.")
	}
	return nil
})
