package secret

import (
	"encoding"
	"fmt"
	"log/slog"
)

// Secret is text that does not show itself. The zero value is the empty secret.
type Secret struct{ text string }

const placeholder = "***"

// Of wraps text.
func Of(text string) Secret { return Secret{text} }

// Reveal returns the text; call it only where the text must leave the process or be compared.
func (s Secret) Reveal() string { return s.text }

// Empty reports whether there is no text.
func (s Secret) Empty() bool { return s.text == "" }

// String implements fmt.Stringer with a placeholder.
func (s Secret) String() string { return placeholder }

// Format implements fmt.Formatter with a placeholder for every verb, %#v included.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(placeholder)) }

// MarshalText implements encoding.TextMarshaler (and so JSON and XML) with a placeholder.
func (s Secret) MarshalText() ([]byte, error) { return []byte(placeholder), nil }

// LogValue implements slog.LogValuer with a placeholder.
func (s Secret) LogValue() slog.Value { return slog.StringValue(placeholder) }

var (
	_ fmt.Formatter          = Secret{}
	_ encoding.TextMarshaler = Secret{}
	_ slog.LogValuer         = Secret{}
)
