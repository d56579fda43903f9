// Package account is a person's own pages: overview, profile, password, the
// sessions that are open, and the apps that act on their behalf.
package account

import "embed"

//go:embed *.html
var files embed.FS
