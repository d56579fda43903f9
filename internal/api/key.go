package api

import (
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/jose"
	"github.com/cardea-iam/cardea/internal/key"
)

// RotateKey says which key to follow, and how soon.
type RotateKey struct {
	// Algorithm is ES256 (the default), RS256, PS256 or EdDSA.
	Algorithm string `json:"alg,omitempty"`
	// Now signs with the new key at once, before relying parties learned of it.
	Now bool `json:"now,omitempty"`
	// Drop is Now, and nothing that the former key signed counts any more: for a key that leaked.
	Drop bool `json:"drop,omitempty"`
}

func keyEndpoints() []endpoint {
	return []endpoint{
		get("key.list", "/keys", key.ListAll, "List the signing keys, newest first, dropped ones too.", nil, func(c *call) ([]key.Key, error) {
			return key.Page(c.ctx(), c.api.Guard, c.who, c.tenant)
		}),
		create("key.rotate", "/keys/rotate", key.Rotate, "Publish a new signing key, or use it at once.", func(c *call, in RotateKey) (key.Key, error) {
			if in.Algorithm == "" {
				in.Algorithm = string(jose.ES256)
			}
			alg, err := jose.ParseAlgorithm(in.Algorithm)
			if err != nil {
				return key.Key{}, guard.Invalid("alg", "The algorithm is ES256, RS256, PS256 or EdDSA.")
			}
			if allowed, err := c.api.Guard.May(c.ctx(), c.who, key.Rotate.On(c.tenant, "", nil)); err != nil {
				return key.Key{}, err
			} else if !allowed { // before a key is made: RSA keys are dear
				return key.Key{}, &guard.Denied{Action: key.Rotate.Name()}
			}
			return c.api.Ring.RotateNow(c.ctx(), c.who, c.tenant, alg, in.Now, in.Drop)
		}).dear(),
	}
}
