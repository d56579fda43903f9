package visit_test

import (
	"testing"
	"time"

	"github.com/cardea-iam/cardea/internal/factor"
	"github.com/cardea-iam/cardea/internal/interaction"
)

var (
	aal2 = factor.Want{Level: 2}
	aal3 = factor.Want{Level: 3}
	phr  = factor.Want{PhishingResistant: true}
)

// RFC 9470 §5, OpenID Connect Core 1.0 §5.5.1.1: of what an application wishes the best is asked that
// the person can prove; what is needed is set up; what is neither is let go.
func TestWishesOfAnApplication(t *testing.T) {
	const resume = "/oauth/authorize/resume?i="
	eachWithCodes(t, func(t *testing.T, c codes) {
		home := c.browser()
		c.setUp(home, "ada")
		for name, k := range map[string]struct {
			who  string // bob has a password and nothing else
			asks interaction.About
			// What follows the password.
			status int
			to     string
		}{
			"voluntary, can":              {"ada", interaction.About{Wishes: []factor.Want{aal2}}, 303, "/signin/totp?i="},
			"needed, can":                 {"ada", interaction.About{Wishes: []factor.Want{aal2}, Needed: true}, 303, "/signin/totp?i="},
			"the second best, can":        {"ada", interaction.About{Wishes: []factor.Want{aal3, phr, aal2}, Needed: true}, 303, "/signin/totp?i="},
			"voluntary, cannot":           {"bob", interaction.About{Wishes: []factor.Want{aal2}}, 303, resume},
			"voluntary, nobody can":       {"bob", interaction.About{Wishes: []factor.Want{phr}}, 303, resume},
			"needed, sets it up":          {"bob", interaction.About{Wishes: []factor.Want{aal3, aal2}, Needed: true}, 303, "/signin/enrol?i="},
			"needed, nothing to set up":   {"bob", interaction.About{Wishes: []factor.Want{phr}, Needed: true}, 303, resume},
			"demanded, nothing to set up": {"bob", interaction.About{Want: phr}, 403, ""},
		} {
			t.Run(name, func(t *testing.T) {
				c.clock.Advance(time.Minute)
				b := c.browser()
				i := b.begin(interaction.Authorize, k.asks)
				b.password(b.get("/signin?i="+string(i)), k.who).expect(t, k.status, k.to)
				decision := ""
				if k.who == "bob" && k.asks.Needed && k.status == 303 && k.to == resume {
					decision = interaction.Unmet
				}
				if got := b.interaction(i); got.Decision != decision {
					t.Errorf("the interaction is decided as %q, want %q", got.Decision, decision)
				}
			})
		}
	})
}
