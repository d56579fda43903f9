package assurance

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/cardea-iam/cardea/internal/cli/cmd"
)

func simulate(c *cmd.Connection) *cobra.Command {
	var instead string
	command := &cobra.Command{
		Use: "simulate [FILE]", Short: "Try a policy on the sign-ins of the last 30 days, without switching it on",
		Long: "Try a policy on the sign-ins of the last 30 days, without switching it on. FILE holds it in Cedar, - is standard input. " +
			"With --instead it takes the place of another; without FILE the question is what happens without that one.",
		Example: "  cardea assurance simulate payroll.cedar\n  cardea assurance simulate --instead signin-dormant",
		Args:    cobra.MaximumNArgs(1),
	}
	command.Flags().StringVar(&instead, "instead", "", "the policy whose place it would take, by id or name")
	command.RunE = func(command *cobra.Command, args []string) error {
		body := map[string]string{}
		var err error
		if len(args) == 1 {
			if body["source"], err = cmd.ReadFile(args[0], command.InOrStdin()); err != nil {
				return err
			}
		}
		if instead != "" {
			if body["instead"], err = cmd.Policy.Resolve(command.Context(), c, instead); err != nil {
				return err
			}
		}
		if len(body) == 0 {
			return cmd.Usage("Give a file with a policy, or --instead, or both.")
		}
		a, err := c.Do(command.Context(), http.MethodPost, "/assurance/simulate", nil, body)
		if err != nil || c.JSON {
			if err == nil {
				err = c.Print(command, a.Body)
			}
			return err
		}
		var s simulation
		if err := json.Unmarshal(a.Body, &s); err != nil {
			return &cmd.Failure{Code: cmd.ExitRefused, Text: "The server's answer is no simulation: " + err.Error()}
		}
		return s.print(command.OutOrStdout())
	}
	return command
}

// simulation is the server's answer.
type simulation struct {
	Since    time.Time `json:"since"`
	Attempts int       `json:"attempts"`
	Partial  bool      `json:"partial"`
	Stopped  int       `json:"stopped"`
	Counts   []struct {
		Was         string `json:"was"`
		WouldBe     string `json:"would_be"`
		Attempts    int    `json:"attempts"`
		WasTold     int    `json:"was_told"`
		WouldBeTold int    `json:"would_be_told"`
	} `json:"counts"`
	Examples []struct {
		ID      string    `json:"id"`
		Account string    `json:"account"`
		At      time.Time `json:"at"`
		Was     string    `json:"was"`
		WouldBe string    `json:"would_be"`
		Because []string  `json:"because"`
	} `json:"examples"`
}

func (s simulation) print(w io.Writer) error {
	if s.Attempts == 0 {
		_, err := fmt.Fprintln(w, "Nobody signed in during the last 30 days: there is nothing to try it on.")
		return err
	}
	t := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	_, _ = fmt.Fprintln(t, "WAS\tWOULD BE\tSIGN-INS\tTOLD\tWOULD BE TOLD") // Flush reports
	for _, c := range s.Counts {
		_, _ = fmt.Fprintf(t, "%s\t%s\t%d\t%d\t%d\n", cmd.Visible(c.Was), cmd.Visible(c.WouldBe), c.Attempts, c.WasTold, c.WouldBeTold)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	_, _ = fmt.Fprintf(w, "\n%d sign-ins since %s.", s.Attempts, s.Since.UTC().Format("2 January 2006"))
	if s.Partial {
		_, _ = fmt.Fprint(w, " There are older ones, which were not looked at.")
	}
	_, _ = fmt.Fprintf(w, "\n%d of them succeeded with a proof that would not be enough.\n", s.Stopped)
	for _, e := range s.Examples {
		if _, err := fmt.Fprintf(w, "%s  %s  %s  %s → %s: %s\n", cmd.Visible(e.ID), e.At.UTC().Format("2006-01-02 15:04Z"), cmd.Visible(e.Account),
			cmd.Visible(e.Was), cmd.Visible(e.WouldBe), cmd.Visible(strings.Join(e.Because, " "))); err != nil {
			return err
		}
	}
	return nil
}
