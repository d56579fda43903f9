package cli_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/cardea-iam/cardea/internal/cli"
)

var update = flag.Bool("update", false, "write docs/cli.md")

// TestDocumentation holds docs/cli.md against the commands.
func TestDocumentation(t *testing.T) {
	root := cli.Command(func(string) string { return "" })
	var b bytes.Buffer
	b.WriteString("# The command line\n\nGenerated from the commands by `go test ./internal/cli -run Documentation -update`.\n\n```\n" + root.Long + "\n```\n\n")
	b.WriteString("Flags of every command that talks to a server, before or behind the noun:\n\n")
	flags(&b, root.PersistentFlags())
	for _, noun := range root.Commands() {
		if noun.Name() == "completion" || noun.Name() == "help" {
			continue
		}
		fmt.Fprintf(&b, "\n## cardea %s\n\n%s.\n", noun.Name(), strings.TrimSuffix(noun.Short, "."))
		describe(&b, noun)
	}
	if *update {
		if err := os.WriteFile("../../docs/cli.md", b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile("../../docs/cli.md")
	if err != nil || !bytes.Equal(want, b.Bytes()) {
		t.Errorf("docs/cli.md is not what the commands say (%v): run go test ./internal/cli -run Documentation -update", err)
	}
}

func describe(b *bytes.Buffer, c *cobra.Command) {
	for _, verb := range c.Commands() {
		if verb.HasSubCommands() {
			describe(b, verb)
			continue
		}
		fmt.Fprintf(b, "\n### %s\n\n%s.\n", strings.TrimSuffix(verb.UseLine(), " [flags]"), strings.TrimSuffix(verb.Short, "."))
		if verb.LocalNonPersistentFlags().HasFlags() {
			b.WriteString("\n")
			flags(b, verb.LocalNonPersistentFlags())
		}
	}
}

func flags(b *bytes.Buffer, set *pflag.FlagSet) {
	set.VisitAll(func(f *pflag.Flag) {
		if f.Name == "help" {
			return
		}
		kind := map[string]string{"bool": "", "stringArray": " TEXT", "string": " TEXT", "int": " N", "int64": " N", "duration": " DURATION"}[f.Value.Type()]
		fmt.Fprintf(b, "- `--%s%s` %s\n", f.Name, kind, f.Usage)
	})
}
