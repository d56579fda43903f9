// Package strictjson reads JSON that came from outside so that we read what
// everybody else reads: member names match exactly, no name occurs twice, text
// is UTF-8 without NUL, nothing follows the value, and size and depth are bounded.
// Unknown members are refused unless the format is an open one (RFC 7519 §4:
// claims that are not understood are ignored).
//
// The work is done by github.com/go-json-experiment/json; this package fixes its
// options and adds the bounds.
package strictjson

import (
	"errors"
	"fmt"
	"io"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Bounds on every document.
const (
	MaxDepth     = 32       // nested objects and lists
	DefaultBytes = 64 << 10 // size, unless MaxBytes says otherwise
)

// Error says what is wrong and where. Both texts are safe to show to whoever
// sent the document: they hold no values, only names from it.
type Error struct {
	Pointer string // RFC 6901, empty for the document
	Reason  string
}

// Error joins place and reason.
func (e *Error) Error() string {
	if e.Pointer == "" {
		return "JSON: " + e.Reason
	}
	return fmt.Sprintf("JSON: at %q: %s", e.Pointer, e.Reason)
}

// Option loosens one rule or moves one bound.
type Option func(*rules)

type rules struct {
	unknown bool
	bytes   int
}

// AllowUnknown ignores members that the target does not name, for open formats.
func AllowUnknown() Option { return func(r *rules) { r.unknown = true } }

// MaxBytes replaces DefaultBytes.
func MaxBytes(n int) Option { return func(r *rules) { r.bytes = n } }

var (
	closed = json.JoinOptions(json.RejectUnknownMembers(true), json.MatchCaseInsensitiveNames(false),
		jsontext.AllowDuplicateNames(false), jsontext.AllowInvalidUTF8(false))
	open = json.JoinOptions(closed, json.RejectUnknownMembers(false))
)

// Unmarshal reads one JSON value into v, by the field tags of encoding/json. On
// error, an *Error, v may be half filled and must not be used.
func Unmarshal(data []byte, v any, options ...Option) error {
	r := rules{bytes: DefaultBytes}
	for _, o := range options {
		o(&r)
	}
	if len(data) > r.bytes {
		return &Error{Reason: fmt.Sprintf("longer than %d bytes", r.bytes)}
	}
	if err := scan(data); err != nil {
		return err
	}
	mode := closed
	if r.unknown {
		mode = open
	}
	if err := json.Unmarshal(data, v, mode); err != nil {
		return translate(err)
	}
	return nil
}

// Read is Unmarshal for a stream; it reads at most one byte more than the bound.
// An error of the stream itself comes back wrapped, not as an *Error.
func Read(from io.Reader, v any, options ...Option) error {
	r := rules{bytes: DefaultBytes}
	for _, o := range options {
		o(&r)
	}
	data, err := io.ReadAll(io.LimitReader(from, int64(r.bytes)+1))
	if err != nil {
		return fmt.Errorf("read JSON: %w", err)
	}
	return Unmarshal(data, v, options...)
}

// scan bounds the depth and refuses NUL before anything is built. It need not
// judge the syntax: in well-formed JSON it sees strings and brackets as they are,
// and anything else fails later.
func scan(data []byte) error {
	depth, inString := 0, false
	for i := 0; i < len(data); i++ {
		c := data[i]
		switch {
		case inString && c == '\\':
			if i+5 < len(data) && string(data[i+1:i+6]) == "u0000" {
				return &Error{Reason: "a string holds NUL"}
			}
			i++
		case c == '"':
			inString = !inString
		case inString:
		case c == '{' || c == '[':
			if depth++; depth > MaxDepth {
				return &Error{Reason: fmt.Sprintf("nested deeper than %d", MaxDepth)}
			}
		case c == '}' || c == ']':
			depth--
		}
	}
	return nil
}

func translate(err error) error {
	var syntactic *jsontext.SyntacticError
	if errors.As(err, &syntactic) {
		reason := "malformed"
		switch {
		case errors.Is(err, jsontext.ErrDuplicateName):
			reason = "a name occurs twice"
		case errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF):
			reason = "ends too early"
		}
		return &Error{Pointer: string(syntactic.JSONPointer), Reason: reason}
	}
	var semantic *json.SemanticError
	if errors.As(err, &semantic) {
		reason := "has the wrong type or form"
		if errors.Is(err, json.ErrUnknownName) {
			reason = "unknown name"
		}
		return &Error{Pointer: string(semantic.JSONPointer), Reason: reason}
	}
	return &Error{Reason: "malformed"}
}
