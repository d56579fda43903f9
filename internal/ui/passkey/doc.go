// Package passkey is the pages of a sign-in with a passkey: the one that asks for it, and the one on
// which a person adds the first because the sign-in asks for more than they have.
//
// The browser's part is the script passkey.js: it fetches the options by a POST, asks the
// authenticator, and sends the answer as a field of an ordinary form.
package passkey
