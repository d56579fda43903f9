// Package data is what a person sees of what is kept of them: what happened with the account, the
// download of it all, and the deletion of the account.
package data
