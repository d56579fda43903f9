package credential

import (
	"slices"

	"github.com/cardea-iam/cardea/internal/factor"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/setting"
	"github.com/cardea-iam/cardea/internal/store"
)

// Offer says which factors a tenant's people may set up and sign in with.
type Offer struct {
	Offered []factor.Kind `json:"offered"`
}

// Settings is the setting "factors". Passkeys are always among them: at AAL2 a phishing-resistant
// way has to be offered (NIST SP 800-63B-4 §2.2.2).
var Settings = setting.Declare("factors", "Which factors people may set up and sign in with: password, passkey, totp, recovery_code, email, sms, voice, approval. Passkeys are always offered.",
	Offer{[]factor.Kind{factor.Password, factor.Passkey, factor.TOTP, factor.RecoveryCode, factor.Email, factor.Approval}}, func(o Offer) error {
		for _, k := range o.Offered {
			if factor.TraitOf(k).AMR == nil && k != factor.Passkey {
				return guard.Invalid("offered", "The factors are password, passkey, totp, recovery_code, email, sms, voice and approval.")
			}
		}
		if !slices.Contains(o.Offered, factor.Passkey) {
			return guard.Invalid("offered", "Passkeys are always offered (NIST SP 800-63B-4 §2.2.2): keep passkey on the list.")
		}
		return nil
	})

// Offered lists the factors that a tenant offers.
func Offered(r *store.Reader, tenant id.Tenant) ([]factor.Kind, error) {
	o, err := Settings.Get(r, tenant)
	return o.Offered, err
}
