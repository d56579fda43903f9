package visit_test

import (
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/factor"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/interaction"
	"github.com/cardea-iam/cardea/internal/notify"
	"github.com/cardea-iam/cardea/internal/store"
)

// A password that an administrator gave for the time being opens nothing but the page of another.
func TestTemporaryPasswordIsChangedBeforeTheSessionBegins(t *testing.T) {
	eachDoor(t, func(t *testing.T, d *doors) {
		p, _ := d.setUp(d.browser(), "ada")
		if err := d.passwords.SetTemporary(t.Context(), operator, id.Default, d.ada, good); err != nil {
			t.Fatal(err)
		}
		b := d.browser()
		i := string(b.begin(interaction.Authorize, interaction.About{Want: factor.Want{Level: 2}}))
		renew := url.Values{"i": {i}, "new_password": {other}}
		b.post("/signin/password-change", renew).expect(t, 303, "/signin")
		b.post("/signin", url.Values{"i": {i}, "username": {"ada"}, "password": {good}}).expect(t, 303, "/signin/totp")
		// Whoever knows the password alone cannot change it.
		b.get("/signin/password-change?i="+i).expect(t, 303, "/signin")
		b.post("/signin/password-change", renew).expect(t, 303, "/signin")
		d.clock.Advance(time.Minute)
		page := b.follow(b.post("/signin/totp", url.Values{"i": {i}, "code": {p.code(d.clock.Now())}}).expect(t, 303, "/signin/password-change")).says(t, "Choose a new password")
		b.get("/signin?i="+i).expect(t, 303, "/signin/password-change")
		b.get("/signin/totp?i="+i).expect(t, 303, "/signin/password-change")
		if len(d.sessions(d.ada)) != 0 {
			t.Fatal("there is a session")
		}
		page = b.submit(page, "submit", "new_password", good).expect(t, 200, "").says(t, "the password that you have now")
		page = b.submit(page, "submit", "new_password", "short").expect(t, 200, "").says(t, "too short")
		b.submit(page, "submit", "new_password", other).expect(t, 303, "/oauth/authorize/resume")
		if len(d.sessions(d.ada)) != 1 {
			t.Error("there is no session")
		}
		// It is asked for once.
		again := d.browser()
		i = string(again.begin(interaction.Authorize, interaction.About{}))
		again.post("/signin", url.Values{"i": {i}, "username": {"ada"}, "password": {other}}).expect(t, 303, "/signin/totp")
		d.clock.Advance(time.Minute)
		again.post("/signin/totp", url.Values{"i": {i}, "code": {p.code(d.clock.Now())}}).expect(t, 303, "/oauth/authorize/resume")
	})
}

func TestStoryOfAddresses(t *testing.T) {
	eachDoor(t, func(t *testing.T, d *doors) {
		d.owning(d.bob, "bob@one.example")
		b := d.browser()
		b.signIn("ada", good)
		add := func(address string) answer {
			return b.submit(b.get("/account/addresses").expect(t, 200, ""), "submit", "email", address)
		}
		add("no address").expect(t, 200, "").says(t, "name@example.com")
		page := b.follow(add("ada@one.example").expect(t, 303, "/account/addresses/code")).says(t, "ada@one.example")
		page = b.submit(page, "submit", "code", "12345678").expect(t, 200, "").says(t, "not right")
		b.submit(page, "submit", "code", code8(d.letter(notify.VerifyCode, "ada@one.example"))).expect(t, 303, "/account/addresses")
		if got := kinds(d.post()); !slices.Equal(got, []string{"email_added ada@one.example"}) {
			t.Errorf("letters %v", got)
		}
		// Somebody else's address looks the same, and no code comes.
		b.follow(add("bob@one.example").expect(t, 303, "/account/addresses/code")).says(t, "If bob@one.example can be added")
		if got := kinds(d.post()); len(got) != 0 {
			t.Errorf("letters %v", got)
		}
		page = b.follow(add("ada@two.example"))
		b.submit(page, "submit", "code", code8(d.letter(notify.VerifyCode, "ada@two.example"))).expect(t, 303, "/account/addresses")
		if got := kinds(d.post()); !slices.Equal(got, []string{"email_added ada@one.example", "email_added ada@two.example"}) {
			t.Errorf("letters %v", got)
		}
		b.submit(b.get("/account/addresses"), "prefer-1").expect(t, 303, "/account/addresses")
		if e, _ := d.account(d.ada).PrimaryEmail(); e.Address != "ada@two.example" {
			t.Errorf("primary %s", e.Address)
		}
		d.post()
		b.submit(b.get("/account/addresses"), "remove-1").expect(t, 303, "/account/addresses")
		if got := kinds(d.post()); !slices.Equal(got, []string{"email_removed ada@one.example", "email_removed ada@two.example"}) {
			t.Errorf("letters %v", got)
		}
		// The last one stays.
		if b.get("/account/addresses").byID("remove-0") != nil {
			t.Error("the last address can be removed")
		}
		b.post("/account/addresses/remove", url.Values{"email": {"ada@two.example"}}).expect(t, 200, "").says(t, "your last verified address")
		b.post("/account/addresses/prefer", url.Values{"email": {"bob@one.example"}}).expect(t, 200, "")
		d.read(func(r *store.Reader) error {
			if who, err := account.Lookup(r, id.Default, "bob@one.example"); err != nil || who != d.bob {
				t.Errorf("bob's address: %s %v", who, err)
			}
			return nil
		})
		// Each change needs a fresh proof.
		d.clock.Advance(11 * time.Minute)
		for _, path := range []string{"/account/addresses", "/account/addresses/code", "/account/addresses/prefer", "/account/addresses/remove"} {
			b.post(path, url.Values{"email": {"ada@two.example"}, "code": {"12345678"}}).expect(t, 303, "/signin")
		}
	})
}
