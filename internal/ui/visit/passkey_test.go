package visit_test

import (
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/factor"
	"github.com/cardea-iam/cardea/internal/factor/passkey"
	"github.com/cardea-iam/cardea/internal/factor/passkey/passkeytest"
	"github.com/cardea-iam/cardea/internal/factor/recovery"
	"github.com/cardea-iam/cardea/internal/factor/totp"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/interaction"
	"github.com/cardea-iam/cardea/internal/secret"
	"github.com/cardea-iam/cardea/internal/setting"
	"github.com/cardea-iam/cardea/internal/signin"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/tenant"
	"github.com/cardea-iam/cardea/internal/throttle"
	"github.com/cardea-iam/cardea/internal/ui/notice"
	"github.com/cardea-iam/cardea/internal/ui/own"
	uipasskey "github.com/cardea-iam/cardea/internal/ui/passkey"
	"github.com/cardea-iam/cardea/internal/ui/security"
	"github.com/cardea-iam/cardea/internal/web"
)

const keyOrigin = "https://id.example.org"

func withPasskeys(w *world) ([]signin.Factor, []web.Route) {
	room := must(passkey.New(w.g, secret.NewRoot([32]byte{7}), passkey.Options{
		PublicURL: keyOrigin, Tenants: tenant.NewDirectory(w.store), Settings: setting.NewDirectory(w.store), Others: func() []passkey.Way { return []passkey.Way{w.passwords} },
		Warn: func(*store.Tx, id.Tenant, account.ID, passkey.Notice, string) error { return nil },
	}))
	pages := notice.NewPages(w.visits)
	desk := &own.Desk{Visits: w.visits, Translate: pages.Translate}
	root, told := secret.NewRoot([32]byte{7}), func(*store.Tx, id.Tenant, account.ID) error { return nil }
	limits := must(throttle.New(w.g, root, throttle.Rules{}, nil))
	codes := &security.Codes{Desk: desk, TOTP: must(totp.New(w.g, root, limits, totp.Hooks{Added: told, Removed: told}))}
	codes.Recovery = must(recovery.New(w.g, root, limits, recovery.Hooks{Made: told, Beside: codes.TOTP.Enrolled, Spent: func(*store.Tx, id.Tenant, account.ID, int) error { return nil }}))
	routes := (&uipasskey.Room{Visits: w.visits, Passkeys: room, Translate: pages.Translate}).Routes()
	routes = append(routes, (&security.Room{Desk: desk, Passkeys: room, Codes: codes}).Routes()...)
	return []signin.Factor{room}, append(routes, room.Routes()...)
}

// fields are the hidden fields of a page's passkey form.
func fields(a answer) url.Values {
	v := url.Values{}
	for _, n := range (answer{page: a.byID("passkey")}).all(func(n *htmlNode) bool { return attr(n, "type") == "hidden" }) {
		v.Set(attr(n, "name"), attr(n, "value"))
	}
	return v
}

// ceremony does what passkey.js does with the form of a page.
func (b *browse) ceremony(a answer, key *passkeytest.Authenticator, typed ...string) answer {
	b.w.t.Helper()
	form := a.byID("passkey")
	if form == nil {
		b.w.t.Fatalf("no passkey form on the page %d:\n%s", a.StatusCode, a.body)
	}
	v := fields(a)
	v.Del("credential")
	options := b.post(attr(form, "data-options"), v).expect(b.w.t, 200, "")
	run := key.Get
	if attr(form, "data-passkey") == "create" {
		run = key.Create
	}
	answer, err := run([]byte(options.body))
	if err != nil {
		b.w.t.Fatalf("%v: %s", err, options.body)
	}
	v.Set("credential", answer.JSON())
	for i := 0; i+1 < len(typed); i += 2 {
		v.Set(typed[i], typed[i+1])
	}
	return b.post(attr(form, "action"), v)
}

