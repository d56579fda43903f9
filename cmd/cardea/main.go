// Command cardea is the identity and access server and its command line in one binary.
package main

import (
	"os"

	"github.com/cardea-iam/cardea/internal/cli"
	"github.com/cardea-iam/cardea/internal/cli/demo"
	"github.com/cardea-iam/cardea/internal/cli/serve"
)

func main() {
	os.Exit(cli.Execute(os.Args[1:], os.Stdin, os.Stdout, os.Stderr, os.Getenv, serve.Command(), demo.Command()))
}
