// Package security is the pages on which a person looks after what lets them in: the authenticator
// app and the recovery codes. Whatever changes a credential asks for a fresh proof first.
package security
