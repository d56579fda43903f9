// Package metadata publishes what clients and resource servers need to know of an issuer: its
// metadata (RFC 8414, OpenID Connect Discovery 1.0) and its keys (RFC 7517 §5).
//
// Both well-known documents have the same content, since each specification lets the other's
// members stand beside its own; a client may read either. The documents depend on the issuer
// and on its keys alone: they are rendered once and served from memory.
package metadata
