// Package version is the command "cardea version".
package version

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// Command returns the command.
func Command() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Say which Cardea this is", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			_, err := fmt.Fprintln(c.OutOrStdout(), text(debug.ReadBuildInfo()))
			return err
		},
	}
}

// text is one line: the version, the commit as far as the build knows it, Go and the platform.
func text(info *debug.BuildInfo, ok bool) string {
	version, commit, dirty := "(unknown)", "", ""
	if ok {
		version = info.Main.Version
		for _, s := range info.Settings {
			switch {
			case s.Key == "vcs.revision":
				commit = ", commit " + s.Value[:min(len(s.Value), 12)]
			case s.Key == "vcs.modified" && s.Value == "true":
				dirty = " with changes"
			}
		}
	}
	return fmt.Sprintf("cardea %s%s%s, %s %s/%s", version, commit, dirty, runtime.Version(), runtime.GOOS, runtime.GOARCH)
}
