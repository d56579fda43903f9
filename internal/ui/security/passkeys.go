package security

import (
	"io"
	"time"

	"github.com/cardea-iam/cardea/internal/ui/own"
	"github.com/cardea-iam/cardea/internal/ui/part"
	"github.com/cardea-iam/cardea/internal/ui/passkey"
)

// What the list reports after a change.
const (
	PasskeyAdded   part.Key = "passkey.done.added"
	PasskeyRenamed part.Key = "passkey.done.renamed" //nolint:gosec // a key of messages
	PasskeyRemoved part.Key = "passkey.done.removed" //nolint:gosec // a key of messages
)

// FieldKey is the field that names a passkey.
const FieldKey = "key"

// Passkey is one of the person's passkeys.
type Passkey struct {
	ID       string // posted as FieldKey
	Name     string // the person's; may be empty
	Provider string // who keeps it; may be empty
	Synced   bool   // it may be copied to other devices
	Copied   bool   // its counter ran backwards: it is refused
	Created  time.Time
	Used     time.Time // zero if it was never used
	URL      string    // its page
}

// Title is what the person calls it, or who keeps it; empty if neither is known.
func (p Passkey) Title() string {
	if p.Name != "" {
		return p.Name
	}
	return p.Provider
}

// Passkeys lists a person's passkeys.
type Passkeys struct {
	own.Frame
	Keys   []Passkey
	AddURL string
	Full   bool // no more can be added
}

var passkeys = own.Parse(files, "passkeys.html")

// Render writes the page.
func (p *Passkeys) Render(w io.Writer) error { return passkeys.Execute(w, p.Locale, p) }

// AddPasskey asks the person's authenticator for a new passkey.
type AddPasskey struct {
	own.Frame
	Passkey part.Passkey // with its Name
	Problem passkey.Problem
}

var addPasskey = own.Parse(files, "passkey_add.html")

// Render writes the page.
func (p *AddPasskey) Render(w io.Writer) error { return addPasskey.Execute(w, p.Locale, p) }

// Alert is the sentence above the form, nil if there is none.
func (p *AddPasskey) Alert() *part.Message { return alert(p.Problem) }

// LastWay is the problem of a passkey that cannot be removed.
const LastWay passkey.Problem = "passkey.problem.last"

// KeyPage renames or removes one passkey. Both forms post [FieldKey].
type KeyPage struct {
	own.Frame
	Key          Passkey
	RenameAction string
	RemoveAction string
	NameInput    *part.Input
	Problem      passkey.Problem
}

var keyPage = own.Parse(files, "passkey_key.html")

// Render writes the page.
func (p *KeyPage) Render(w io.Writer) error { return keyPage.Execute(w, p.Locale, p) }

// Alert is the sentence above the forms, nil if there is none.
func (p *KeyPage) Alert() *part.Message {
	if p.Problem == passkey.BadName {
		return nil // its field says so
	}
	return alert(p.Problem)
}

func alert(p passkey.Problem) *part.Message {
	if p == "" {
		return nil
	}
	return part.Say(p)
}
