package security

import (
	"embed"
	"io"
	"time"

	"github.com/cardea-iam/cardea/internal/factor"
	"github.com/cardea-iam/cardea/internal/ui/own"
	"github.com/cardea-iam/cardea/internal/ui/part"
)

//go:embed *.html
var files embed.FS

// Paths of the pages, below the tenant's root.
const (
	PathPasskeys      = own.PathSecurity + "/passkeys"
	PathAddPasskey    = PathPasskeys + "/add"
	PathPasskey       = PathPasskeys + "/key"
	PathRenamePasskey = PathPasskeys + "/rename"
	PathRemovePasskey = PathPasskeys + "/remove"

	pathPasskeyOptions = PathPasskeys + "/options"
)

// Way is one way to sign in, as the overview shows it.
type Way struct {
	Kind  factor.Kind
	Title part.Key
	State *part.Message // what there is of it
	Since time.Time     // told behind State; zero for none
	On    bool          // it is set up
	URL   string        // its page
}

// icons are the drawings of the ways.
var icons = map[factor.Kind]string{factor.Password: "lock", factor.Passkey: "key", factor.TOTP: "phone", factor.RecoveryCode: "list"}

// Icon is the entry's drawing.
func (w Way) Icon() string {
	if name, ok := icons[w.Kind]; ok {
		return name
	}
	return "shield"
}

// Overview lists all ways to sign in, each with its state and a link.
type Overview struct {
	own.Frame
	Ways []Way
}

var overview = own.Parse(files, "overview.html")

// Render writes the page.
func (p *Overview) Render(w io.Writer) error { return overview.Execute(w, p.Locale, p) }

// PasswordWay is the overview's entry of the password; changed is zero if there is none.
func PasswordWay(changed time.Time, url string) Way {
	w := Way{Kind: factor.Password, Title: "security.password", State: part.Say("security.password.none"), URL: url}
	if !changed.IsZero() {
		w.State, w.Since, w.On = part.Say("security.password.changed"), changed, true
	}
	return w
}

// PasskeysWay is the overview's entry of the passkeys.
func PasskeysWay(n int, url string) Way {
	w := Way{Kind: factor.Passkey, Title: "security.passkeys", State: part.Say("security.passkeys.none"), URL: url}
	if n > 0 {
		w.State, w.On = part.Say("security.passkeys.some", "count", n), true
	}
	return w
}
