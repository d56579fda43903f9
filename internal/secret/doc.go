// Package secret holds what must not leak: random tokens, the root key, sealed columns, and a
// type whose value shows only when it is asked to.
//
//   - Secret prints, logs and marshals as a placeholder; Reveal is the only way out.
//   - A token is a kind prefix, the time, 256 random bits and a checksum (Mint, Kind.Parse). At rest only
//     its HMAC under the kind's own key exists (Root.Digest), so a stolen database holds no
//     live token and a value of one kind can never be looked up as another.
//   - Root is the installation's root key. Every use derives its own key by HKDF-SHA-256
//     (RFC 5869) with a purpose label; no key serves two purposes.
//   - Root.Seal encrypts a column under a key of its own, bound to table, column, tenant and
//     row, so that a ciphertext moved to another row does not open.
package secret
