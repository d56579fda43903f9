package visit_test

import (
	"errors"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/consent"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/interaction"
	"github.com/cardea-iam/cardea/internal/issued"
	"github.com/cardea-iam/cardea/internal/membership"
	"github.com/cardea-iam/cardea/internal/oauth"
	"github.com/cardea-iam/cardea/internal/store"
)

func (w *world) account(who account.ID) (a account.Account) {
	w.t.Helper()
	w.read(func(r *store.Reader) (err error) { a, err = account.Get(r, id.Default, who); return err })
	return a
}

func TestProfile(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.browser()
		b.signIn("ada", good)
		page := b.get("/account/profile")
		done := b.submit(page, "submit", "given_name", "Ada", "phone_number", "+49 (30) 123-4567", "zoneinfo", "Europe/Berlin", "locality", "Berlin")
		b.follow(done.expect(t, 303, "/account/profile")).says(t, "Your profile is saved")
		if c := w.account(w.ada).Claims; c.GivenName != "Ada" || c.PhoneNumber != "+49301234567" || c.Address.Locality != "Berlin" || c.Name != "ADA" {
			t.Errorf("%+v", c)
		}
		for field, text := range map[string]string{"website": "javascript:alert(1)", "birthdate": "yesterday", "name": strings.Repeat("n", 300)} {
			bad := b.submit(b.get("/account/profile"), "submit", field, text).expect(t, 200, "")
			if attr(bad.byID("claim-"+field), "aria-invalid") != "true" || attr(bad.byID("claim-"+field), "value") != text {
				t.Errorf("%s: no word about it", field)
			}
			if !slices.ContainsFunc(bad.byID("claim-"+field).Attr, func(a html.Attribute) bool { return a.Key == "autofocus" }) {
				t.Errorf("%s: the long page begins elsewhere", field)
			}
		}
		stale := b.get("/account/profile")
		b.submit(b.get("/account/profile"), "submit", "nickname", "a")
		b.submit(stale, "submit", "nickname", "b").expect(t, 200, "").says(t, "changed elsewhere")
		if w.account(w.ada).Claims.Nickname != "a" {
			t.Error("a stale form overwrote a newer one")
		}
	})
}

func TestAU22_NobodyVerifiesThemselves(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		if _, err := account.AddEmail(t.Context(), w.g, operator, id.Default, w.ada, "ada@mail.example", false); err != nil {
			t.Fatal(err)
		}
		b := w.browser()
		b.signIn("ada", good)
		version := attr(b.get("/account/profile").all(func(n *htmlNode) bool { return attr(n, "name") == "version" })[0], "value")
		b.post("/account/profile", url.Values{"version": {version}, "name": {"Ada"}, "email": {"bob@mail.example"}, "email_verified": {"true"}, "phone_number_verified": {"true"},
			"username": {"root"}, "epoch": {"9"}, "disabled_at": {"1"}, "id": {string(w.bob)}, "role": {"owner"}, "sub": {"x"}}).expect(t, 303, "")
		a := w.account(w.ada)
		if e, _ := a.PrimaryEmail(); a.Username != "ada" || len(a.Emails) != 1 || !e.VerifiedAt.IsZero() || e.Address != "ada@mail.example" || !a.PhoneVerifiedAt.IsZero() || a.Epoch != 1 || !a.Enabled() {
			t.Errorf("%+v", a)
		}
		if w.account(w.bob).Claims.Name != "BOB" {
			t.Error("another account was changed")
		}
	})
}

func TestPasswordPage(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b, elsewhere := w.browser(), w.browser()
		b.signIn("ada", good)
		elsewhere.signIn("ada", good)
		form := func() answer { return b.get("/account/password").says(t, "Minimum length: 15") }
		next := "nine small boats drift north"
		b.submit(form(), "submit", "current_password", wrong, "new_password", next, "repeat_password", next).expect(t, 200, "").says(t, "not your current password")
		b.submit(form(), "submit", "current_password", good, "new_password", next, "repeat_password", next+"!").says(t, "not the same")
		b.submit(form(), "submit", "current_password", good, "new_password", "short", "repeat_password", "short").says(t, "too short")
		b.submit(form(), "submit", "current_password", good, "new_password", good, "repeat_password", good).says(t, "that you have now")
		b.submit(form(), "submit", "current_password", good, "new_password", "qwertyuiopasdfgh", "repeat_password", "qwertyuiopasdfgh").expect(t, 200, "")
		b.follow(b.submit(form(), "submit", "current_password", good, "new_password", next, "repeat_password", next).expect(t, 303, "/account/password")).says(t, "is changed")
		elsewhere.get("/account").expect(t, 303, "/signin")
		b.get("/account").expect(t, 200, "")
	})
}

