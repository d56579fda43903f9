// Package serve is the command that runs the server.
package serve

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/cardea-iam/cardea/internal/app"
	"github.com/cardea-iam/cardea/internal/cli/cmd"
	"github.com/cardea-iam/cardea/internal/config"
	"github.com/cardea-iam/cardea/internal/web"
)

// Command returns the command.
func Command() *cobra.Command {
	var file string
	c := &cobra.Command{
		Use:   "serve",
		Short: "Run the server",
		Long: "Run the server. It works with no configuration: data goes to ./cardea-data, keys are made at the\n" +
			"first start, and the first start prints a link to make the first administrator.\n\n" +
			"Every setting of docs/configuration.md is a flag, an environment variable (CARDEA_…) and a key of the\n" +
			"file given by --config. SIGTERM lets running requests end; SIGHUP loads changed certificates.",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			cfg, err := load(c.Flags(), file)
			if err != nil {
				return &cmd.Failure{Code: cmd.ExitUsage, Text: err.Error(), Lines: true}
			}
			err = run(c.Context(), c, cfg)
			if errors.Is(err, syscall.EADDRINUSE) {
				err = fmt.Errorf("%w\nAnother program listens there. Choose another port with --listen (and --metrics-listen, if you gave it)", err)
			}
			if err != nil {
				return &cmd.Failure{Code: cmd.ExitRefused, Text: err.Error(), Lines: true}
			}
			return nil
		},
	}
	c.Flags().StringVar(&file, "config", os.Getenv("CARDEA_CONFIG"), "configuration `file` (YAML)")
	for _, key := range config.Flags() {
		if key != "data" { // every command has it
			c.Flags().String(key, "", config.Meaning(key))
		}
	}
	return c
}

// load reads file, environment and the flags that were given.
func load(flags *pflag.FlagSet, file string) (config.Config, error) {
	given := map[string]string{}
	flags.Visit(func(f *pflag.Flag) {
		if f.Name != "config" && known(f.Name) {
			given[f.Name] = f.Value.String()
		}
	})
	return config.Load(file, os.Environ(), given)
}

func known(name string) bool {
	for _, key := range config.Flags() {
		if key == name {
			return true
		}
	}
	return false
}

// gcPercent lets the heap grow fourfold between collections: what lives is a few megabytes, so the
// price is some ten megabytes under load, and cheap answers get a tenth cheaper. GOGC overrides it.
const gcPercent = 300

func run(parent context.Context, c *cobra.Command, cfg config.Config) error {
	started := time.Now()
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	log := logger(cfg)
	for _, w := range cfg.Warnings() {
		log.Warn(w)
	}
	if cfg.Mail.Host == "" && !cfg.Mail.Inbox {
		log.Warn("no mail leaves: what people are told waits in the outbox until mail.host is set (docs/how-to/send-mail.md)")
	}
	ctx, stop := signal.NotifyContext(parent, os.Interrupt, syscall.SIGTERM)
	defer stop()
	a, err := app.Open(ctx, cfg, log)
	if err != nil {
		return err
	}
	hangup := make(chan os.Signal, 1)
	signal.Notify(hangup, syscall.SIGHUP)
	go func() {
		for range hangup {
			if err := a.Server.Reload(); err != nil {
				log.Error("the certificate was not reloaded, the one before stays", "error", err)
			}
		}
	}()
	err = a.Serve(ctx, func(l *web.Listening) {
		out := c.OutOrStdout()
		fmt.Fprintf(out, "Cardea serves %s (listening on %s, ready after %d ms)\n", cfg.PublicURL, l.Addr, time.Since(started).Milliseconds())
		fmt.Fprintf(out, "  data     %s, %s\n", cfg.Data, a.Store.Dialect())
		fmt.Fprintf(out, "  try      curl %s/.well-known/openid-configuration\n", cfg.PublicURL)
		if link, err := a.SetupLink(ctx); err != nil {
			log.Error("cannot make the setup link", "error", err)
		} else if link != "" {
			fmt.Fprintf(out, "\nNobody governs this installation yet. Make the first administrator within 15 minutes at\n  %s\nThe link works once; a restart of the server makes a new one.\n", link)
		}
	})
	if closing := a.Close(); err == nil {
		err = closing
	}
	return err
}

// logger writes events to standard error in the configured form.
func logger(cfg config.Config) *slog.Logger {
	o := &slog.HandlerOptions{Level: cfg.Log.Level}
	if strings.EqualFold(cfg.Log.Format, "json") {
		return slog.New(slog.NewJSONHandler(os.Stderr, o))
	}
	return slog.New(slog.NewTextHandler(os.Stderr, o))
}
