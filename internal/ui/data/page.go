package data

import (
	"embed"
	"io"
	"time"

	"github.com/cardea-iam/cardea/internal/ui/own"
	"github.com/cardea-iam/cardea/internal/ui/part"
)

//go:embed *.html
var files embed.FS

// Paths of the forms and pages, below the tenant's root.
const (
	PathDownload = "/account/data/download"
	PathDelete   = "/account/data/delete"
	PathKeep     = "/account/deletion/keep"
)

// Data offers the download and leads to the deletion.
type Data struct {
	own.Frame
	DownloadAction string
	// DeleteURL leads to the page on which the deletion is asked for; empty where the tenant does
	// not let people delete their own accounts.
	DeleteURL string
}

var dataPage = own.Parse(files, "data.html")

// Render writes the page.
func (p *Data) Render(w io.Writer) error { return dataPage.Execute(w, p.Locale, p) }

// Delete says what happens when, and asks.
type Delete struct {
	own.Frame
	Action string
	Days   int       // of grace; 0 is none
	Due    time.Time // when the account would be erased
	// LastOwner says that the person governs alone and cannot leave.
	LastOwner bool
}

var deletePage = own.Parse(files, "delete.html")

// Render writes the page.
func (p *Delete) Render(w io.Writer) error { return deletePage.Execute(w, p.Locale, p) }

// Asked says that the deletion was asked for and how to call it off.
type Asked struct {
	part.Base
	Days      int // of grace
	SignInURL string
}

var askedPage = part.Parse(files, "asked.html")

// Render writes the page.
func (p *Asked) Render(w io.Writer) error { return askedPage.Execute(w, p.Locale, p) }

// Leaving is all that whoever signs in sees while the deletion is due: its form posts to
// KeepAction.
type Leaving struct {
	part.Base
	Person        part.Person
	Due           time.Time
	KeepAction    string
	SignOutAction string
}

var leavingPage = part.Parse(files, "leaving.html")

// Render writes the page.
func (p *Leaving) Render(w io.Writer) error { return leavingPage.Execute(w, p.Locale, p) }
