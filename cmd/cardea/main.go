// Command cardea is the identity and access server and its command line in one binary.
package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/cardea-iam/cardea/internal/cli/demo"
	"github.com/cardea-iam/cardea/internal/cli/jwt"
	"github.com/cardea-iam/cardea/internal/cli/serve"
)

func main() {
	root := &cobra.Command{Use: "cardea", SilenceUsage: true}
	root.AddCommand(serve.Command(), demo.Command(), jwt.Command())
	if err := root.Execute(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
