package oauth

import "strings"

// Prompt is the set of values of the prompt parameter (OpenID Connect Core 1.0
// §3.1.2.1). The zero value means that none was sent.
type Prompt uint8

// The values of prompt.
const (
	PromptNone Prompt = 1 << iota
	PromptLogin
	PromptConsent
	PromptSelectAccount
)

var promptWords = []struct {
	value Prompt
	word  string
}{{PromptNone, "none"}, {PromptLogin, "login"}, {PromptConsent, "consent"}, {PromptSelectAccount, "select_account"}}

// ParsePrompt reads the space-delimited, case-sensitive list. The error is an
// *Error invalid_request. (display, its neighbour in the standard, is ignored:
// our pages suit every display.)
func ParsePrompt(raw string) (Prompt, error) {
	var p Prompt
	if raw == "" {
		return p, nil
	}
	for word := range strings.SplitSeq(raw, " ") {
		v := promptOf(word)
		if v == 0 {
			return 0, InvalidRequest("prompt must be none, or any of login, consent, select_account")
		}
		p |= v
	}
	// OpenID Connect Core 1.0 §3.1.2.1: none together with another value is an error
	if p.Has(PromptNone) && p != PromptNone {
		return 0, InvalidRequest("prompt none stands alone")
	}
	return p, nil
}

func promptOf(word string) Prompt {
	for _, w := range promptWords {
		if w.word == word {
			return w.value
		}
	}
	return 0
}

// Has tells whether the value is in the set.
func (p Prompt) Has(value Prompt) bool { return p&value != 0 }

// Without returns the set without the value, for a step that has been done.
func (p Prompt) Without(value Prompt) Prompt { return p &^ value }

// String is the space-delimited form.
func (p Prompt) String() string {
	var words []string
	for _, w := range promptWords {
		if p.Has(w.value) {
			words = append(words, w.word)
		}
	}
	return strings.Join(words, " ")
}

// MarshalText writes the space-delimited form.
func (p Prompt) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (p *Prompt) UnmarshalText(text []byte) error {
	parsed, err := ParsePrompt(string(text))
	if err != nil {
		return err
	}
	*p = parsed
	return nil
}
