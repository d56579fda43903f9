// Package config reads what an operator sets: defaults, then the file named by
// --config (YAML), then the environment (CARDEA_…), then flags; the later one
// wins.
//
// Everything works with none of it, and the zero value is the secure choice.
// An unknown key is refused with its name and the nearest known one, in the
// file and in the environment alike; a value that cannot be used is refused
// with its key and what to write instead. What an administrator changes while
// the server runs is not configuration: it is data behind an action.
//
// docs/configuration.md is generated from the comments of [Config]:
//
//	go test ./internal/config -run Documentation -update
package config
