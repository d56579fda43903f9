package part

// Input is a labelled form field, shown by the "input" component. The label,
// the hint and the error are tied to the field for screen readers.
type Input struct {
	ID, Name     string
	Type         string // "text", "password", "email", "tel", "url"
	Value        string // never printed for passwords
	Label        Key
	Hint         *Message // nil for none
	Error        *Message // nil for none; stands in place of the hint
	Autocomplete string   // HTML's autofill word: "current-password"
	Mode         string   // HTML's inputmode: "numeric" for a code of digits
	Choices      []string // values offered while typing
	Required     bool
	Autofocus    bool
	Optional     bool // marks the label
	Wide         bool // takes the whole row where fields stand in columns
}

// CodeInput is the field #code for a code of digits that came in a message or that an app shows.
func CodeInput(name string, label Key) Input {
	return Input{ID: "code", Name: name, Type: "text", Label: label, Mode: "numeric", Autocomplete: "one-time-code", Required: true, Autofocus: true}
}

// IsPassword says that the value is hidden while typed.
func (i Input) IsPassword() bool { return i.Type == "password" }

// DescribedBy is the id of the sentence below the field, for aria-describedby.
func (i Input) DescribedBy() string {
	switch {
	case i.Error != nil:
		return i.ID + "-error"
	case i.Hint != nil:
		return i.ID + "-hint"
	}
	return ""
}
