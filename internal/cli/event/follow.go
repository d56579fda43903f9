package event

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/cardea-iam/cardea/internal/cli/cmd"
)

func follow(c *cmd.Connection) *cobra.Command {
	command := &cobra.Command{Use: "follow", Short: "Print events as they happen, until interrupted; --json prints one object a line", Args: cobra.NoArgs}
	after := command.Flags().Int64("after", -1, "begin behind this position (0: at the beginning; default: now)")
	interval := command.Flags().Duration("interval", time.Second, "how often to ask")
	command.RunE = func(command *cobra.Command, _ []string) error {
		if *interval < 10*time.Millisecond {
			return cmd.Usage("--interval is at least 10ms.")
		}
		position, err := begin(command, c, *after)
		if err != nil {
			return err
		}
		tick := time.NewTicker(*interval)
		defer tick.Stop()
		for {
			if position, err = next(command, c, position); err != nil {
				if command.Context().Err() != nil {
					return nil //nolint:nilerr // to be interrupted is how it ends
				}
				return err
			}
			select {
			case <-command.Context().Done():
				return nil
			case <-tick.C:
			}
		}
	}
	return command
}

type entry struct {
	Position int64     `json:"position"`
	At       time.Time `json:"at"`
	Action   string    `json:"action"`
	Outcome  string    `json:"outcome"`
	Resource string    `json:"resource"`
	Caller   struct {
		Kind    string `json:"kind"`
		ID      string `json:"id"`
		Address string `json:"address"`
	} `json:"caller"`
}

func (e entry) line() string {
	text := fmt.Sprintf("%d  %s  %s %s", e.Position, e.At.UTC().Format("2006-01-02 15:04:05Z"), e.Outcome, e.Action)
	if e.Resource != "" {
		text += " on " + e.Resource
	}
	return strings.TrimSpace(text + " by " + e.Caller.Kind + ":" + e.Caller.ID + " " + e.Caller.Address)
}

// begin is the position to begin behind.
func begin(command *cobra.Command, c *cmd.Connection, after int64) (int64, error) {
	if after >= 0 {
		return after, nil
	}
	var newest []entry
	if err := read(command, c, "/events", url.Values{"limit": {"1"}}, &newest); err != nil || len(newest) == 0 {
		return 0, err
	}
	return newest[0].Position, nil
}

// next prints what there is behind a position and returns the last one.
func next(command *cobra.Command, c *cmd.Connection, position int64) (int64, error) {
	for {
		var page []json.RawMessage
		query := url.Values{"limit": {"200"}, "after": {strconv.FormatInt(position, 10)}}
		if err := read(command, c, "/events/follow", query, &page); err != nil {
			return position, err
		}
		for _, raw := range page {
			var e entry
			if err := json.Unmarshal(raw, &e); err != nil {
				return position, &cmd.Failure{Code: cmd.ExitRefused, Text: "The server's answer is no event: " + err.Error()}
			}
			position = e.Position
			line := string(raw)
			if !c.JSON {
				line = e.line()
			}
			if _, err := fmt.Fprintln(command.OutOrStdout(), cmd.Visible(line)); err != nil {
				return position, err
			}
		}
		if len(page) < 200 {
			return position, nil
		}
	}
}

func read(command *cobra.Command, c *cmd.Connection, path string, query url.Values, v any) error {
	a, err := c.Do(command.Context(), http.MethodGet, path, query, nil)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(a.Body, v); err != nil {
		return &cmd.Failure{Code: cmd.ExitRefused, Text: "The server's answer is no list: " + err.Error()}
	}
	return nil
}
