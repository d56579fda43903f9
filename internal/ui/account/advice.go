package account

import (
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/ui/own"
	"github.com/cardea-iam/cardea/internal/ui/part"
)

// Standing is how an account is kept safe.
type Standing struct {
	PasswordChangedAt time.Time // zero for none
	Passkeys          int
	Authenticator     bool
	PaperLeft         int  // recovery codes that were not used
	Paper             bool // recovery codes would be of use
}

// Standings looks at an account; the rooms of the factors know.
type Standings func(r *store.Reader, tenant id.Tenant, who account.ID) (Standing, error)

// Paths to which advice leads; other rooms have the pages.
const (
	PathPasskeys      = "/account/security/passkeys" //nolint:gosec // a key of messages
	PathRecoveryCodes = "/account/security/recovery-codes"
)

// fewCodes is how few recovery codes are worth a word.
const fewCodes = 3

// Advice is something that is worth doing.
type Advice struct {
	ID    string // of the element
	Title part.Key
	Why   *part.Message
	Icon  string
	Path  string // below the tenant's root
}

// advise lists what is worth doing for an account that stands so.
func advise(s Standing, a account.Account) (out []Advice) {
	if s.Passkeys == 0 && !s.Authenticator {
		out = append(out, Advice{"advice-passkey", "advice.passkey", part.Say("advice.passkey.why"), "key", PathPasskeys})
	}
	if s.Paper && s.PaperLeft < fewCodes {
		why := part.Say("advice.codes.few", "count", s.PaperLeft)
		if s.PaperLeft == 0 {
			why = part.Say("advice.codes.none")
		}
		out = append(out, Advice{"advice-codes", "advice.codes", why, "list", PathRecoveryCodes})
	}
	if e, ok := a.PrimaryEmail(); ok && e.VerifiedAt.IsZero() {
		out = append(out, Advice{"advice-email", "advice.email", part.Say("advice.email.why"), "mail", own.PathAddress})
	}
	return out
}
