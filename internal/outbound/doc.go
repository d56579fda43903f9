// Package outbound is the only HTTP client of the tree: key sets, metadata,
// client documents and webhooks are fetched through it, and a test refuses any
// other client.
//
// The address is checked when the connection is made, after resolution, so
// neither the spelling of a host nor a name server that changes its mind can
// lead inside (security rows SS03, SS06, SS07, SS09). The table says what is
// allowed, global unicast without transition prefixes, not what is forbidden.
// There are no redirects, no proxy from the environment, no cookies and no
// credentials that the caller did not pass; size and time are capped.
//
// Sources: IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890),
// RFC 3056 (6to4), RFC 4380 (Teredo), RFC 5214 (ISATAP), RFC 6052 and RFC 8215
// (NAT64), RFC 6598 (shared address space).
package outbound
