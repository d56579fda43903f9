// Package approval is the pages of a sign-in that is approved on another device: the one that shows
// a number and waits, and, on the other device, the one on which the person chooses it.
package approval
