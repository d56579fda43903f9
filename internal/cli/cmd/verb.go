package cmd

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
)

// Narrow is a flag that narrows a list.
type Narrow struct {
	Flag, Param, Doc string
	Of               *Noun // the flag names one of these, by id or name
}

// List is the verb list.
func (n Noun) List(c *Connection, short string, columns []Column, narrow ...Narrow) *cobra.Command {
	return n.ListAt(c, "list", short, func(*cobra.Command, []string) (string, error) { return n.Path, nil }, columns, narrow...)
}

// ListAt is a verb that lists what is at a path.
func (n Noun) ListAt(c *Connection, use, short string, at func(*cobra.Command, []string) (string, error), columns []Column, narrow ...Narrow) *cobra.Command {
	command := &cobra.Command{Use: use, Short: short, Args: cobra.ExactArgs(strings.Count(use, " "))}
	values := make([]*string, len(narrow))
	for i, f := range narrow {
		values[i] = command.Flags().String(f.Flag, "", f.Doc)
	}
	limit := command.Flags().Int("limit", 0, "print at most so many (0: all)")
	command.RunE = func(command *cobra.Command, args []string) error {
		if *limit < 0 {
			return Usage("--limit is a number that is not negative.")
		}
		path, err := at(command, args)
		if err != nil {
			return err
		}
		size := 200
		if *limit > 0 {
			size = min(size, *limit)
		}
		query := url.Values{}
		if !n.Few {
			query.Set("limit", strconv.Itoa(size))
		}
		for i, f := range narrow {
			if !command.Flags().Changed(f.Flag) {
				continue
			}
			value := *values[i]
			if f.Of != nil {
				if value, err = f.Of.Resolve(command.Context(), c, value); err != nil {
					return err
				}
			}
			query.Set(f.Param, value)
		}
		rows, err := c.pages(command.Context(), path, query, *limit)
		if err != nil {
			return err
		}
		if c.JSON {
			whole, err := json.Marshal(rows)
			if err != nil {
				return refused("The server's answer is not JSON: %v", err)
			}
			return printJSON(command.OutOrStdout(), whole)
		}
		if len(rows) == 0 {
			_, err := fmt.Fprintln(command.ErrOrStderr(), empty(command, narrow))
			return err
		}
		return table(command.OutOrStdout(), columns, rows)
	}
	return command
}

// empty says that a list holds nothing, on standard error: there is no row to read.
func empty(command *cobra.Command, narrow []Narrow) string {
	for _, f := range narrow {
		if command.Flags().Changed(f.Flag) {
			return "None that match."
		}
	}
	if parent := command.Parent(); command.Name() == "list" && parent != nil {
		for _, verb := range parent.Commands() {
			if verb.Name() == "create" {
				return "None yet. Make one with: " + verb.CommandPath() + " (see --help)"
			}
		}
	}
	return "None."
}

// Show is the verb show.
func (n Noun) Show(c *Connection, short string) *cobra.Command {
	return &cobra.Command{Use: "show " + n.arg(), Short: short, Args: cobra.ExactArgs(1), RunE: func(command *cobra.Command, args []string) error {
		path, err := n.At(command.Context(), c, args[0])
		if err != nil {
			return err
		}
		a, err := c.Do(command.Context(), http.MethodGet, path, nil, nil)
		if err != nil {
			return err
		}
		return c.Print(command, a.Body)
	}}
}

// Create is the verb create, with the flags that settings adds.
func (n Noun) Create(c *Connection, short string, settings func(*cobra.Command, *Body), required ...string) *cobra.Command {
	command := &cobra.Command{Use: "create", Short: short, Args: cobra.NoArgs}
	b := NewBody(command)
	settings(command, b)
	command.RunE = func(command *cobra.Command, _ []string) error {
		body, err := b.Object()
		if err != nil {
			return err
		}
		a, err := c.Do(command.Context(), http.MethodPost, n.Path, nil, body)
		if err != nil {
			return b.Explain(err)
		}
		return c.Keep(command, a.Body)
	}
	require(command, required)
	return command
}

// Update is the verb update: only what flags name is changed.
func (n Noun) Update(c *Connection, short string, settings func(*cobra.Command, *Body)) *cobra.Command {
	command := &cobra.Command{Use: "update " + n.arg(), Short: short, Args: cobra.ExactArgs(1)}
	b := NewBody(command)
	settings(command, b)
	command.RunE = func(command *cobra.Command, args []string) error {
		body, err := b.Changes()
		if err != nil {
			return err
		}
		path, err := n.At(command.Context(), c, args[0])
		if err != nil {
			return err
		}
		a, err := c.Do(command.Context(), http.MethodPatch, path, nil, body)
		if err != nil {
			return b.Explain(err)
		}
		return c.Print(command, a.Body)
	}
	return command
}

// Act is a verb that does something to one thing and has no answer: suffix is its path below
// the thing, done what to tell a person.
func (n Noun) Act(c *Connection, verb, short, method, suffix, done string) *cobra.Command {
	return &cobra.Command{Use: verb + " " + n.arg(), Short: short, Args: cobra.ExactArgs(1), RunE: func(command *cobra.Command, args []string) error {
		path, err := n.At(command.Context(), c, args[0])
		if err != nil {
			return err
		}
		if _, err := c.Do(command.Context(), method, path+suffix, nil, nil); err != nil {
			return err
		}
		c.Say(command, "%s", done)
		return nil
	}}
}

// Delete is the verb delete.
func (n Noun) Delete(c *Connection, short string) *cobra.Command {
	return n.Act(c, "delete", short, http.MethodDelete, "", "Deleted.")
}

func require(command *cobra.Command, flags []string) {
	for _, f := range flags {
		if err := command.MarkFlagRequired(f); err != nil {
			panic("cmd: " + err.Error()) // the flag is not declared: a mistake of the command
		}
	}
}