func TestAU27_SessionsEndAtOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b, other, third := w.browser(), w.browser(), w.browser()
		for _, x := range []*browse{b, other, third} {
			x.signIn("ada", good)
			w.clock.Advance(time.Second)
		}
		bobs := w.browser()
		bobs.signIn("bob", good)
		// One of one's own; not one of somebody else's.
		page := b.get("/account/sessions")
		b.follow(b.submit(page, "end-1").expect(t, 303, "")).says(t, "The session has ended")
		third.get("/account").expect(t, 303, "/signin")
		b.post("/account/sessions/end", url.Values{"session": {string(w.sessions(w.bob)[0].ID)}}).expect(t, 403, "")
		bobs.get("/account").expect(t, 200, "")
		b.submit(b.get("/account/sessions"), "end-others").expect(t, 303, "")
		other.get("/account").expect(t, 303, "/signin")
		b.get("/account").expect(t, 200, "")
		// Disabled: the cookie is worth nothing from that moment.
		w.write(func(tx *store.Tx) error { return account.SetDisabled(tx, id.Default, w.ada, tx.Now()) })
		b.get("/account").expect(t, 303, "/signin")
		w.write(func(tx *store.Tx) error { return account.SetDisabled(tx, id.Default, w.ada, time.Time{}) })
		b.get("/account").expect(t, 303, "/signin") // and stays so
		// An administrator's new password ends all sessions if that is asked.
		if err := w.passwords.Set(t.Context(), operator, id.Default, w.bob, "nine small boats drift north", true); err != nil {
			t.Fatal(err)
		}
		bobs.get("/account").expect(t, 303, "/signin")
	})
}

// What outlives sessions ends with a password that an administrator takes away.
func TestAU27_ResetEndsGrants(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		app := w.app("HireMe123")
		far := w.clock.Now().Add(time.Hour)
		g := issued.Grant{ID: issued.NewGrantID(w.clock.Now()), Client: app.ID, Account: w.bob, Epoch: 1, ExpiresAt: far, IdleUntil: far}
		w.write(func(tx *store.Tx) error { return issued.InsertGrant(tx, id.Default, g) })
		if err := w.passwords.Set(t.Context(), operator, id.Default, w.bob, "nine small boats drift north", true); err != nil {
			t.Fatal(err)
		}
		w.write(func(tx *store.Tx) error {
			if _, err := issued.ActiveGrant(tx.Read(), id.Default, g.ID); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("an offline grant outlived the reset: %v", err)
			}
			return nil
		})
	})
}

func TestWithdraw(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		hire, other := w.app("HireMe123"), w.app("Other")
		var grants []issued.GrantID
		for _, app := range []issued.Grant{{Client: hire.ID, Account: w.ada}, {Client: other.ID, Account: w.ada}, {Client: hire.ID, Account: w.bob}} {
			app.ID, app.Epoch, app.ExpiresAt, app.IdleUntil = issued.NewGrantID(w.clock.Now()), 1, w.clock.Now().Add(time.Hour), w.clock.Now().Add(time.Hour)
			app.Terms.Scopes = oauth.Scopes("openid", "profile")
			grants = append(grants, app.ID)
			w.write(func(tx *store.Tx) error {
				if err := consent.Put(tx, id.Default, app.Account, app.Client, "", app.Terms.Scopes); err != nil {
					return err
				}
				return issued.InsertGrant(tx, id.Default, app)
			})
		}
		b := w.browser()
		b.signIn("ada", good)
		b.get("/account").says(t, "Connected: 2")
		page := b.get("/account/apps").says(t, "HireMe123", "Other", "See your profile")
		ask := b.get(attr(page.byID("withdraw-0"), "href")).says(t, "Withdraw the access of HireMe123?")
		b.follow(b.submit(ask, "withdraw-yes").expect(t, 303, "/account/apps")).says(t, "The access is withdrawn")
		w.read(func(r *store.Reader) error {
			for i, want := range []bool{false, true, true} {
				if _, err := issued.ActiveGrant(r, id.Default, grants[i]); (err == nil) != want {
					t.Errorf("grant %d: %v", i, err)
				}
			}
			left, err := consent.Of(r, id.Default, w.ada, hire.ID)
			if len(left) != 0 {
				t.Errorf("consent is left: %v", left)
			}
			return err
		})
		b.get("/account/apps/withdraw?client="+string(hire.ID)).expect(t, 404, "")
		b.post("/account/apps/withdraw", url.Values{}).expect(t, 404, "")
		w.read(func(r *store.Reader) error {
			_, err := issued.ActiveGrant(r, id.Default, grants[1])
			return err
		})
	})
}

