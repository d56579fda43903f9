// Package rig runs the real thing for tests and the bench: it builds the binary, starts servers
// and databases as processes of their own, makes clients and accounts through the command line,
// and signs in as a person would, by following redirects and filling in forms.
//
// Everything listens on loopback and lives in temporary folders.
package rig
