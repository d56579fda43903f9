package security

import (
	"embed"
	"io"
	"time"

	"github.com/cardea-iam/cardea/internal/factor"
	"github.com/cardea-iam/cardea/internal/ui/own"
	"github.com/cardea-iam/cardea/internal/ui/part"
)

//go:embed totp.html totp_add.html recovery.html phone.html
var codePages embed.FS

// FieldCode names the field that the page for a new app posts.
const FieldCode = "code"

// Problem is why a form is shown again.
type Problem = part.Key

// The problems of setting up an app.
const (
	SetupWrong   Problem = "totp.problem.wrong" //nolint:gosec // a key of messages
	SetupExpired Problem = "totp.problem.expired"
)

// Authenticator says whether the account has an authenticator app.
type Authenticator struct {
	own.Frame
	Since time.Time // zero for none
	Used  time.Time // zero for never
	// AddURL leads to the page that sets an app up.
	AddURL string
	// RemoveAction takes the POST that removes the app.
	RemoveAction string
}

var authenticator = own.Parse(codePages, "totp.html")

// Render writes the page.
func (p *Authenticator) Render(w io.Writer) error { return authenticator.Execute(w, p.Locale, p) }

// AddAuthenticator has a person set up an app. It posts [FieldCode].
type AddAuthenticator struct {
	own.Frame
	Setup   part.AppSetup
	Action  string
	BackURL string
	Problem Problem
}

var addAuthenticator = own.Parse(codePages, "totp_add.html")

// Render writes the page.
func (p *AddAuthenticator) Render(w io.Writer) error { return addAuthenticator.Execute(w, p.Locale, p) }

// CodeInput is the field #code.
func (p *AddAuthenticator) CodeInput() part.Input {
	in := part.Input{ID: "code", Name: FieldCode, Type: "text", Label: "code.app.label", Mode: "numeric", Autocomplete: "one-time-code", Required: true}
	if p.Problem != "" {
		in.Error = part.Say(p.Problem)
	}
	return in
}

// appWay is the overview's entry of the authenticator app; since is zero if there is none.
func appWay(since time.Time, url string) Way {
	w := Way{Kind: factor.TOTP, Title: "totp.name", State: part.Say("totp.none"), URL: url}
	if !since.IsZero() {
		w.State, w.Since, w.On = part.Say("totp.since"), since, true
	}
	return w
}
