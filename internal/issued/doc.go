// Package issued remembers what was given out and can be taken back: one-time values, grants
// with their refresh tokens, opaque access tokens, and single JWTs that were revoked early.
//
//   - One-time values (authorization codes, links) live in one table under (tenant, kind,
//     digest) and are spent by one conditional UPDATE in the transaction of their effect; the
//     row stays for a while, so that a second use can be told from nonsense.
//   - A Grant is what one authorization led to (a family in the words of RFC 9700 §4.14.2):
//     every token of it carries its id as grant_id, and revoking the row ends them all.
//   - Refresh tokens are not stored. A token is the grant's id, a generation and a MAC under the
//     root key; the row knows the present generation. A retry within GraceWindow computes the
//     same child again, and every older generation is recognised as a replay.
package issued