// addKey signs a person in by password and adds a key.
func (b *browse) addKey(name string, key *passkeytest.Authenticator) {
	b.w.t.Helper()
	b.signIn(name, good)
	b.ceremony(b.get("/account/security/passkeys/add"), key, "name", "Blue").expect(b.w.t, 303, "/account/security/passkeys?done=passkey_added")
}

func TestPasskeyPages(t *testing.T) {
	eachWith(t, withPasskeys, func(t *testing.T, w *world) {
		b, key := w.browser(), passkeytest.New(keyOrigin)
		b.addKey("ada", key)
		b.get("/account/security").expect(t, 200, "").says(t, "Number of passkeys: 1", "Last changed")
		list := b.get("/account/security/passkeys").says(t, "Blue", "Shared among your devices")
		page := b.get(attr(list.byID("change-0"), "href")).expect(t, 200, "").says(t, "Remove this passkey")
		// The account proves more now: what was proved with the password alone does not do for changes.
		stepUp := b.follow(b.submit(page, "rename", "name", "Red").expect(t, 303, "/signin?i=")).expect(t, 303, "/signin/passkey?i=")
		b.ceremony(b.follow(stepUp), key).expect(t, 303, "/account/security/passkeys")
		b.submit(page, "rename", "name", strings.Repeat("x", 61)).expect(t, 200, "").says(t, "at most 60")
		b.follow(b.submit(page, "rename", "name", "Red").expect(t, 303, "")).says(t, "The name is saved", "Red")
		b.post("/account/security/passkeys/rename", url.Values{"key": {"x"}, "name": {"y"}}).expect(t, 404, "")
		b.get("/account/security/passkeys/key?key=x").expect(t, 404, "")
		// Another person has none of it.
		other := w.browser()
		other.signIn("bob", good)
		other.get(attr(list.byID("change-0"), "href")).expect(t, 404, "")
		other.submit(page, "remove").expect(t, 404, "")
		b.follow(b.submit(page, "remove").expect(t, 303, "")).says(t, "Your passkey is removed", "No passkeys yet")
		// Nobody is signed in: nothing of it is to be had.
		for _, path := range []string{"/account/security", "/account/security/passkeys", "/account/security/passkeys/add"} {
			w.browser().get(path).expect(t, 303, "/signin?i=")
		}
		w.browser().post("/account/security/passkeys/options", url.Values{}).expect(t, 303, "/signin?i=")
	})
}

func TestSignInByPasskeyAlone(t *testing.T) {
	eachWith(t, withPasskeys, func(t *testing.T, w *world) {
		key := passkeytest.New(keyOrigin)
		w.browser().addKey("ada", key)
		b := w.browser()
		w.clock.Advance(time.Second) // sessions are listed by their age
		page := b.follow(b.get("/account/profile"))
		if attr(page.byID("username"), "autocomplete") != "username webauthn" || attr(page.byID("passkey"), "data-passkey") != "autofill" {
			t.Errorf("the page offers no passkey:\n%s", page.body)
		}
		b.follow(b.ceremony(page, key).expect(t, 303, "/account/profile")).says(t, "ADA")
		if s := w.sessions(w.ada); s[0].Strength().Level != 2 {
			t.Errorf("%+v", s[0].Facts)
		}
		// A key that nobody has, and no answer at all, are told the same.
		stray := passkeytest.New(keyOrigin)
		if _, err := stray.Create([]byte(`{"rp":{"id":"id.example.org"},"user":{"id":"AAAA"},"challenge":"AAAA"}`)); err != nil {
			t.Fatal(err)
		}
		b = w.browser()
		page = b.follow(b.get("/account"))
		b.ceremony(page, stray).expect(t, 200, "").says(t, "This passkey was not accepted")
		v := fields(page)
		b.post("/signin/passkey", v).expect(t, 200, "").says(t, "This passkey was not accepted")
		b.get("/account").expect(t, 303, "/signin")
	})
}

