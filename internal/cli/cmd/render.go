package cmd

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"
	"unicode"

	"github.com/spf13/cobra"
)

// Column is a column of a table: its heading and the JSON member that it shows.
type Column struct {
	Heading, Member string
	Or              string                         // the member to show where the object has no Member
	Show            func(v json.RawMessage) string // nil: as cells are shown
}

// Columns makes columns of members; the heading is the member in capitals.
func Columns(members ...string) []Column {
	out := make([]Column, len(members))
	for i, m := range members {
		out[i] = Column{Heading: strings.ToUpper(strings.ReplaceAll(m, "_", " ")), Member: m}
	}
	return out
}

// table prints rows of JSON objects.
func table(w io.Writer, columns []Column, rows []json.RawMessage) error {
	t := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	for i, c := range columns {
		if i > 0 {
			_, _ = fmt.Fprint(t, "\t") // Flush reports
		}
		_, _ = fmt.Fprint(t, c.Heading)
	}
	_, _ = fmt.Fprintln(t)
	for _, row := range rows {
		var members map[string]json.RawMessage
		if err := json.Unmarshal(row, &members); err != nil {
			return refused("The server's answer is not a list of objects: %v", err)
		}
		for i, c := range columns {
			if i > 0 {
				_, _ = fmt.Fprint(t, "\t")
			}
			_, _ = fmt.Fprint(t, c.cell(members))
		}
		_, _ = fmt.Fprintln(t)
	}
	return t.Flush()
}

// cell is what a table shows of one object. Times are shown to the minute: tables have to fit.
func (c Column) cell(members map[string]json.RawMessage) string {
	value, there := members[c.Member]
	if !there && c.Or != "" {
		value = members[c.Or]
	}
	if c.Show != nil {
		return c.Show(value)
	}
	if at, ok := moment(value); ok {
		return at.Format("2006-01-02 15:04Z")
	}
	return strings.Join(texts(value), ", ")
}

// moment reads a time as the API writes it.
func moment(value json.RawMessage) (time.Time, bool) {
	var s string
	if json.Unmarshal(value, &s) != nil {
		return time.Time{}, false
	}
	at, err := time.Parse(time.RFC3339, s)
	return at.UTC(), err == nil
}

// card prints one JSON object, a member a line, in the server's order; of a list of objects each
// has a line.
func card(w io.Writer, body []byte) error {
	d := json.NewDecoder(bytes.NewReader(body))
	if open, err := d.Token(); err != nil || open != json.Delim('{') {
		return refused("The server's answer is not an object.")
	}
	t := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return refused("The server's answer ends too early: %v", err)
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return refused("The server's answer ends too early: %v", err)
		}
		for i, line := range texts(value) {
			if i > 0 {
				name = ""
			}
			_, _ = fmt.Fprintf(t, "%s\t%s\n", Visible(fmt.Sprint(name)), line) // Flush reports
		}
	}
	return t.Flush()
}

// texts shows a JSON value: strings without quotes, times to the second, lists of strings with
// commas; each object of a list is a text of its own. There is always one.
func texts(value json.RawMessage) []string {
	var s string
	var list []string
	var objects []map[string]any
	switch {
	case len(value) == 0 || string(value) == "null" || string(value) == "[]" || string(value) == `""`:
		return []string{"-"}
	case json.Unmarshal(value, &s) == nil:
		if at, ok := moment(value); ok {
			s = at.Format("2006-01-02 15:04:05Z")
		}
		return []string{Visible(s)}
	case json.Unmarshal(value, &list) == nil:
		return []string{Visible(strings.Join(list, ", "))}
	case json.Unmarshal(value, &objects) == nil:
		lines := make([]string, len(objects))
		for i, o := range objects {
			lines[i] = Visible(object(o))
		}
		return lines
	}
	var flat bytes.Buffer
	if json.Compact(&flat, value) != nil {
		return []string{"?"}
	}
	return []string{Visible(flat.String())}
}

// object shows what lists of the API hold: scopes and permissions as flags take them, addresses
// with what they are; anything else as its members.
func object(o map[string]any) string {
	member := func(name string) string { s, _ := o[name].(string); return s }
	switch {
	case member("address") != "":
		kind := []string{"not verified"}
		if member("verified_at") != "" {
			kind[0] = "verified"
		}
		if primary, _ := o["primary"].(bool); primary {
			kind = append(kind, "primary")
		}
		return member("address") + " (" + strings.Join(kind, ", ") + ")"
	case member("resource") != "" && member("name") != "":
		return member("resource") + ":" + member("name")
	case member("name") != "":
		needs := ""
		if p := member("permission"); p != "" {
			needs = "[" + p + "]"
		}
		return member("name") + needs + "=" + member("description")
	}
	text, _ := json.Marshal(o) // it was JSON before
	return string(text)
}

// Visible escapes what would move the cursor or turn the text around: names come from others.
func Visible(s string) string {
	var b strings.Builder
	for _, r := range s {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == '\u2028' || r == '\u2029' {
			fmt.Fprintf(&b, "\\u%04x", r)
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// Print shows one object: a card, or the API's JSON.
func (c *Connection) Print(command *cobra.Command, body []byte) error {
	if !c.JSON {
		return card(command.OutOrStdout(), body)
	}
	return printJSON(command.OutOrStdout(), body)
}

// once are members that the server says once and never again.
var once = []string{"client_secret", "token"}

// Keep prints an object like Print and reminds of what is in it only this once.
func (c *Connection) Keep(command *cobra.Command, body []byte) error {
	if err := c.Print(command, body); err != nil {
		return err
	}
	var members map[string]json.RawMessage
	_ = json.Unmarshal(body, &members) // Print would have said so
	for _, name := range once {
		if _, there := members[name]; there {
			_, _ = fmt.Fprintln(command.ErrOrStderr(), "Keep the "+name+" now: it is not shown again.")
		}
	}
	return nil
}

// Say tells a person what was done; with --json it is silent, as the API is.
func (c *Connection) Say(command *cobra.Command, format string, args ...any) {
	if !c.JSON {
		_, _ = fmt.Fprintf(command.OutOrStdout(), format+"\n", args...) // nobody listens: nothing to do
	}
}

func printJSON(w io.Writer, body []byte) error {
	var b bytes.Buffer
	if err := json.Indent(&b, body, "", "  "); err != nil {
		return refused("The server's answer is not JSON: %v", err)
	}
	// json.Marshal leaves U+2028, format characters and DEL as they are; in strings they may be escaped.
	var out strings.Builder
	for _, r := range b.String() {
		if r != '\n' && r < 0x10000 && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r)) {
			fmt.Fprintf(&out, "\\u%04x", r)
			continue
		}
		out.WriteRune(r)
	}
	_, err := fmt.Fprintln(w, out.String())
	return err
}
