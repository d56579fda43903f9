package visit_test

import (
	"net/url"
	"testing"

	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/store"
)

// AU10: a session that was enough when it began is no door to the account pages once the tenant asks
// for more; to sign out nobody has to prove more.
func TestAU10_AccountPagesAskThePolicies(t *testing.T) {
	eachWith(t, withToy, func(t *testing.T, w *world) {
		b := w.browser()
		b.signIn("bob", good).expect(t, 303, "/account")
		page := b.get("/account").expect(t, 200, "")
		w.write(func(tx *store.Tx) error {
			if _, err := tx.Exec("UPDATE tenant SET mfa_enforced = $2 WHERE id = $1", id.Default, true); err != nil {
				return err
			}
			return tx.Touch("tenant")
		})
		for _, path := range []string{"/account", "/account/profile", "/account/sessions", "/account/apps"} {
			b.get(path).expect(t, 303, "/signin?i=")
		}
		b.post("/account/profile", url.Values{"version": {"1"}}).expect(t, 303, "/signin?i=")
		b.submit(page, "signout").expect(t, 303, "/signedout")
		if len(w.sessions(w.bob)) != 0 {
			t.Error("bob could not sign out")
		}
	})
}
