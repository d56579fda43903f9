// Package resource holds the protected APIs: resource servers in the words of RFC 6749 §1.1,
// named by the audience URI that clients ask for (RFC 8707) and that their tokens carry.
//
// A scope has a sentence that people read on the consent page and, if it gives power, the
// permission that the person must hold for the scope to be granted: scopes never grant what
// the user may not do. Who holds which permission is the business of role and membership.
package resource
