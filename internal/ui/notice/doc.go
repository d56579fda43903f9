// Package notice is the pages that tell one thing and lead on: errors, signed
// out, signing out, signed in already, the first set-up, and the form that
// carries an authorization response to an app.
package notice

import "embed"

//go:embed *.html
var files embed.FS
