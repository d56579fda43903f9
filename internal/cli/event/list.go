package event

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/cardea-iam/cardea/internal/cli/cmd"
)

func list(c *cmd.Connection) *cobra.Command {
	command := cmd.Event.List(c, "List the log, newest first", columns,
		cmd.Narrow{Flag: "action", Param: "action", Doc: "only this action, such as account.disable"},
		cmd.Narrow{Flag: "actor", Param: "actor", Doc: "only what this caller did, such as account:acc_… or operator:local"},
		cmd.Narrow{Flag: "on", Param: "resource", Doc: "only what was done to this id"},
		cmd.Narrow{Flag: "person", Param: "person", Doc: "only what concerns this account, by id"})
	limit := command.Flags().Lookup("limit")
	limit.DefValue = "50"
	if err := limit.Value.Set("50"); err != nil {
		panic("event: " + err.Error()) // 50 is a number
	}
	return command
}

var columns = []cmd.Column{
	{Heading: "#", Member: "position"}, {Heading: "AT (UTC)", Member: "at", Show: at}, {Heading: "ACTION", Member: "action"},
	{Heading: "OUTCOME", Member: "outcome"}, {Heading: "ON", Member: "resource", Show: on}, {Heading: "BY", Member: "caller", Show: by},
}

// at leaves the year out: rows have to fit, --json has the whole time.
func at(value json.RawMessage) string {
	var when time.Time
	if json.Unmarshal(value, &when) != nil {
		return "?"
	}
	return when.UTC().Format("01-02 15:04:05")
}

// on shows an id whole, for --on, and shortens what is longer, such as a key's.
func on(value json.RawMessage) string {
	var id string
	if json.Unmarshal(value, &id) != nil || id == "" {
		return "-"
	}
	if r := []rune(id); len(r) > longest {
		id = string(r[:longest-1]) + "…"
	}
	return cmd.Visible(id)
}

// longest is as long as an id with a prefix of three letters.
const longest = 30

// by is kind:id with the address. The end of an id tells callers apart; --json has the whole.
func by(value json.RawMessage) string {
	var c struct{ Kind, ID, Address string }
	if json.Unmarshal(value, &c) != nil {
		return "?"
	}
	if r := []rune(c.ID); len(r) > 12 {
		c.ID = "…" + string(r[len(r)-6:])
	}
	return cmd.Visible(strings.TrimSpace(c.Kind + ":" + c.ID + " " + c.Address))
}
