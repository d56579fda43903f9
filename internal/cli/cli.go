package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/signal"
	"strconv"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/cardea-iam/cardea/internal/cli/account"
	"github.com/cardea-iam/cardea/internal/cli/assurance"
	"github.com/cardea-iam/cardea/internal/cli/brand"
	"github.com/cardea-iam/cardea/internal/cli/client"
	"github.com/cardea-iam/cardea/internal/cli/cmd"
	"github.com/cardea-iam/cardea/internal/cli/event"
	"github.com/cardea-iam/cardea/internal/cli/group"
	"github.com/cardea-iam/cardea/internal/cli/imports"
	"github.com/cardea-iam/cardea/internal/cli/invitation"
	"github.com/cardea-iam/cardea/internal/cli/jwt"
	"github.com/cardea-iam/cardea/internal/cli/key"
	"github.com/cardea-iam/cardea/internal/cli/outbox"
	"github.com/cardea-iam/cardea/internal/cli/resource"
	"github.com/cardea-iam/cardea/internal/cli/role"
	"github.com/cardea-iam/cardea/internal/cli/session"
	"github.com/cardea-iam/cardea/internal/cli/setting"
	"github.com/cardea-iam/cardea/internal/cli/signin"
	"github.com/cardea-iam/cardea/internal/cli/tenant"
	"github.com/cardea-iam/cardea/internal/cli/token"
	"github.com/cardea-iam/cardea/internal/cli/version"
)

// Execute runs the command line args, without the program's name, and returns the exit code:
// 0, or one of package cmd's. env looks up the environment, as os.Getenv does. extra are
// commands beside the nouns, such as serve and demo; they see an interrupt or SIGTERM as the
// end of their context, and their errors may have a method ExitCode() int.
func Execute(args []string, stdin io.Reader, stdout, stderr io.Writer, env func(string) string, extra ...*cobra.Command) int {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	return ExecuteContext(ctx, args, stdin, stdout, stderr, env, extra...)
}

// ExecuteContext is Execute, interrupted by the end of ctx instead of by signals.
func ExecuteContext(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer, env func(string) string, extra ...*cobra.Command) int {
	root := Command(env, extra...)
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	at, err := root.ExecuteContextC(ctx)
	if err == nil {
		return 0
	}
	text, code := err.Error(), cmd.ExitUsage // what cobra itself refuses; every command's own error has a code
	var has interface{ ExitCode() int }
	if errors.As(err, &has) {
		code = has.ExitCode()
	} else {
		text += ". Usage: " + at.UseLine() + ". See: " + at.CommandPath() + " --help"
	}
	lines := []string{text}
	var own *cmd.Failure
	if errors.As(err, &own) && own.Lines {
		lines = strings.FieldsFunc(text, func(r rune) bool { return r == '\n' })
	}
	for i := range lines {
		lines[i] = cmd.Visible(strings.TrimSpace(lines[i]))
	}
	_, _ = fmt.Fprintln(stderr, "cardea: "+strings.Join(lines, "\n        ")) // nobody listens: nothing to do
	return code
}

// Command is the command cardea with all nouns and the extra commands. It is made anew for
// every run.
func Command(env func(string) string, extra ...*cobra.Command) *cobra.Command {
	c := &cmd.Connection{Getenv: env}
	root := &cobra.Command{
		Use:           "cardea",
		Short:         "Who is it, what may it do, on whose behalf",
		Long:          long,
		Args:          cmd.NoSuchCommand,
		SilenceErrors: true,
		SilenceUsage:  true,
		RunE:          func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.Flags(root)
	if len(extra) > 0 {
		root.AddGroup(&cobra.Group{ID: "server", Title: "The server:"})
	}
	root.AddGroup(&cobra.Group{ID: "noun", Title: "What a server holds:"}, &cobra.Group{ID: "tool", Title: "Without a server:"})
	for _, e := range extra {
		coded(e)
		add(root, "server", e)
	}
	for _, noun := range []func(*cmd.Connection) *cobra.Command{tenant.Command, account.Command, invitation.Command, group.Command, role.Command, client.Command, brand.Command,
		resource.Command, key.Command, session.Command, outbox.Command, signin.Command, assurance.Command, setting.Command, event.Command, token.Command, imports.Command} {
		add(root, "noun", noun(c))
	}
	add(root, "tool", jwt.Command())
	add(root, "tool", version.Command())
	named(root)
	root.SetHelpCommandGroupID("tool")
	root.SetCompletionCommandGroupID("tool")
	return root
}

func add(root *cobra.Command, group string, c *cobra.Command) {
	c.GroupID = group
	c.SilenceErrors, c.SilenceUsage = true, true
	root.AddCommand(c)
}

// coded lets a command's plain errors end in the code of a failure, not of a bad command line.
func coded(c *cobra.Command) {
	run := c.RunE
	if run == nil {
		return
	}
	c.RunE = func(c *cobra.Command, args []string) error {
		err := run(c, args)
		var has interface{ ExitCode() int }
		if err == nil || errors.As(err, &has) {
			return err
		}
		return &cmd.Failure{Code: cmd.ExitRefused, Text: err.Error(), Lines: true}
	}
}

// named lets a command whose arguments are too few or too many say by name which it takes.
func named(c *cobra.Command) {
	for _, sub := range c.Commands() {
		named(sub)
	}
	check := c.Args
	if check == nil || c.HasSubCommands() {
		return
	}
	c.Args = func(c *cobra.Command, args []string) error {
		if check(c, args) == nil {
			return nil
		}
		takes := strings.TrimSpace(strings.TrimPrefix(c.Use, c.Name()))
		if takes == "" {
			takes = "no argument"
		}
		given := "none"
		if len(args) > 0 {
			given = strconv.Quote(strings.Join(args, " "))
		}
		return cmd.Usage("it takes %s, and got %s. Usage: %s. See: %s --help", takes, given, c.UseLine(), c.CommandPath())
	}
}

const long = `Cardea answers: who is it, what may it do, on whose behalf.

The nouns talk to a running server: one on this machine through the socket in its data folder
(--data; who may open the folder is the administrator), or one elsewhere over https with an API
token (--server and --token-file).

Exit codes: 0 done, 1 refused or failed, 2 the command line is not good, 3 what it names does not
exist, 4 no server answered, 5 you may not.`
