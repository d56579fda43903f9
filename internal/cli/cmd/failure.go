package cmd

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
)

// Exit codes of the commands. They are stable.
const (
	ExitRefused     = 1 // the server refused or failed, or a file could not be read
	ExitUsage       = 2 // the command line is not good
	ExitNotFound    = 3 // what the command names does not exist
	ExitUnreachable = 4 // no server answered
	ExitDenied      = 5 // the server does not let this caller do it
)

// Failure is an error that says what to do next and how the process ends.
type Failure struct {
	Code   int
	Text   string
	Lines  bool              // Text has lines of its own: it comes from this program, not from a server
	Fields map[string]string // JSON member → what is wrong with it
	Status int               // of the server's answer; 0 if there was none
}

// Error is the text.
func (f *Failure) Error() string { return f.Text }

// ExitCode is how the process ends.
func (f *Failure) ExitCode() int { return f.Code }

// Usage says that the command line is not good.
func Usage(format string, args ...any) error {
	return &Failure{Code: ExitUsage, Text: fmt.Sprintf(format, args...)}
}

func refused(format string, args ...any) error {
	return &Failure{Code: ExitRefused, Text: fmt.Sprintf(format, args...)}
}

// problem reads RFC 9457's body.
func problem(status int, body []byte) error {
	var p struct {
		Detail  string `json:"detail"`
		Code    string `json:"code"`
		Request string `json:"request"`
		Errors  []struct {
			Pointer string `json:"pointer"`
			Detail  string `json:"detail"`
		} `json:"errors"`
	}
	f := &Failure{Code: ExitRefused, Fields: map[string]string{}, Status: status}
	if err := json.Unmarshal(body, &p); err != nil || p.Detail == "" {
		f.Text = fmt.Sprintf("The server answered %d %s, and not in the words of Cardea. Is this the address of a Cardea server?", status, http.StatusText(status))
		return f
	}
	f.Text = p.Detail
	for _, e := range p.Errors {
		member, _, _ := strings.Cut(strings.TrimPrefix(e.Pointer, "/"), "/")
		f.Fields[member] = e.Detail
	}
	switch status {
	case http.StatusUnauthorized, http.StatusForbidden:
		f.Code = ExitDenied
	case http.StatusNotFound:
		f.Code = ExitNotFound
	}
	if status >= http.StatusInternalServerError {
		f.Text += " (request " + p.Request + ")"
	}
	return f
}
