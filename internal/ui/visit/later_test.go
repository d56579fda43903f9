package visit_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/interaction"
	"github.com/cardea-iam/cardea/internal/notify"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/tenant"
)

// New terms are asked for when all is proved, before there is a session, and by no way in is there one
// without.
func TestAU02_NoSessionBeforeNewTermsAreAccepted(t *testing.T) {
	eachDoor(t, func(t *testing.T, d *doors) {
		d.set("registration", openRules) // people of before have accepted nothing
		b := d.browser()
		i := string(b.begin(interaction.Authorize, interaction.About{}))
		answer := url.Values{"i": {i}, "terms": {"2026-11"}}
		b.get("/signin/details?i="+i).expect(t, 303, "/signin?i=") // nothing is proved yet
		b.post("/signin/details", answer).expect(t, 303, "/signin?i=")
		b.post("/signin", url.Values{"i": {i}, "username": {"ada"}, "password": {good}}).expect(t, 303, "/signin/details")
		for _, path := range []string{"/signin", "/signin/other", "/signin/totp", "/signin/enrol"} {
			if a := b.get(path + "?i=" + i); a.StatusCode == 200 || strings.HasPrefix(a.Header.Get("Location"), "/oauth") {
				t.Errorf("%s: %d %s", path, a.StatusCode, a.Header.Get("Location"))
			}
		}
		page := b.get("/signin/details?i="+i).expect(t, 200, "").says(t, "New terms of use")
		if to := attr(page.byID("terms-link"), "href"); to != "https://acme.example/terms" {
			t.Errorf("the terms are at %q", to)
		}
		for _, terms := range []string{"", "2026-10", "2026-11 "} {
			b.post("/signin/details", url.Values{"i": {i}, "terms": {terms}}).expect(t, 200, "").says(t, "read and accept")
		}
		stranger := d.browser()
		stranger.post("/signin/details", answer).expect(t, 400, "")
		d.set("registration", `{"terms_version": "2026-12"}`) // while the page was open
		page = b.post("/signin/details", answer).expect(t, 200, "").says(t, "read and accept")
		if len(d.sessions(d.ada)) != 0 {
			t.Fatal("there is a session")
		}
		b.submit(page, "submit", "terms", "2026-12").expect(t, 303, "/oauth/authorize/resume")
		if len(d.sessions(d.ada)) != 1 {
			t.Error("there is no session")
		}
		b.post("/signin/details", answer).expect(t, 303, "") // it is over

		// It is asked for once for each version.
		again := d.browser()
		again.signIn("ada", good)
		d.set("registration", `{"terms_version": "2027-01"}`)
		again = d.browser()
		i = string(again.begin(interaction.Authorize, interaction.About{}))
		again.post("/signin", url.Values{"i": {i}, "username": {"ada"}, "password": {good}}).expect(t, 303, "/signin/details")
		var versions []string
		d.read(func(r *store.Reader) (err error) {
			versions, err = store.Collect(r, func(row store.Row) (v string, err error) { return v, row.Scan(&v) },
				"SELECT version FROM terms_acceptance WHERE tenant = $1 AND account = $2", id.Default, d.ada)
			return err
		})
		if !slices.Equal(versions, []string{"2026-12"}) {
			t.Errorf("accepted %v", versions)
		}
	})
}

// What is asked for later is asked for once, at a later sign-in, and may be left out.
func TestClaimsAreAskedForLaterAndOnce(t *testing.T) {
	eachDoor(t, func(t *testing.T, d *doors) {
		d.set("registration", `{"open": true, "ask": [], "ask_later": ["website", "nickname", "birthdate"]}`)
		signIn := func(name string) (*browse, string, answer) {
			b := d.browser()
			i := string(b.begin(interaction.Authorize, interaction.About{}))
			return b, i, b.post("/signin", url.Values{"i": {i}, "username": {name}, "password": {good}})
		}
		d.clock.Advance(time.Minute)
		b, i, page := signIn("ada")
		page = b.follow(page.expect(t, 303, "/signin/details")).says(t, "Tell us a little more")
		page = b.submit(page, "submit", "birthdate", "yesterday", "nickname", "Countess").expect(t, 200, "").says(t, "cannot be taken")
		if kept := attr(page.byID("claim-nickname"), "value"); kept != "Countess" {
			t.Errorf("the page forgot what was written: %q", kept)
		}
		b.post("/signin/details", url.Values{"i": {i}, "nickname": {" Countess "}, "name": {"Not asked for"}}).expect(t, 303, "/oauth/authorize/resume")
		if c := d.account(d.ada).Claims; c.Nickname != "Countess" || c.Birthdate != "" || c.Name == "Not asked for" {
			t.Errorf("%+v", c)
		}
		_, _, page = signIn("ada")
		page.expect(t, 303, "/oauth/authorize/resume")

		// Whoever has just made an account has told enough for now.
		eve := d.browser()
		page = eve.follow(eve.get("/signup").expect(t, 303, "/signup"))
		page = eve.follow(eve.submit(page, "submit", "email", "eve@new.example").expect(t, 303, "/signup/code"))
		page = eve.follow(eve.submit(page, "submit", "code", code8(d.letter(notify.VerifyCode, "eve@new.example"))).expect(t, 303, "/signup/account"))
		eve.submit(page, "submit", "new_password", good).expect(t, 303, "/account")
		d.clock.Advance(time.Minute)
		_, _, page = signIn("eve@new.example")
		page.expect(t, 303, "/signin/details")
	})
}

// The page of new terms is one door more: a crowd at it gets one session, and it opens to no other
// tenant, and not after the password was changed.
func TestAU02_NewTermsAcceptedByACrowd(t *testing.T) {
	eachDoor(t, func(t *testing.T, d *doors) {
		d.set("registration", openRules)
		proved := func(name string) (*browse, url.Values) {
			b := d.browser()
			i := string(b.begin(interaction.Authorize, interaction.About{}))
			b.post("/signin", url.Values{"i": {i}, "username": {name}, "password": {good}}).expect(t, 303, "/signin/details")
			return b, url.Values{"i": {i}, "terms": {"2026-11"}}
		}
		b, answer := proved("ada")
		wantOne(t, d.rush(shot{b, "/signin/details", answer}.times(crowd)), "303 /oauth/authorize/resume")
		if n, m := d.begun(d.ada), d.done("account.complete"); n != 1 || m != 1 {
			t.Errorf("%d sessions of %d answers", n, m)
		}

		other := must(tenant.Create(t.Context(), d.g, operator, id.Default, tenant.Tenant{Name: "beta"}))
		b, answer = proved("bob")
		b.post("/t/"+other.Name+"/signin/details", answer).expect(t, 400, "")
		if err := d.passwords.Set(t.Context(), operator, id.Default, d.bob, wrong, false); err != nil {
			t.Fatal(err)
		}
		b.post("/signin/details", answer).expect(t, 303, "/signin")
		if n, m := d.begun(d.bob), d.done("account.complete"); n != 0 || m != 1 {
			t.Errorf("%d sessions of %d answers", n, m)
		}
	})
}