func TestConsent(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.question.client = w.app("HireMe123")
		for _, button := range []string{"approve", "deny"} {
			w.question.over = false
			b := w.browser()
			i := b.begin(interaction.Authorize, interaction.About{Client: w.question.client.ID, Redirect: "https://app.example/cb"})
			page := b.get("/signin?i="+string(i)).says(t, "to continue to HireMe123")
			if csp := page.Header.Get("Content-Security-Policy"); !strings.HasSuffix(csp, "form-action 'self' https://app.example") {
				t.Error(csp)
			}
			b.submit(page, "submit", "username", "ada", "password", good).expect(t, 303, "/oauth/authorize/resume?i="+string(i))
			page = b.get("/consent?i="+string(i)).says(t, "HireMe123 asks for access", "See your events", "Not included", "Write events", "app.example")
			if !strings.Contains(page.Header.Get("Content-Security-Policy"), "https://app.example") {
				t.Error("the redirect after the form would be stopped")
			}
			b.post("/consent", url.Values{"i": {string(i)}}).expect(t, 400, "")
			// What came to the question after the page was shown is shown before it can be approved.
			b.post("/consent", url.Values{"i": {string(i)}, "decision": {"approve"}, "shown": {"an earlier question"}}).expect(t, 303, "/consent?i="+string(i))
			b.post("/consent", url.Values{"i": {string(i)}, "decision": {"approve", "deny"}}).expect(t, 400, "")
			b.submit(page, button).expect(t, 303, "/oauth/authorize/resume?i="+string(i))
			if n := len(w.question.answers); w.question.answers[n-1] != (button == "approve") {
				t.Errorf("%s became %v", button, w.question.answers)
			}
			b.submit(page, button).expect(t, 400, "") // once
		}
		stranger := w.browser()
		w.question.over = false
		i := stranger.begin(interaction.Authorize, interaction.About{})
		stranger.post("/consent", url.Values{"i": {string(i)}, "decision": {"approve"}}).expect(t, 400, "")
	})
}

func TestAU25_SetUpOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		link := func() string {
			l, err := w.setup.Link(t.Context(), "")
			if err != nil {
				t.Fatal(err)
			}
			return l.Reveal()
		}
		b := w.browser()
		for _, path := range []string{"/setup", "/setup?t=", "/setup?t=cdr_su_x", "/setup?t=admin"} {
			b.get(path).expect(t, 404, "")
		}
		late := link()
		b.get(late).expect(t, 200, "")
		w.clock.Advance(15 * time.Minute)
		b.get(late).expect(t, 404, "")
		first, second := link(), link()
		form := b.get(first).says(t, "Create the first administrator", "works once")
		for _, p := range []string{"admin", "password", "cardea-2026-2026", ""} {
			b.submit(form, "submit", "username", "root", "password", p).expect(t, 200, "")
		}
		b.submit(form, "submit", "username", "a b", "password", good).expect(t, 200, "").says(t, "cannot be used")
		b.submit(form, "submit", "username", "ADA", "password", good).expect(t, 200, "").says(t, "cannot be used") // taken
		b.submit(form, "submit", "username", "root", "password", good).expect(t, 303, "/account")
		for _, l := range []string{first, second} {
			b.get(l).expect(t, 404, "")
		}
		b.submit(form, "submit", "username", "root2", "password", good).expect(t, 404, "")
		if _, err := w.setup.Link(t.Context(), ""); err == nil {
			t.Error("another link, although there is an owner")
		}
		b.follow(b.signIn("root", good)).says(t, "Hello, root")
		var root account.ID
		w.read(func(r *store.Reader) (err error) { root, err = account.Lookup(r, id.Default, "root"); return err })
		err := membership.Unbind(t.Context(), w.g, operator, id.Default, "owner", membership.Subject{Account: root})
		if err == nil {
			t.Error("the last owner stepped down, and set-up opened again")
		}
	})
}

func TestAU24_NobodyRegisters(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.browser()
		b.get("/account")
		for _, path := range []string{"/register", "/signup", "/signin", "/setup", "/account", "/account/profile"} {
			b.post(path, url.Values{"username": {"eve"}, "password": {good}, "name": {"Eve"}, "email": {"eve@mail.example"}})
		}
		w.read(func(r *store.Reader) error {
			list, err := account.List(r, id.Default, account.Filter{}, "", 10)
			if len(list) != 2 {
				t.Errorf("%d accounts", len(list))
			}
			return err
		})
	})
}
