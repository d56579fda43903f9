package session

import (
	"errors"

	"github.com/cardea-iam/cardea/internal/policy"
	"github.com/cardea-iam/cardea/internal/store"
)

// Facts tells policy whose a session is. It is a policy.Loader.
func Facts(r *store.Reader, q policy.Request, f *policy.Facts) error {
	if q.Kind != "session" || q.Resource == "" {
		return nil
	}
	who, err := owner(r, q.Resource)
	if errors.Is(err, store.ErrNotFound) {
		return nil // nobody's
	}
	f.ResourceOwner = string(who)
	return err
}
