package brand

import (
	"encoding/base64"
	"io"
	"net/http"
	"os"

	"github.com/spf13/cobra"

	"github.com/cardea-iam/cardea/internal/cli/cmd"
)

// maxPicture is the most bytes of a picture that the server takes.
const maxPicture = 1 << 20

func logo(c *cmd.Connection) *cobra.Command {
	command := &cobra.Command{
		Use: "logo tenant|CLIENT [FILE]", Short: "Put a picture (PNG or JPEG, at most 1 MiB) into a brand, or take it away",
		Example: "  cardea brand logo tenant logo.png\n  cardea brand logo tenant --dark logo-on-dark.png\n  cardea brand logo MyCalApp --icon icon.png",
		Args:    cobra.RangeArgs(1, 2),
	}
	dark := command.Flags().Bool("dark", false, "the logo in the dark scheme")
	icon := command.Flags().Bool("icon", false, "the square picture in the browser's tab and beside an application's name")
	remove := command.Flags().Bool("remove", false, "take the picture away")
	command.RunE = func(command *cobra.Command, args []string) error {
		slot := "logo"
		switch {
		case *dark && *icon:
			return cmd.Usage("--dark and --icon are two pictures: give one of them.")
		case *dark:
			slot = "logo_dark"
		case *icon:
			slot = "icon"
		}
		if (len(args) == 2) == *remove {
			return cmd.Usage("Name the file of the picture, or say --remove.")
		}
		path, err := at(command.Context(), c, args[0])
		if err != nil {
			return err
		}
		path += "/images/" + slot
		if *remove {
			if _, err := c.Do(command.Context(), http.MethodDelete, path, nil, nil); err != nil {
				return err
			}
			c.Say(command, "%s", "Taken away.")
			return nil
		}
		raw, err := read(args[1])
		if err != nil {
			return err
		}
		a, err := c.Do(command.Context(), http.MethodPut, path, nil, map[string]any{"image": base64.StdEncoding.EncodeToString(raw)})
		if err != nil {
			return err
		}
		return c.Print(command, a.Body)
	}
	return command
}

func read(name string) ([]byte, error) {
	f, err := os.Open(name) //nolint:gosec // the person at the keyboard names it
	if err != nil {
		return nil, &cmd.Failure{Code: cmd.ExitRefused, Text: err.Error()}
	}
	defer f.Close() //nolint:errcheck // only read
	raw, err := io.ReadAll(io.LimitReader(f, maxPicture+1))
	if err != nil {
		return nil, &cmd.Failure{Code: cmd.ExitRefused, Text: err.Error()}
	}
	if len(raw) > maxPicture {
		return nil, &cmd.Failure{Code: cmd.ExitRefused, Text: name + " is larger than 1 MiB."}
	}
	return raw, nil
}
