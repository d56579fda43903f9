// Package security is a person's own pages about how they sign in: the list of all ways, and the
// page of each. What every such page shares is in the room own: changes need a fresh proof.
package security
