package notice

import (
	"io"

	"github.com/cardea-iam/cardea/internal/ui/part"
)

// FormPost carries an authorization response to the client by a form that
// sends itself, or by its button where script is off (OAuth 2.0 Form Post
// Response Mode §2). Base.Hidden is not part of it: the form holds Fields and
// nothing else.
type FormPost struct {
	part.Base
	App part.App
	// Target is the validated redirect URI, http or https.
	Target string
	// Fields are the parameters of the response, in order.
	Fields []part.Field
}

var formPost = part.Parse(files, "formpost.html")

// Render writes the page.
func (p *FormPost) Render(w io.Writer) error { return formPost.Execute(w, p.Locale, p) }
