// Package own is what a person's own pages share: the frame with the navigation, the rule that
// they are for whoever is signed in, and the fresh proof that changes of a credential need.
//
// The rooms with the pages (account, security, data) stand above it.
package own
