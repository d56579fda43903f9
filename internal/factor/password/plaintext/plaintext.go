// Package plaintext holds a password between the form that carried it and the
// hash or rule that looks at it.
//
// A [Password] in hand is valid: UTF-8, NFC, neither empty nor longer than
// [MaxLength] code points. Parsing is the first step of every door that takes a
// password and happens before the account is looked up, so that a refusal here
// says nothing about who exists. Nothing is trimmed, cut or folded: a NUL and a
// leading space are characters like any other.
//
// Standards: NIST SP 800-63B-4 §3.1.1.2, OWASP ASVS 5.0 V6.2.
//
// It does not judge strength (see package policy) and stores nothing (see
// package argon).
package plaintext

import (
	"errors"
	"fmt"
	"log/slog"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// MaxLength is the greatest number of code points, after NFC, that a password
// may have. NIST SP 800-63B-4 §3.1.1.2 asks for at least 64; the bound exists so
// that a request cannot buy unlimited work.
const MaxLength = 1024

// maxBytes bounds the work of normalisation. NFC joins at most a handful of code
// points into one, so that no password within MaxLength comes near it.
const maxBytes = 16 * MaxLength

var (
	// ErrEmpty refuses the password of no characters.
	ErrEmpty = errors.New("password is empty")
	// ErrTooLong refuses more than MaxLength code points. The password is never
	// truncated to fit.
	ErrTooLong = fmt.Errorf("password is longer than %d characters", MaxLength)
	// ErrEncoding refuses bytes that are not UTF-8: two broken inputs must not
	// become the same password.
	ErrEncoding = errors.New("password is not valid UTF-8")
)

// Password is a parsed password. Its zero value is not one: functions that take
// a Password treat it as ErrEmpty. It prints, logs and marshals as a placeholder;
// Reveal is the only way out.
type Password struct{ text string }

// Parse takes raw as it came from the form or file. The error is ErrEmpty,
// ErrTooLong or ErrEncoding.
func Parse(raw string) (Password, error) {
	switch {
	case raw == "":
		return Password{}, ErrEmpty
	case len(raw) > maxBytes:
		return Password{}, ErrTooLong
	case !utf8.ValidString(raw):
		return Password{}, ErrEncoding
	}
	// NIST SP 800-63B-4 §3.1.1.2: normalise (NFKC or NFC) before hashing, so that
	// a keyboard that sends é as two code points signs in too. NFC is the one that
	// keeps apart what the person typed apart (ﬁ and fi, ² and 2).
	text := norm.NFC.String(raw)
	// NIST SP 800-63B-4 §3.1.1.2: each code point counts as one character.
	if utf8.RuneCountInString(text) > MaxLength {
		return Password{}, ErrTooLong
	}
	return Password{text}, nil
}

// Length is the number of code points after NFC; 0 only for the zero value.
func (p Password) Length() int { return utf8.RuneCountInString(p.text) }

// Reveal returns the NFC text. Only hashing and strength rules call it.
func (p Password) Reveal() string { return p.text }

const placeholder = "[password]"

// String returns a placeholder.
func (p Password) String() string { return placeholder }

// Format writes a placeholder for every verb.
func (p Password) Format(s fmt.State, _ rune) { _, _ = s.Write([]byte(placeholder)) }

// LogValue returns a placeholder.
func (p Password) LogValue() slog.Value { return slog.StringValue(placeholder) }

// MarshalText returns a placeholder; encoding/json uses it.
func (p Password) MarshalText() ([]byte, error) { return []byte(placeholder), nil }

// Fold returns the form in which a password, or a word it must not be, is
// compared with lists: NFKC and full case folding, so that PASSWORD, Password and
// ｐａｓｓｗｏｒｄ are one entry. It is never hashed for storage.
func Fold(s string) string {
	return norm.NFKC.String(cases.Fold().String(norm.NFKC.String(s)))
}
