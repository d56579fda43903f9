package signin

import (
	"io"

	"github.com/cardea-iam/cardea/internal/factor"
	"github.com/cardea-iam/cardea/internal/ui/part"
)

// Way is a factor to choose.
type Way struct {
	Name, Hint part.Key
	URL        string
	Kind       factor.Kind

	icon string
}

// Icon is the picture beside the name.
func (w Way) Icon() string {
	if w.icon == "" {
		return "key"
	}
	return w.icon
}

// wayOf says how people call a factor, and what it takes.
var wayOf = map[factor.Kind]Way{
	factor.Password:     {Name: "way.password", Hint: "way.password.hint", icon: "lock"},
	factor.Passkey:      {Name: "way.passkey", Hint: "way.passkey.hint", icon: "key"},
	factor.TOTP:         {Name: "way.totp", Hint: "way.totp.hint", icon: "phone"},
	factor.RecoveryCode: {Name: "way.recovery_code", Hint: "way.recovery_code.hint", icon: "list"},
	factor.Email:        {Name: "way.email", Hint: "way.email.hint", icon: "mail"},
	factor.SMS:          {Name: "way.sms", Hint: "way.sms.hint", icon: "message"},
	factor.Voice:        {Name: "way.voice", Hint: "way.voice.hint", icon: "call"},
	factor.Approval:     {Name: "way.approval", Hint: "way.approval.hint", icon: "computer"},
}

// WayTo is the way of a factor with the page that it leads to. A factor that this page has no words
// for is told as what it is: another way.
func WayTo(kind factor.Kind, url string) Way {
	way, known := wayOf[kind]
	if !known {
		way = Way{Name: "way.unnamed", Hint: "way.unnamed.hint", icon: "key"}
	}
	way.URL, way.Kind = url, kind
	return way
}

// Other lists the ways that would do.
type Other struct {
	Frame
	Ways []Way
}

var otherPage = part.Parse(files, "asking.html", "other.html")

// Render writes the page.
func (p *Other) Render(w io.Writer) error { return otherPage.Execute(w, p.Locale, p) }

// Enrol lists what a person may set up who is asked for more than they have.
type Enrol struct {
	Frame
	Ways []Way
}

var enrolPage = part.Parse(files, "asking.html", "enrol.html")

// Render writes the page.
func (p *Enrol) Render(w io.Writer) error { return enrolPage.Execute(w, p.Locale, p) }
