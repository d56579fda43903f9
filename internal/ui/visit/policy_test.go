package visit_test

import (
	"net/url"
	"slices"
	"testing"

	"github.com/cardea-iam/cardea/internal/assurance"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/interaction"
	"github.com/cardea-iam/cardea/internal/session"
)

// AU10: a tenant's policy that insists on a method cannot be gone around by a level that is enough.
func TestAU10_PolicyThatInsistsOnAMethod(t *testing.T) {
	eachWith(t, withToy, func(t *testing.T, w *world) {
		policies := w.visits.SignIn.Assurance
		if err := policies.Disable(t.Context(), operator, id.Default, "signin-enrolled"); err != nil {
			t.Fatal(err)
		}
		// Where there are several factors the name is asked for first, the password on a page of its own.
		enter := func(b *browse, name string) (interaction.ID, answer) {
			i := b.begin(interaction.Authorize, interaction.About{})
			page := b.follow(b.submit(b.get("/signin?i="+string(i)), "submit", "username", name))
			return i, b.submit(page, "submit", "password", good)
		}
		_, a := enter(w.browser(), "ada")
		a.expect(t, 303, "/oauth/authorize/resume") // a password is enough
		if _, err := policies.Create(t.Context(), operator, id.Default, assurance.Wish{Name: "code",
			Source: `@says("Everybody shows a code.") forbid (principal, action == Action::"signin", resource) unless { context.methods.contains("otp") };`}, false); err != nil {
			t.Fatal(err)
		}
		before := len(w.sessions(w.ada))
		b := w.browser()
		i, a := enter(b, "ada")
		a.expect(t, 303, "/signin/toy?i="+string(i))
		if len(w.sessions(w.ada)) != before {
			t.Fatal("a session without the method")
		}
		b.post("/signin/toy", url.Values{"i": {string(i)}, "word": {"abracadabra"}}).expect(t, 303, "/oauth/authorize/resume?i="+string(i))
		if s := w.sessions(w.ada); len(s) != before+1 || !slices.ContainsFunc(s, func(x session.Session) bool { return slices.Contains(x.Strength().AMR, "otp") }) {
			t.Fatalf("%+v", s)
		}
		// Who cannot prove it has no way in.
		_, a = enter(w.browser(), "bob")
		a.expect(t, 403, "")
		if len(w.sessions(w.bob)) != 0 {
			t.Error("bob has a session")
		}
	})
}
