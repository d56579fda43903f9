package code

import (
	"io"

	"github.com/cardea-iam/cardea/internal/ui/part"
)

// Send is the page before a code is sent. Its button sends it.
type Send struct {
	part.Base
	Way    Way
	App    part.App
	Person part.Person
	To     string // where the code will go, masked; "" where it may not be shown
	Action string
	// PaperURL, OtherURL and CancelAction are those of Page.
	PaperURL, OtherURL string
	CancelAction       string
}

var send = part.Parse(files, "aside.html", "send.html")

// Render writes the page.
func (p *Send) Render(w io.Writer) error { return send.Execute(w, p.Locale, p) }

// Title is what the page is about.
func (p *Send) Title() *part.Message { return part.Say(p.Way.Title) }

// Lede says where the code will go.
func (p *Send) Lede() *part.Message {
	if p.To != "" && p.Way.AskTo != "" {
		return part.Say(p.Way.AskTo, "to", p.To)
	}
	return part.Say(p.Way.Ask, "to", p.To)
}

// Link is the page that the link of a message opens: in the browser that asked for it a button, in
// any other one the code to type there. It posts the hidden fields alone.
type Link struct {
	part.Base
	App part.App
	// Action takes the POST that signs in; empty in another browser.
	Action string
	// Code is shown in another browser.
	Code string
}

var link = part.Parse(files, "aside.html", "link.html")

// Render writes the page.
func (p *Link) Render(w io.Writer) error { return link.Execute(w, p.Locale, p) }
