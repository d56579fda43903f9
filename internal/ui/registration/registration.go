// Package registration is the pages on which people make accounts: for themselves, with a code that
// comes by mail, or from an invitation.
package registration

import (
	"embed"
	"io"
	"strings"

	"github.com/cardea-iam/cardea/internal/ui/part"
	"github.com/cardea-iam/cardea/internal/ui/visit"
)

//go:embed *.html
var files embed.FS

// Names of the fields that the pages of this room post, beside those of claims, which have the
// claims' names. FieldTerms is the version that the person read when the box is ticked.
const (
	FieldEmail    = "email"
	FieldTerms    = "terms"
	FieldCode     = "code"
	FieldPassword = "new_password"
)

// Problem is why a form is shown again.
type Problem = part.Key

// The problems.
const (
	EmailInvalid Problem = "signup.problem.email"
	Domain       Problem = "signup.problem.domain"
	TermsMissing Problem = "signup.problem.terms"
	CodeWrong    Problem = "signup.problem.code"
	Taken        Problem = "signup.problem.taken"
	BadClaim     Problem = "signup.problem.claim"
)

// Frame is what the pages share.
type Frame struct {
	part.Base
	App     part.App // for which the account is made; the zero value for none
	Action  string
	Problem Problem
	// SignInURL leads to those who have an account; empty hides it.
	SignInURL string
}

// Alert is the sentence above the form, nil if there is none or a field says it.
func (f Frame) Alert() *part.Message {
	switch f.Problem {
	case TermsMissing, Taken:
		return part.Say(f.Problem)
	}
	return nil
}

// Terms are what a person accepts with an account.
type Terms struct {
	Version, URL, PrivacyURL string
	Accepted                 bool
}

// Start asks for an address.
type Start struct {
	Frame
	Email   string
	Domains []string // of the addresses that may register; empty means all
	Terms   Terms
}

var startPage = part.Parse(files, "aside.html", "start.html")

// Render writes the page.
func (p *Start) Render(w io.Writer) error { return startPage.Execute(w, p.Locale, p) }

// EmailInput is the field #email.
func (p *Start) EmailInput() part.Input {
	in := part.Input{ID: "email", Name: FieldEmail, Type: "email", Label: "signup.email", Value: p.Email, Autocomplete: "email", Required: true, Autofocus: true}
	if len(p.Domains) > 0 {
		in.Hint = part.Say("signup.domains", "domains", strings.Join(p.Domains, ", "))
	}
	if p.Problem == EmailInvalid || p.Problem == Domain {
		in.Error = part.Say(p.Problem)
	}
	return in
}

// Code asks for the code that came by mail.
type Code struct {
	Frame
	Email        string
	ResendAction string
	BackURL      string
	Sent         bool // one more was asked for
}

var codePage = part.Parse(files, "aside.html", "code.html")

// Render writes the page.
func (p *Code) Render(w io.Writer) error { return codePage.Execute(w, p.Locale, p) }

// Notice says that one more code is on its way.
func (p *Code) Notice() *part.Message {
	if !p.Sent {
		return nil
	}
	return part.Say("signup.resent")
}

// CodeInput is the field #code.
func (p *Code) CodeInput() part.Input {
	in := part.CodeInput(FieldCode, "signup.code")
	if p.Problem == CodeWrong {
		in.Error = part.Say(p.Problem)
	}
	return in
}

// Person is the page with the person's name and first password, at the end of a registration and of
// an invitation.
type Person struct {
	Frame
	Invited   bool
	Inviter   string // the tenant's name for people, with Invited
	Email     string
	Asked     []string // claims to ask for
	Values    map[string]string
	BadClaim  string // the claim that cannot be taken
	MinLength int
	Terms     Terms
	More      []part.Field // fields that people do not see, beside those of the frame
}

var personPage = part.Parse(files, "aside.html", "person.html")

// Render writes the page.
func (p *Person) Render(w io.Writer) error { return personPage.Execute(w, p.Locale, p) }

// ClaimInputs are the fields of the claims that are asked for.
func (p *Person) ClaimInputs() []part.Input {
	return claimInputs(p.Asked, p.Values, p.BadClaim, p.Problem == "", func(name string) bool { return name != "name" })
}

func claimInputs(asked []string, values map[string]string, bad string, focus bool, optional func(name string) bool) (out []part.Input) {
	for i, name := range asked {
		if labels[name].label == "" {
			continue // no claim that people could be asked for
		}
		in := part.Input{ID: "claim-" + strings.ReplaceAll(name, "_", "-"), Name: name, Type: "text", Label: labels[name].label, Value: values[name],
			Autocomplete: labels[name].autocomplete, Optional: optional(name), Autofocus: i == 0 && focus}
		if bad == name {
			in.Error = part.Say(BadClaim)
		}
		out = append(out, in)
	}
	return out
}

// PasswordInput is the field #new-password.
func (p *Person) PasswordInput() part.Input {
	problem := p.Problem
	if !strings.HasPrefix(string(problem), "password.") {
		problem = ""
	}
	return visit.NewPasswordInput(FieldPassword, p.MinLength, problem, problem != "" || len(p.Asked) == 0)
}

// Later asks a person who has proved who they are for what was not asked at first: new terms, and
// claims that they may leave out.
type Later struct {
	Frame
	Person       part.Person
	Terms        Terms
	Asked        []string // claims to ask for
	Values       map[string]string
	BadClaim     string
	CancelAction string // takes the POST that returns to the app without signing in; empty hides it
}

var laterPage = part.Parse(files, "aside.html", "later.html")

// Render writes the page.
func (p *Later) Render(w io.Writer) error { return laterPage.Execute(w, p.Locale, p) }

// Title is what the page is about: the terms, if it has any.
func (p *Later) Title() *part.Message {
	if p.Terms.Version != "" {
		return part.Say("signup.later.terms")
	}
	return part.Say("signup.later.claims")
}

// Lede says why there is something to do.
func (p *Later) Lede() *part.Message {
	switch {
	case p.Terms.Version == "":
		return part.Say("signup.later.claims.why")
	case len(p.Asked) > 0:
		return part.Say("signup.later.both.why")
	}
	return part.Say("signup.later.terms.why")
}

// ClaimInputs are the fields of the claims that are asked for.
func (p *Later) ClaimInputs() []part.Input {
	return claimInputs(p.Asked, p.Values, p.BadClaim, p.Problem == "" && p.Terms.Version == "", func(string) bool { return true })
}

// labels are what people call claims, and what browsers fill in for them.
var labels = map[string]struct {
	label        part.Key
	autocomplete string
}{
	"name":         {"claim.name", "name"},
	"given_name":   {"claim.given_name", "given-name"},
	"family_name":  {"claim.family_name", "family-name"},
	"nickname":     {"claim.nickname", "nickname"},
	"birthdate":    {"claim.birthdate", "bday"},
	"website":      {"claim.website", "url"},
	"phone_number": {"claim.phone_number", "tel"},
	"locale":       {"claim.locale", "language"},
	"zoneinfo":     {"claim.zoneinfo", "off"},
}
