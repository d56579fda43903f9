// Package imports is the command "cardea import": accounts of another system's export.
package imports

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/spf13/cobra"

	"github.com/cardea-iam/cardea/internal/cli/cmd"
	"github.com/cardea-iam/cardea/internal/imports"
)

const long = `Import accounts from a file of JSON lines, with the password hashes of another system.

The server notes how far a file has come. Whatever was interrupted, run the same command again: it
goes on where it stopped, and no line is imported twice. Lines that cannot be imported are written
into FILE.rejected.jsonl with the reason and do not stop the rest.

The format of the file is described in docs/how-to/import-accounts.md.`

// Command is the command import.
func Command(c *cmd.Connection) *cobra.Command {
	var size int
	var rejected string
	var patience time.Duration
	command := &cobra.Command{Use: "import FILE", Short: "Import accounts with their password hashes", Long: long, Args: cobra.ExactArgs(1)}
	command.Flags().IntVar(&size, "batch", imports.MaxLines, "lines of one transaction: 1 to 1000")
	command.Flags().StringVar(&rejected, "rejected", "", "where lines that cannot be imported go (default FILE.rejected.jsonl)")
	command.Flags().DurationVar(&patience, "patience", time.Minute, "how long to wait for a server that went away")
	command.RunE = func(command *cobra.Command, args []string) error {
		if size < 1 || size > imports.MaxLines {
			return cmd.Usage("--batch is a number of lines from 1 to 1000.")
		}
		if rejected == "" {
			rejected = args[0] + ".rejected.jsonl"
		}
		f, err := open(args[0])
		if err != nil {
			return err
		}
		defer f.Close() //nolint:errcheck // only read
		s := &sending{c: c, file: f, size: size, patience: patience, show: newProgress(command.ErrOrStderr(), f.size)}
		run, err := s.all(command.Context())
		s.show.end()
		if err != nil {
			return err
		}
		if err := s.keepRejected(command.Context(), rejected); err != nil {
			return err
		}
		if c.JSON {
			text, err := json.Marshal(run)
			if err != nil {
				return err
			}
			return c.Print(command, text)
		}
		c.Say(command, "%s", summary(run, rejected))
		return nil
	}
	return command
}

func summary(run imports.Run, rejected string) string {
	text := fmt.Sprintf("Imported %d accounts.", run.Imported)
	if run.Rejected > 0 {
		text += fmt.Sprintf(" %d lines could not be imported: see %s.", run.Rejected, rejected)
	}
	return text
}

// sending is one run of the command.
type sending struct {
	c        *cmd.Connection
	file     *file
	size     int
	patience time.Duration
	show     *progress
}

// all sends what is not done yet.
func (s *sending) all(ctx context.Context) (run imports.Run, err error) {
	begin := map[string]any{"sha256": s.file.digest, "size": s.file.size}
	if run, err = s.ask(ctx, "/imports", begin); err != nil {
		return run, err
	}
	s.show.begin(run)
	for run.FinishedAt.IsZero() {
		if err := s.file.seek(run.Done); err != nil {
			return run, err
		}
		batch, err := s.file.batch(run, s.size)
		if err != nil {
			return run, err
		}
		next, err := s.ask(ctx, "/imports/"+s.file.digest+"/batches", batch)
		var f *cmd.Failure
		if errors.As(err, &f) && f.Status == http.StatusConflict {
			// The answer to an earlier batch was lost, or somebody else imports the same file.
			if next, err = s.ask(ctx, "/imports", begin); err == nil && next.Lines == run.Lines {
				err = s.pause(ctx)
			}
		}
		if err != nil {
			return run, err
		}
		run = next
		s.show.at(run)
	}
	return run, nil
}

// ask posts, and posts again to a server that went away.
func (s *sending) ask(ctx context.Context, path string, body any) (run imports.Run, err error) {
	until := time.Now().Add(s.patience)
	for {
		a, err := s.c.Do(ctx, http.MethodPost, path, nil, body)
		var f *cmd.Failure
		if err == nil {
			return run, json.Unmarshal(a.Body, &run)
		}
		gone := errors.As(err, &f) && (f.Code == cmd.ExitUnreachable || f.Status == http.StatusServiceUnavailable || f.Status == http.StatusTooManyRequests)
		if !gone || ctx.Err() != nil || time.Now().After(until) {
			if gone {
				f.Text += " Run the same command again later: it goes on where it stopped."
			}
			return run, err
		}
		s.show.wait()
		if err := s.pause(ctx); err != nil {
			return run, err
		}
	}
}

func (s *sending) pause(ctx context.Context) error {
	t := time.NewTimer(500 * time.Millisecond)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return &cmd.Failure{Code: cmd.ExitUnreachable, Text: "Interrupted. Run the same command again: it goes on where it stopped."}
	}
}
