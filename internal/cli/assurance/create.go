package assurance

import (
	"github.com/spf13/cobra"

	"github.com/cardea-iam/cardea/internal/cli/cmd"
)

func create(c *cmd.Connection) *cobra.Command {
	return cmd.Policy.Create(c, "Add a policy and switch it on; try it before with simulate", func(command *cobra.Command, b *cmd.Body) {
		settings(command, b)
		b.Flag("disabled", "disabled", "do not switch it on")
	}, "name", "file")
}

func update(c *cmd.Connection) *cobra.Command {
	return cmd.Policy.Update(c, "Change a policy of your own", settings)
}

func settings(command *cobra.Command, b *cmd.Body) {
	b.Text("name", "name", "name, unique in the tenant")
	file := command.Flags().String("file", "", "file with the policy in Cedar, - for standard input")
	b.Late("source", func() (any, error) {
		if *file == "" {
			return nil, nil //nolint:nilnil // it stays
		}
		return cmd.ReadFile(*file, command.InOrStdin())
	})
}
