// Package key holds the signing keys of each tenant and turns them.
//
// A key lives through one state machine, driven by the job Turn and by nothing else:
//
//	published  others may fetch it, nothing is signed with it yet
//	used       new tokens are signed with it; one per tenant and algorithm
//	retired    signs nothing, still verifies what it signed
//	dropped    private half destroyed, gone from the JWKS
//
// A tenant's first key of an algorithm is made when it is first needed and used at once: no
// relying party has cached a key set without it.
package key
