package password_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/timingtest"
)

// The statistical half of AU19. In CI the work is compared instead
// (TestAU18_AU19_SameAnswerAndSameWorkForAll).
func TestAU19_TimingDoesNotTellWhoExists(t *testing.T) {
	timingtest.Quiet(t)
	const people = 1000 // each with a salt of their own
	each(t, func(t *testing.T, w *world) {
		for p := range people {
			w.set(w.create(account.New{Username: fmt.Sprintf("known%03d", p)}), good)
		}
		var took timingtest.Pair
		timingtest.Turns(people, func(turn int, known bool) {
			name := fmt.Sprintf("never%03d", turn)
			if known {
				name = fmt.Sprintf("known%03d", turn)
			}
			w.clock.Advance(24 * time.Hour)
			start := time.Now()
			if got, _ := w.try(name, wrong, ""); got != "wrong_password" {
				t.Fatal(got)
			}
			took.Add(known, time.Since(start))
		})
		took.Check(t, "a wrong password")
	})
}
