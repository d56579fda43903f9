package part

import "strings"

// ContentSecurityPolicy is the header under which every page works: styles,
// scripts and pictures from our own origin, nothing inline, no frames.
//
// formTargets are origins beyond our own to which a form of the page leads,
// directly or through redirects: Chromium applies form-action to each redirect
// after a submission, so a page whose POST ends at a client's redirect URI has
// to name that origin.
func ContentSecurityPolicy(formTargets ...string) string {
	return "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; " +
		"base-uri 'none'; frame-ancestors 'none'; " +
		strings.Join(append([]string{"form-action 'self'"}, formTargets...), " ")
}
