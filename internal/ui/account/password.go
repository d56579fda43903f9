package account

import (
	"io"

	"github.com/cardea-iam/cardea/internal/ui/own"
	"github.com/cardea-iam/cardea/internal/ui/part"
)

// Names of the fields that the password page posts. FieldEndOthers is
// [EndOthersOn] when the box is ticked and absent when not.
const (
	FieldCurrentPassword = "current_password"
	FieldNewPassword     = "new_password"
	FieldRepeatPassword  = "repeat_password"
	FieldEndOthers       = "end_others"
	EndOthersOn          = "yes"
)

// The problems of the password form.
const (
	CurrentWrong    Problem = "password.wrong"
	PasswordShort   Problem = "password.short"
	PasswordLong    Problem = "password.long"
	PasswordSame    Problem = "password.same"
	RepeatDiffers   Problem = "password.differs"
	ThrottledChange Problem = "password.throttled"
)

// Password is the form that changes the password.
type Password struct {
	own.Frame
	Action string
	// MinLength is how many characters a password needs.
	MinLength int
	// CurrentProblem, NewProblem and RepeatProblem are refusals by field.
	CurrentProblem, NewProblem, RepeatProblem Problem
}

var passwordPage = own.Parse(files, "password.html")

// Render writes the page.
func (p *Password) Render(w io.Writer) error { return passwordPage.Execute(w, p.Locale, p) }

// CurrentInput is the field #current-password.
func (p *Password) CurrentInput() part.Input {
	return p.input("current-password", FieldCurrentPassword, "password.current", "current-password", p.CurrentProblem)
}

// NewInput is the field #new-password.
func (p *Password) NewInput() part.Input {
	in := p.input("new-password", FieldNewPassword, "password.new", "new-password", p.NewProblem)
	in.Hint = part.Say("password.rule", "min", p.MinLength)
	return in
}

// RepeatInput is the field #repeat-password.
func (p *Password) RepeatInput() part.Input {
	return p.input("repeat-password", FieldRepeatPassword, "password.repeat", "new-password", p.RepeatProblem)
}

func (p *Password) input(id, name string, label part.Key, autocomplete string, problem Problem) part.Input {
	in := part.Input{ID: id, Name: name, Type: "password", Label: label, Autocomplete: autocomplete, Required: true}
	if problem != "" {
		in.Error = part.Say(problem, "min", p.MinLength)
	}
	return in
}
