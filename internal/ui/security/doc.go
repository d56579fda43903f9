// Package security is a person's own pages about how they sign in: the list of all ways, and the
// page of each: passkeys, the authenticator app, the recovery codes. What every such page shares is
// in the room own; whatever changes a credential asks for a fresh proof first.
package security
