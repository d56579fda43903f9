package cmd

import (
	"context"
	"encoding/json"
	"net/url"
	"strings"

	"github.com/spf13/cobra"
)

// Noun is a kind of thing that the API knows.
type Noun struct {
	Name   string   // "account", in commands and sentences
	Thing  string   // in sentences and help, where it is not Name: "policy"
	Path   string   // "/accounts"
	Prefix string   // of its ids; "" where the API itself takes names
	ID     string   // JSON member of its id
	Names  []string // JSON members by which people may name it instead
	Few    bool     // they come in one page
	Filter string   // query parameter that narrows a list to Names[0], if there is one
}

// Command is the noun's own command, with its verbs.
func (n Noun) Command(short string, verbs ...*cobra.Command) *cobra.Command {
	c := &cobra.Command{Use: n.Name, Short: short, Args: NoSuchCommand, RunE: func(c *cobra.Command, _ []string) error { return c.Help() }}
	c.AddCommand(verbs...)
	return c
}

// NoSuchCommand refuses what follows a command that has commands: it is none of them.
func NoSuchCommand(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	c.SuggestionsMinimumDistance = 2
	if near := c.SuggestionsFor(args[0]); len(near) > 0 {
		return Usage("unknown command %q for %q. Did you mean %s?", args[0], c.CommandPath(), strings.Join(near, " or "))
	}
	return Usage("unknown command %q for %q. See: %s --help", args[0], c.CommandPath(), c.CommandPath())
}

// Resolve turns what a person wrote, an id or a name, into an id.
func (n Noun) Resolve(ctx context.Context, c *Connection, text string) (string, error) {
	if n.Prefix == "" || strings.HasPrefix(text, n.Prefix+"_") {
		return text, nil
	}
	query := url.Values{"limit": {"200"}}
	if n.Filter != "" {
		query.Set(n.Filter, text)
	}
	rows, err := c.pages(ctx, n.Path, query, 0)
	if err != nil {
		return "", err
	}
	found := ""
	for _, row := range rows {
		var members map[string]json.RawMessage
		if err := json.Unmarshal(row, &members); err != nil {
			return "", refused("The server's answer is not a list of objects: %v", err)
		}
		matches := n.Filter != ""
		for _, name := range n.Names {
			var value string
			matches = matches || json.Unmarshal(members[name], &value) == nil && value == text
		}
		if !matches {
			continue
		}
		if found != "" {
			return "", Usage("Several are called %q. Give the id: cardea %s list shows it.", text, n.Name)
		}
		if err := json.Unmarshal(members[n.ID], &found); err != nil {
			return "", refused("The server's answer has no %s: %v", n.ID, err)
		}
	}
	if found == "" && n.Name == "role" && BuiltIn(text) {
		return "", Usage("%s is built in: there is nothing in it to show or change. Who holds it: cardea role bindings --role %s", text, text)
	}
	if found == "" {
		return "", &Failure{Code: ExitNotFound, Text: "There is no " + n.thing() + " called " + Visible(text) + ". See: cardea " + n.Name + " list"}
	}
	return found, nil
}

// BuiltIn tells the roles that every tenant has.
func BuiltIn(role string) bool { return role == "owner" || role == "admin" || role == "auditor" }

// At resolves what a person wrote and gives its path.
func (n Noun) At(ctx context.Context, c *Connection, text string) (string, error) {
	id, err := n.Resolve(ctx, c, text)
	return n.Path + "/" + url.PathEscape(id), err
}

// thing is what sentences call one.
func (n Noun) thing() string {
	if n.Thing != "" {
		return n.Thing
	}
	return n.Name
}

// arg is how help calls the argument that names one.
func (n Noun) arg() string {
	if len(n.Names) > 0 || n.Prefix == "" {
		return strings.ToUpper(n.thing())
	}
	return "ID"
}

// pages reads all pages of a list, or as many as hold limit items (0: all).
func (c *Connection) pages(ctx context.Context, path string, query url.Values, limit int) ([]json.RawMessage, error) {
	rows := []json.RawMessage{}
	for {
		a, err := c.Do(ctx, "GET", path, query, nil)
		if err != nil {
			return nil, err
		}
		var page []json.RawMessage
		if err := json.Unmarshal(a.Body, &page); err != nil {
			return nil, refused("The server's answer is not a list: %v", err)
		}
		rows = append(rows, page...)
		if limit > 0 && len(rows) >= limit {
			return rows[:limit], nil
		}
		if a.Next == "" {
			return rows, nil
		}
		path, query = a.Next, nil
	}
}
