package passkey

import "github.com/cardea-iam/cardea/internal/ui/part"

// NameInput is the field #name of a new key or one that is renamed.
func NameInput(value string, problem Problem) *part.Input {
	in := &part.Input{ID: "name", Name: FieldName, Type: "text", Label: "passkey.name", Value: value, Autocomplete: "off", Optional: true, Hint: part.Say("passkey.name.hint")}
	if problem == BadName {
		in.Error = part.Say(problem)
	}
	return in
}
