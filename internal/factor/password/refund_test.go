package password_test

import (
	"testing"

	"github.com/cardea-iam/cardea/internal/account"
)

// Whoever signs in often is no attacker: from a fresh browser each time, as a test suite or a
// person with a forgetful browser does.
func TestManySignInsInARowAllSucceed(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for i := range 25 {
			if got, _ := w.try("bob", good, ""); got != "in" {
				t.Fatalf("sign-in %d: %s", i+1, got)
			}
		}
	})
}

// A success gives back what it took itself and nothing of what failures took: somebody with an
// account of their own cannot buy guesses at others with it.
func TestAU07_SuccessDoesNotPayForGuesses(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.set(w.create(account.New{Username: "mallory"}), good)
		guesses := 0
		for range 30 {
			w.try("mallory", good, "")
			if got, _ := w.try("bob", wrong, ""); got == "wrong_password" {
				guesses++
			}
		}
		if guesses > 10 {
			t.Fatalf("%d guesses in no time", guesses)
		}
	})
}
