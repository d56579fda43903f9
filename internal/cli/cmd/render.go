package cmd

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"unicode"

	"github.com/spf13/cobra"
)

// Column is a column of a table: its heading and the JSON member that it shows.
type Column struct{ Heading, Member string }

// Columns makes columns of members; the heading is the member in capitals.
func Columns(members ...string) []Column {
	out := make([]Column, len(members))
	for i, m := range members {
		out[i] = Column{strings.ToUpper(strings.ReplaceAll(m, "_", " ")), m}
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
			_, _ = fmt.Fprint(t, text(members[c.Member]))
		}
		_, _ = fmt.Fprintln(t)
	}
	return t.Flush()
}

// card prints one JSON object, a member a line, in the server's order.
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
		_, _ = fmt.Fprintf(t, "%s\t%s\n", Visible(fmt.Sprint(name)), text(value)) // Flush reports
	}
	return t.Flush()
}

// text shows a JSON value: strings without quotes, lists of strings with commas.
func text(value json.RawMessage) string {
	var s string
	var list []string
	switch {
	case len(value) == 0 || string(value) == "null":
		return "-"
	case json.Unmarshal(value, &s) == nil:
		if s == "" {
			return "-"
		}
		return Visible(s)
	case json.Unmarshal(value, &list) == nil:
		return Visible(strings.Join(list, ", "))
	}
	var flat bytes.Buffer
	if json.Compact(&flat, value) != nil {
		return "?"
	}
	return Visible(flat.String())
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
