package brand

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cardea-iam/cardea/internal/cli/cmd"
)

// Word is one message in the owner's words.
type Word struct {
	Locale string `json:"locale"`
	Key    string `json:"key"`
	Text   string `json:"text"`
}

func set(c *cmd.Connection) *cobra.Command {
	command := &cobra.Command{
		Use: "set tenant|CLIENT", Short: "Change a brand; what is not named stays, and an empty value is as built in",
		Example: "  cardea brand set tenant --accent '#1d4ed8' --background '#f5f7ff' --radius large\n  cardea brand set MyCalApp --word 'en:signin.title=Open your calendar'",
		Args:    cobra.ExactArgs(1),
	}
	schemes := map[string]*cmd.Body{}
	for _, s := range []struct{ scheme, prefix, suffix string }{{"light", "", ""}, {"dark", "dark-", " in the dark scheme"}} {
		b := cmd.NewBody(command)
		b.Text(s.prefix+"accent", "accent", "colour of links and buttons, such as #1d5c4f"+s.suffix)
		b.Text(s.prefix+"background", "background", "colour of the page"+s.suffix)
		b.Text(s.prefix+"text", "text", "colour of text"+s.suffix)
		schemes[s.scheme] = b
	}
	b := cmd.NewBody(command)
	b.Text("radius", "radius", "corners: none, small, medium or large")
	b.Text("font", "font", "system, humanist, geometric, rounded, serif or slab")
	b.Text("layout", "layout", "card, side or plain")
	b.Text("help-uri", "help_uri", "https address of the help link")
	words := command.Flags().StringArray("word", nil, "a message in other words: LOCALE:KEY=TEXT; an empty text takes it back (repeat)")
	command.RunE = func(command *cobra.Command, args []string) error {
		path, err := at(command.Context(), c, args[0])
		if err != nil {
			return err
		}
		a, err := c.Do(command.Context(), http.MethodGet, path, nil, nil)
		if err != nil {
			return err
		}
		theme, version, err := former(a.Body)
		if err != nil {
			return err
		}
		said, err := b.Object()
		if err != nil {
			return err
		}
		changed := len(said) > 0 || len(*words) > 0
		for member, value := range said {
			theme[member] = value
		}
		for scheme, body := range schemes {
			colours, err := body.Object()
			if err != nil {
				return err
			}
			changed = changed || len(colours) > 0
			theme[scheme] = palette(theme[scheme], colours)
		}
		if theme["wording"], err = reword(theme["wording"], *words); err != nil {
			return err
		}
		if !changed {
			return cmd.Usage("Say what to change: see --help for the flags.")
		}
		if a, err = c.DoIf(command.Context(), http.MethodPut, path, version, theme); err != nil {
			return b.Explain(err)
		}
		return c.Print(command, a.Body)
	}
	return command
}

// former is the theme of a brand as the server showed it, and its version.
func former(body []byte) (theme map[string]any, version int64, err error) {
	var all map[string]any
	var tag struct {
		Version int64 `json:"version"`
	}
	for _, into := range []any{&all, &tag} {
		if err := json.Unmarshal(body, into); err != nil {
			return nil, 0, &cmd.Failure{Code: cmd.ExitRefused, Text: "The server's answer is no brand: " + err.Error()}
		}
	}
	for _, member := range []string{"scope", "images", "updated_at", "version"} {
		delete(all, member)
	}
	return all, tag.Version, nil
}

// palette lays colours over those of a scheme; one without any colour is none.
func palette(was any, colours map[string]any) map[string]any {
	out := map[string]any{"accent": "", "background": "", "text": ""}
	if old, ok := was.(map[string]any); ok {
		for name, value := range old {
			out[name] = value
		}
	}
	for name, value := range colours {
		out[name] = value
	}
	return out
}

// reword lays LOCALE:KEY=TEXT over the words that there are.
func reword(was any, changes []string) ([]Word, error) {
	words := []Word{}
	if text, err := json.Marshal(was); err == nil && was != nil {
		if err := json.Unmarshal(text, &words); err != nil {
			return nil, &cmd.Failure{Code: cmd.ExitRefused, Text: "The server's answer has no words: " + err.Error()}
		}
	}
	for _, change := range changes {
		head, text, found := strings.Cut(change, "=")
		locale, key, named := strings.Cut(head, ":")
		if !found || !named || locale == "" || key == "" {
			return nil, cmd.Usage("A word is LOCALE:KEY=TEXT, such as 'en:signin.title=Welcome', not %q.", change)
		}
		words = slices.DeleteFunc(words, func(w Word) bool { return w.Locale == locale && w.Key == key })
		if text != "" {
			words = append(words, Word{locale, key, text})
		}
	}
	return words, nil
}
