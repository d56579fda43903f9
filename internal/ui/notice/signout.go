package notice

import (
	"io"

	"github.com/cardea-iam/cardea/internal/ui/part"
)

// Names of the field that the sign-out question posts and its two values.
const (
	FieldAnswer = "answer"
	Yes         = "yes"
	No          = "no"
)

// SignOut asks whether to sign out (OpenID Connect RP-Initiated Logout 1.0 §2:
// the person is asked where the request does not prove who sent it). It posts
// [FieldAnswer].
type SignOut struct {
	part.Base
	App    part.App // that sent the person here; zero if unknown
	Person part.Person
	Action string
}

var signOut = part.Parse(files, "signout.html")

// Render writes the page.
func (p *SignOut) Render(w io.Writer) error { return signOut.Execute(w, p.Locale, p) }

// SignedOut says that the session has ended.
type SignedOut struct {
	part.Base
	// App is the client to go back to; zero if there is none.
	App part.App
	// ContinueURL is the client's validated post-logout target; empty hides
	// the button.
	ContinueURL string
	// SignInURL leads to the sign-in form; empty hides it.
	SignInURL string
}

var signedOut = part.Parse(files, "signedout.html")

// Render writes the page.
func (p *SignedOut) Render(w io.Writer) error { return signedOut.Execute(w, p.Locale, p) }

// SignedIn says that the person is signed in already and there is nothing left
// to do here: the sign-in page was opened again after the end.
type SignedIn struct {
	part.Base
	Person      part.Person
	ContinueURL string // the account page, or the app
	// SignOutAction takes the POST that signs out; empty hides the button.
	SignOutAction string
}

var signedIn = part.Parse(files, "signedin.html")

// Render writes the page.
func (p *SignedIn) Render(w io.Writer) error { return signedIn.Execute(w, p.Locale, p) }
