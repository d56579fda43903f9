// Package apitoken holds the tokens with which people's programs speak to the administration API.
//
// A token belongs to one account of one tenant and may do exactly what the account may do at
// that moment: every use joins the view of active accounts and the account's epoch, so a token
// of a disabled account, or one from before "end everything", is dead at once. Only a keyed
// digest is stored. It is no OAuth access token: it reaches this server's administration alone.
package apitoken
