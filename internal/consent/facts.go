package consent

import (
	"github.com/cardea-iam/cardea/internal/policy"
	"github.com/cardea-iam/cardea/internal/store"
)

// Facts tells policy whose a consent is: that of the account which is its resource. It is a
// policy.Loader.
func Facts(_ *store.Reader, q policy.Request, f *policy.Facts) error {
	if q.Kind == "consent" {
		f.ResourceOwner = q.Resource
	}
	return nil
}
