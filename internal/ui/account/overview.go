package account

import (
	"io"
	"time"

	"github.com/cardea-iam/cardea/internal/ui/own"
)

// Overview is the first account page: the state of things, each with a link.
type Overview struct {
	own.Frame
	// Sessions and Apps are how many there are.
	Sessions, Apps int
	// Passkeys is how many the account has.
	Passkeys int
	// PasswordChangedAt is zero if the account has no password.
	PasswordChangedAt time.Time
	// Advice is what is worth doing, the most urgent first; nothing is well.
	Advice []Advice
	// LastSignIn is when the session before this one began; zero if none did.
	LastSignIn time.Time
	// Brands tells whether the person may change how the tenant's pages look.
	Brands bool
}

var overview = own.Parse(files, "overview.html")

// Render writes the page.
func (p *Overview) Render(w io.Writer) error { return overview.Execute(w, p.Locale, p) }
