// Package inbox is the page of the development inbox: what the server would have sent. It exists
// only on a server whose configuration says mail.inbox.
package inbox

import (
	"embed"
	"io"
	"time"

	"github.com/cardea-iam/cardea/internal/ui/part"
)

//go:embed *.html
var files embed.FS

var (
	listPage    = part.Parse(files, "list.html")
	messagePage = part.Parse(files, "message.html")
)

// Entry is a message in the list.
type Entry struct {
	URL     string
	Channel string // mail, sms or voice
	To      string
	Subject string // for telephones the message's beginning
	At      time.Time
}

// Icon is the drawing of the channel.
func (e Entry) Icon() string {
	if e.Channel == "mail" {
		return "mail"
	}
	return "phone"
}

// List is all that waits for being read, newest first.
type List struct {
	part.Base
	Entries []Entry
	// To narrows the list to one recipient; "" shows all.
	To string
	// AllURL leads to the whole list.
	AllURL string
}

// Render writes the page.
func (p *List) Render(w io.Writer) error { return listPage.Execute(w, p.Locale, p) }

// Message is one message.
type Message struct {
	part.Base
	Entry
	// Text is the message as plain text.
	Text string
	// Links are where the message leads.
	Links []string
	// HTMLURL shows the message as HTML; "" for telephones.
	HTMLURL string
	// ListURL leads back; RecipientURL to all messages to the same recipient.
	ListURL, RecipientURL string
}

// Render writes the page.
func (p *Message) Render(w io.Writer) error { return messagePage.Execute(w, p.Locale, p) }
