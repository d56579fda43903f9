// Package introspect is the introspection endpoint (RFC 7662): resource servers ask whether a
// token counts now, and what it stands for.
//
// Only confidential clients ask, and only about what concerns them: tokens issued to themselves,
// and access tokens for an API whose client they are. Of everything else — unknown, expired,
// revoked, another's — they learn the same: exactly {"active":false}.
package introspect
