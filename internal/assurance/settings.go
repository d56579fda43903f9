package assurance

import (
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/setting"
)

// Knobs are what a tenant sets about sign-ins beside its policies.
type Knobs struct {
	// RememberDays is for how long a browser that the person asked to be remembered counts as
	// remembered; 0 offers it to nobody.
	RememberDays int `json:"remember_days"`
}

// maxRemember bounds Knobs.RememberDays.
const maxRemember = 90

// Settings is the setting "assurance".
var Settings = setting.Declare("assurance", "For how many days a browser is remembered in which the person proved a second factor and asked for it: remember_days, 0 to 90. Policies say what a remembered browser is spared.",
	Knobs{}, func(k Knobs) error {
		if k.RememberDays < 0 || k.RememberDays > maxRemember {
			return guard.Invalid("remember_days", "A browser is remembered for 0 to 90 days; 0 is never.")
		}
		return nil
	})
