// Package demo is the command that shows Cardea in a minute: the real server, a calendar with an
// API, and a recruiting app that wants to write into the calendar, all on loopback.
package demo

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/cardea-iam/cardea/examples/hireme123"
	"github.com/cardea-iam/cardea/examples/mycalapp"
	"github.com/cardea-iam/cardea/internal/app"
	"github.com/cardea-iam/cardea/internal/config"
	"github.com/cardea-iam/cardea/internal/web"
)

// Command returns the command.
func Command() *cobra.Command {
	var port int
	c := &cobra.Command{
		Use:   "demo",
		Short: "Show Cardea with two sample apps, on this machine, with data that is thrown away",
		Long: "Show Cardea with two sample apps on loopback. HireMe123, a recruiting app, wants to put interviews\n" +
			"into your MyCalApp calendar without ever seeing your password. Everything is made afresh at each\n" +
			"start and thrown away at the end.",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			ctx, stop := signal.NotifyContext(c.Context(), os.Interrupt, syscall.SIGTERM)
			defer stop()
			return run(ctx, c, port)
		},
	}
	c.Flags().IntVar(&port, "port", 8080, "Cardea's `port`; the apps take the next two")
	return c
}

func run(ctx context.Context, c *cobra.Command, port int) error {
	started := time.Now()
	dir, err := os.MkdirTemp("", "cardea-demo-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir) //nolint:errcheck // the system's temporary folder is swept anyway
	url := func(offset int) string { return fmt.Sprintf("http://localhost:%d", port+offset) }
	cfg, err := config.Load("", nil, map[string]string{
		"data": dir, "listen": fmt.Sprintf("127.0.0.1:%d", port), "public-url": url(0), "log-level": "warn", "mail-inbox": "true",
	})
	if err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(c.ErrOrStderr(), &slog.HandlerOptions{Level: slog.LevelWarn}))
	a, err := app.Open(ctx, cfg, log)
	if err != nil {
		return err
	}
	cast, err := provision(ctx, a, url(2), url(1))
	if err != nil {
		return errors.Join(err, a.Close())
	}
	apps, err := open(cast, url(0), log)
	if err != nil {
		return errors.Join(err, a.Close())
	}
	defer apps.close()
	err = a.Serve(ctx, func(*web.Listening) {
		tell(c, cast, url(0), dir, time.Since(started))
	})
	if errors.Is(err, syscall.EADDRINUSE) {
		err = fmt.Errorf("%w: choose other ports with --port", err)
	}
	return errors.Join(err, a.Close())
}

// sample is the two apps' servers.
type sample struct{ servers []*http.Server }

// open starts both apps, each on its own loopback port, as their own main functions would.
func open(c *cast, issuer string, log *slog.Logger) (*sample, error) {
	calendar, err := mycalapp.New(mycalapp.Config{
		Issuer: issuer, ClientID: string(c.calendar.ID), ClientSecret: c.calendarSecret.Reveal(), BaseURL: c.calendarURL,
		AppNames: map[string]string{string(c.hire.ID): c.hire.Name}, Logger: log,
	})
	if err != nil {
		return nil, err
	}
	hire, err := hireme123.New(hireme123.Config{
		Issuer: issuer, ClientID: string(c.hire.ID), ClientSecret: c.hireSecret.Reveal(), BaseURL: c.hireURL, CalendarURL: c.calendarURL, Logger: log,
	})
	if err != nil {
		return nil, err
	}
	s := &sample{}
	for base, handler := range map[string]http.Handler{c.calendarURL: calendar, c.hireURL: hire} {
		_, port, err := net.SplitHostPort(base[len("http://"):])
		if err != nil {
			return nil, err
		}
		l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", port))
		if err != nil {
			s.close()
			return nil, fmt.Errorf("%w: choose other ports with --port", err)
		}
		server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
		s.servers = append(s.servers, server)
		go server.Serve(l) //nolint:errcheck // ends with close
	}
	return s, nil
}

func (s *sample) close() {
	for _, server := range s.servers {
		_ = server.Close() // the demonstration is over
	}
}

func tell(c *cobra.Command, cast *cast, issuer, dir string, took time.Duration) {
	p := func(format string, args ...any) { fmt.Fprintf(c.OutOrStdout(), format+"\n", args...) }
	p("Ready in %d ms.", took.Milliseconds())
	p("")
	p("  HireMe123   %-24s a recruiting app: start here, press \"Connect my calendar\"", cast.hireURL)
	p("  MyCalApp    %-24s a calendar with an API", cast.calendarURL)
	p("  Cardea      %-24s sign-in, consent, and your account: %s/account", issuer, issuer)
	p("  Inbox       %-24s the mails that Cardea would send", issuer+"/inbox")
	p("")
	p("Sign in as")
	for _, who := range cast.people {
		p("  %-6s  password  %-42s %s", who.username, who.password, who.may)
	}
	p("")
	program := "cardea"
	if self, err := os.Executable(); err == nil && strings.Contains(self, "go-build") {
		program = "go run ./cmd/cardea"
	}
	p("The server's command line, in another terminal:  %s --data %s client list", program, dir)
	p("Ctrl-C ends everything and throws the data away.")
}
