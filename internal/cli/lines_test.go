package cli_test

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"github.com/spf13/cobra"

	"github.com/cardea-iam/cardea/internal/cli"
	"github.com/cardea-iam/cardea/internal/cli/cmd"
)

func TestLinesOfOurOwnErrors(t *testing.T) {
	ours := &cobra.Command{Use: "start", RunE: func(*cobra.Command, []string) error {
		return errors.Join(errors.New("listen: no host"), errors.New("tls: \x1b[2Jno key"))
	}}
	theirs := &cobra.Command{Use: "ask", RunE: func(*cobra.Command, []string) error {
		return &cmd.Failure{Code: cmd.ExitRefused, Text: "no such name\ncardea: done"}
	}}
	for name, want := range map[string]string{
		"start": "cardea: listen: no host\n        tls: \\u001b[2Jno key\n",
		"ask":   "cardea: no such name\\u000acardea: done\n",
	} {
		var said bytes.Buffer
		code := cli.ExecuteContext(t.Context(), []string{name}, nil, io.Discard, &said, func(string) string { return "" }, ours, theirs)
		if code != cmd.ExitRefused || said.String() != want {
			t.Errorf("%s: %d %q, want %q", name, code, said.String(), want)
		}
	}
}
