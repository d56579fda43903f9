package visit

import (
	"errors"
	"net/http"

	"github.com/cardea-iam/cardea/internal/factor/password"
	"github.com/cardea-iam/cardea/internal/factor/password/argon"
	"github.com/cardea-iam/cardea/internal/factor/password/plaintext"
	"github.com/cardea-iam/cardea/internal/factor/password/policy"
	"github.com/cardea-iam/cardea/internal/ui/part"
)

// PasswordProblem is what is told of a new password that was refused, with the value min. "" is an
// error that says something else; it is returned for whoever translates it.
func PasswordProblem(err error) (part.Key, error) {
	var weak *policy.Refusal
	var busy *argon.ErrBusy
	var refused *password.Refused
	switch {
	case errors.As(err, &busy):
		return "", &Refusal{Kind: "busy", Status: http.StatusServiceUnavailable, Wait: busy.RetryAfter, Cause: err}
	case errors.As(err, &weak):
		return WeakPassword(weak.Reason), nil
	case errors.As(err, &refused) && refused.Reason == password.Same:
		return "password.same", nil
	case errors.Is(err, plaintext.ErrTooLong):
		return "password.long", nil
	case errors.Is(err, plaintext.ErrEmpty), errors.Is(err, plaintext.ErrEncoding):
		return "password.short", nil
	}
	return "", err
}

// NewPasswordInput is the field #new-password of a form for people who choose a password.
func NewPasswordInput(name string, min int, problem part.Key, focus bool) part.Input {
	in := part.Input{
		ID: "new-password", Name: name, Type: "password", Label: "password.new", Autocomplete: "new-password",
		Required: true, Autofocus: focus, Hint: part.Say("password.rule", "min", min),
	}
	if problem != "" {
		in.Error = part.Say(problem, "min", min)
	}
	return in
}
