package security

import (
	"io"
	"time"

	"github.com/cardea-iam/cardea/internal/factor"
	"github.com/cardea-iam/cardea/internal/ui/own"
	"github.com/cardea-iam/cardea/internal/ui/part"
)

// RecoveryCodes is the page of the recovery codes: how many are left, and, to the session that has
// just made them, the codes themselves.
type RecoveryCodes struct {
	own.Frame
	Made time.Time // zero for none
	Left int
	// Of is how many codes a set has.
	Of int
	// OfUse says that there is a second factor that codes can stand in for.
	OfUse bool
	// Codes are shown only to the session that has just made them.
	Codes []string
	// MakeAction takes the POST that makes new codes, HideAction the one that ends their showing.
	MakeAction, HideAction string
	DownloadURL            string
	AuthenticatorURL       string
}

var recoveryCodes = own.Parse(codePages, "recovery.html")

// Render writes the page.
func (p *RecoveryCodes) Render(w io.Writer) error { return recoveryCodes.Execute(w, p.Locale, p) }

// LeftMessage says how many codes are left.
func (p *RecoveryCodes) LeftMessage() *part.Message {
	return part.Say("codes.left", "left", p.Left, "all", p.Of)
}

// Few says that it is time for new codes.
func (p *RecoveryCodes) Few() bool { return p.Left <= 3 }

// The changes that the pages of codes report.
const (
	AppAdded   part.Key = "totp.done.added"
	AppRemoved part.Key = "totp.done.removed"
	CodesKept  part.Key = "codes.done.kept"
)

// paperWay is the overview's entry of the recovery codes.
func paperWay(left, all int, url string) Way {
	w := Way{Kind: factor.RecoveryCode, Title: "codes.name", State: part.Say("codes.none"), URL: url}
	if left > 0 {
		w.State, w.On = part.Say("codes.left", "left", left, "all", all), true
	}
	return w
}
