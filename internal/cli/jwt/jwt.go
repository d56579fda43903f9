// Package jwt is the command "cardea jwt": it shows, checks and makes JSON Web
// Tokens (RFC 7519) and keys (RFC 7517) without a server. It is a tool for
// people; servers verify with package jose and its stricter defaults.
package jwt

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
	"unicode"

	"github.com/cardea-iam/cardea/internal/jose"
	"github.com/spf13/cobra"
)

// Exit codes of the errors that the commands return, by their method ExitCode() int.
const (
	ExitRefused = 1 // the token, key or issuer is not good, or could not be read
	ExitUsage   = 2 // the command line is not good
)

// failure is an error that says what to do next and how the process ends.
type failure struct {
	code int
	text string
	err  error
}

func (f *failure) Error() string {
	if f.err == nil {
		return f.text
	}
	return f.text + ": " + f.err.Error()
}

func (f *failure) Unwrap() error { return f.err }

// ExitCode is the exit code that the error asks for.
func (f *failure) ExitCode() int { return f.code }

func usage(format string, args ...any) error {
	return &failure{code: ExitUsage, text: fmt.Sprintf(format, args...)}
}

func refused(text string, err error) error { return &failure{ExitRefused, text, err} }

// tool is what the commands share.
type tool struct {
	now  func() time.Time
	json bool
}

// Command is the tree "jwt decode|verify|sign|keygen". Its errors have a method
// ExitCode() int; the caller prints them.
func Command() *cobra.Command { return newCommand(time.Now) }

func newCommand(now func() time.Time) *cobra.Command {
	t := &tool{now: now}
	root := &cobra.Command{
		Use:   "jwt",
		Short: "Show, check and make JSON Web Tokens",
		Long:  "Show, check and make JSON Web Tokens (RFC 7519) and keys (RFC 7517). Needs no server.\nExit codes: 0 good, 1 refused, 2 wrong usage.",
		Args:  cobra.NoArgs,
		RunE:  func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	root.PersistentFlags().BoolVar(&t.json, "json", false, "print JSON")
	root.AddCommand(t.decode(), t.verify(), t.sign(), t.keygen())
	for _, c := range append(root.Commands(), root) {
		c.SilenceUsage, c.SilenceErrors = true, true
		c.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usage("%v; see --help", err) })
		check := c.Args
		c.Args = func(c *cobra.Command, args []string) error {
			if err := check(c, args); err != nil {
				return usage("%v; see %s --help", err, c.CommandPath())
			}
			return nil
		}
	}
	return root
}

// readToken takes the token from the argument, or from standard input for "-".
func readToken(c *cobra.Command, arg string) (string, error) {
	if arg != "-" {
		return strings.TrimSpace(arg), nil
	}
	text, err := io.ReadAll(io.LimitReader(c.InOrStdin(), 2*jose.MaxTokenSize))
	if err != nil {
		return "", refused("could not read the token from standard input", err)
	}
	if len(bytes.TrimSpace(text)) == 0 {
		return "", usage("standard input is empty; pipe a token into it or give it as the argument")
	}
	return strings.TrimSpace(string(text)), nil
}

const maxFile = 1 << 20

func readFile(name, what string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, refused("could not open the "+what, err)
	}
	defer func() { _ = f.Close() }()
	text, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err == nil && len(text) > maxFile {
		err = errors.New("larger than 1 MiB")
	}
	if err != nil {
		return nil, refused("could not read the "+what, err)
	}
	return text, nil
}

// printJSON writes one JSON document with a line end.
func printJSON(c *cobra.Command, v any) error {
	text, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return fmt.Errorf("print: %w", err)
	}
	_, err = fmt.Fprintln(c.OutOrStdout(), visible(text))
	return err
}

// visible escapes what would move the cursor or turn the text around in a
// terminal; in JSON such characters stand in strings only, so it stays JSON.
func visible(text []byte) string {
	var b strings.Builder
	for _, r := range string(text) {
		if r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == '\u2028' || r == '\u2029') {
			if r > 0xffff {
				r -= 0x10000
				fmt.Fprintf(&b, `\u%04x\u%04x`, 0xd800+r>>10, 0xdc00+r&0x3ff)
				continue
			}
			fmt.Fprintf(&b, `\u%04x`, r)
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// distance says in words how far t is from now.
func distance(t, now time.Time) string {
	d := t.Sub(now)
	if d < 0 {
		return span(-d) + " ago"
	}
	return "in " + span(d)
}

func span(d time.Duration) string {
	const day = 24 * time.Hour
	for _, u := range []struct {
		size time.Duration
		name string
	}{{365 * day, "year"}, {day, "day"}, {time.Hour, "hour"}, {time.Minute, "minute"}, {time.Second, "second"}} {
		if n := d / u.size; n > 1 {
			return fmt.Sprintf("%d %ss", n, u.name)
		} else if n == 1 {
			return "1 " + u.name
		}
	}
	return "less than a second"
}