// AU18: what the pages and the options say does not depend on whether the account that was named has
// passkeys, or is there.
func TestAU18_PasskeysAreNotTold(t *testing.T) {
	eachWith(t, withPasskeys, func(t *testing.T, w *world) {
		w.browser().addKey("ada", passkeytest.New(keyOrigin))
		changing := regexp.MustCompile(`[A-Z2-7]{26}|int_[0-9A-Za-z]+|"challenge":"[^"]+"`)
		seen := map[string]string{}
		for _, name := range []string{"ada", "bob", "xyz"} { // with a key, without one, nobody
			b := w.browser()
			i := string(b.begin(interaction.Authorize, interaction.About{}))
			b.post("/signin", url.Values{"i": {i}, "username": {name}})
			var all []string
			for _, a := range []answer{
				b.get("/signin?i=" + i), b.get("/signin/passkey?i=" + i), b.get("/signin/other?i=" + i),
				b.post("/signin/passkey/options", url.Values{"i": {i}}), b.post("/signin/passkey/anyone", url.Values{"i": {i}}),
				b.get("/signin/enrol/passkey?i=" + i), b.post("/signin/enrol/passkey/options", url.Values{"i": {i}}),
			} {
				all = append(all, a.Status, a.Header.Get("Location"), strings.ReplaceAll(a.body, name, "NAME"))
			}
			seen[name] = changing.ReplaceAllString(strings.Join(all, "\n"), "X")
		}
		for _, name := range []string{"bob", "xyz"} {
			if seen[name] != seen["ada"] {
				t.Errorf("ada:\n%s\n%s:\n%s", seen["ada"], name, seen[name])
			}
		}
		if !strings.Contains(seen["ada"], `"allowCredentials":[]`) {
			t.Error("there are no options")
		}
	})
}

// A sign-in that asks for more than the person has lets them add a passkey, and goes on with it.
func TestAPasskeyIsAddedDuringASignIn(t *testing.T) {
	eachWith(t, withPasskeys, func(t *testing.T, w *world) {
		b := w.browser()
		i := string(b.begin(interaction.Account, interaction.About{Want: factor.Want{Level: 2}}))
		b.get("/signin/enrol/passkey?i="+i).expect(t, 303, "/signin?i=")
		b.post("/signin/enrol/passkey/options", url.Values{"i": {i}}).expect(t, 303, "/signin?i=")
		choice := b.submit(b.get("/signin?i="+i), "submit", "username", "ada", "password", good).expect(t, 303, "/signin/enrol?i=")
		b.follow(choice).expect(t, 200, "").says(t, "Passkey")
		page := b.get("/signin/enrol/passkey?i="+i).expect(t, 200, "").says(t, "safer way", "ADA")
		b.post("/signin/enrol/passkey", fields(page)).expect(t, 200, "").says(t, "not accepted")
		key := passkeytest.New(keyOrigin)
		b.ceremony(page, key, "name", "First").expect(t, 303, "/oauth/authorize/resume")
		if s := w.sessions(w.ada); len(s) != 1 || s[0].Strength().Level < 2 {
			t.Errorf("%+v", s)
		}
		// Whoever has the password alone is asked for the key from now on, and adds none.
		thief := w.browser()
		i = string(thief.begin(interaction.Account, interaction.About{Want: factor.Want{Level: 2}}))
		thief.submit(thief.get("/signin?i="+i), "submit", "username", "ada", "password", good).expect(t, 303, "/signin/passkey?i=")
		thief.get("/signin/enrol/passkey?i="+i).expect(t, 303, "/signin/passkey?i=")
		thief.post("/signin/enrol/passkey/options", url.Values{"i": {i}}).expect(t, 303, "/signin/passkey?i=")
		thief.ceremony(thief.get("/signin/passkey?i="+i).says(t, "ADA"), key).expect(t, 303, "/oauth/authorize/resume")
	})
}

func TestRelatedOrigins(t *testing.T) {
	eachWith(t, withPasskeys, func(t *testing.T, w *world) {
		a := w.browser().get("/.well-known/webauthn").expect(t, 200, "")
		if a.body != `{"origins":["https://id.example.org"]}` || a.Header.Get("Content-Type") != "application/json" {
			t.Errorf("%s %s", a.Header.Get("Content-Type"), a.body)
		}
	})
}
