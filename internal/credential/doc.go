// Package credential keeps what a factor stores about an account — the hash of a password, the
// seed of a one-time password, a public key — sealed under the root key and bound to its row, so
// that a stolen database opens none and a value moved to another account opens nowhere.
//
// What the bytes mean is the business of the factor whose Kind they bear; so are the actions
// that write them. Deleting an account deletes its credentials.
package credential
