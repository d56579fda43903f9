// Package interaction holds what is under way in a browser: a protocol room's request that
// needs a human, and the facts that the human has proved so far.
//
// A protocol room begins one and redirects; ui shows pages for it; verifiers add facts; the
// protocol room resumes it. It belongs to one browser: the row keeps the digest of a cookie,
// and a URL with the interaction's id is worth nothing in another browser.
package interaction
