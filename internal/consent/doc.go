// Package consent remembers what a person allowed an application: scopes per (account, client,
// API). The API is the empty string for OpenID Connect's own scopes. A consent grants nothing
// by itself; it saves the person from being asked twice.
package consent
