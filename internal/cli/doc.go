// Package cli is the command line "cardea": one folder per noun, one file per verb. It talks to
// a running server through the administration API, over the Unix socket in the server's data
// folder or over HTTPS with a token, and holds no rule of its own.
//
// docs/cli.md is generated from the commands; a test compares.
package cli
