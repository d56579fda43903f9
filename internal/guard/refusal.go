package guard

// Refusal is an error that says no to the caller, as opposed to a fault. Protocol errors
// (oauth.Error and its like) and this package's errors are refusals.
type Refusal interface {
	error
	// RefusalCode is the short, stable code that the log keeps.
	RefusalCode() string
}

// Denied is policy's no.
type Denied struct {
	Action   string
	Policies []string // the forbids that matched; none where nothing permitted
}

// Error implements error.
func (d *Denied) Error() string { return "policy does not allow " + d.Action }

// RefusalCode implements Refusal.
func (d *Denied) RefusalCode() string { return "access_denied" }

// Problem is a refusal of a room's own rules, for whoever administers: RFC 9457's type, and a
// sentence that says what to do.
type Problem struct {
	Code   string // not_found, conflict, invalid
	Field  string // the offending field, if one is
	Public string // a sentence for the caller
	Cause  error  // private, may be nil
}

// Error implements error.
func (p *Problem) Error() string {
	if p.Cause != nil {
		return p.Code + ": " + p.Public + ": " + p.Cause.Error()
	}
	return p.Code + ": " + p.Public
}

// Unwrap gives the private cause.
func (p *Problem) Unwrap() error { return p.Cause }

// RefusalCode implements Refusal.
func (p *Problem) RefusalCode() string { return p.Code }

// NotFound says that there is no such thing, or none that the caller may see.
func NotFound(public string) *Problem { return &Problem{Code: "not_found", Public: public} }

// Conflict says that the wish does not fit the present state.
func Conflict(public string) *Problem { return &Problem{Code: "conflict", Public: public} }

// Invalid says that a field's value cannot be taken.
func Invalid(field, public string) *Problem {
	return &Problem{Code: "invalid", Field: field, Public: public}
}
