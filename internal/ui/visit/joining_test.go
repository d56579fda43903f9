package visit_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/interaction"
	"github.com/cardea-iam/cardea/internal/membership"
	"github.com/cardea-iam/cardea/internal/notify"
	"github.com/cardea-iam/cardea/internal/registration"
	"github.com/cardea-iam/cardea/internal/store"
)

const openRules = `{"open": true, "terms_version": "2026-11", "terms_url": "https://acme.example/terms"}`

// signUp goes from the first page to the page of the code.
func (d *doors) signUp(b *browse, to string) answer {
	d.t.Helper()
	page := b.follow(b.get("/signup").expect(d.t, 303, "/signup"))
	return b.follow(b.submit(page, "submit", "email", to, "terms", "2026-11").expect(d.t, 303, "/signup/code"))
}

func TestStoryOfARegistration(t *testing.T) {
	eachDoor(t, func(t *testing.T, d *doors) {
		d.set("registration", openRules)
		b := d.browser()
		i := b.begin(interaction.Authorize, interaction.About{})
		page := b.get("/signup?i="+string(i)).expect(t, 200, "").says(t, "Create an account")
		page = b.submit(page, "submit", "email", "not an address").expect(t, 200, "").says(t, "name@example.com")
		page = b.follow(b.submit(page, "submit", "email", "Eve@New.example").expect(t, 303, "/signup/code")).says(t, "Check your mail", "Eve@new.example")
		code := code8(d.letter(notify.VerifyCode, "Eve@new.example"))
		page = b.submit(page, "submit", "code", "00000000").expect(t, 200, "").says(t, "not right")
		page = b.follow(b.submit(page, "submit", "code", code[:4]+" "+code[4:]).expect(t, 303, "/signup/account")).says(t, "Almost done")
		page = b.submit(page, "submit", "name", "Eve Example", "new_password", "short").expect(t, 200, "").says(t, "too short")
		b.submit(page, "submit", "name", "Eve Example", "new_password", good).expect(t, 303, "/oauth/authorize/resume")

		var who account.ID
		d.read(func(r *store.Reader) (err error) {
			who, err = account.Lookup(r, id.Default, "eve@NEW.example")
			return err
		})
		a := d.account(who)
		if !strings.HasPrefix(string(a.Username), "eve-") || len(a.Username) != 8 || a.Claims.Name != "Eve Example" || len(a.Verified()) != 1 || !a.Emails[0].Primary {
			t.Errorf("%+v", a)
		}
		s := d.sessions(who)
		if len(s) != 1 || fmt.Sprint(s[0].Strength().AMR) != "[email pwd]" || s[0].Strength().Level != 1 {
			t.Errorf("sessions %+v", s)
		}
		var version string
		d.read(func(r *store.Reader) error {
			return r.One([]any{&version}, "SELECT version FROM terms_acceptance WHERE tenant = $1 AND account = $2", id.Default, who)
		})
		if version != "2026-11" {
			t.Errorf("terms %q", version)
		}
		// The code was for once, and for this browser.
		b.get("/signup/account?i="+string(i)).expect(t, 303, "/signup")
		b.get("/account").expect(t, 200, "").says(t, "Eve Example")
	})
}

func TestRegistrationAsksForTerms(t *testing.T) {
	eachDoor(t, func(t *testing.T, d *doors) {
		d.set("registration", openRules)
		b := d.browser()
		i := string(b.begin(interaction.Account, interaction.About{}))
		for _, given := range []string{"", "2025-01", "yes"} {
			b.post("/signup", url.Values{"i": {i}, "email": {"eve@new.example"}, "terms": {given}}).expect(t, 200, "").says(t, "accept the terms")
		}
		b.post("/signup", url.Values{"i": {i}, "email": {"eve@new.example"}, "terms": {"2026-11"}}).expect(t, 303, "/signup/code")
		code := code8(d.letter(notify.VerifyCode, "eve@new.example"))
		b.post("/signup/code", url.Values{"i": {i}, "code": {code}}).expect(t, 303, "/signup/account")
		// The terms change before the account is made: they are asked for again.
		d.set("registration", `{"terms_version": "2026-12"}`)
		b.post("/signup/account", url.Values{"i": {i}, "new_password": {good}}).expect(t, 200, "").says(t, "accept the terms")
	})
}

// AU18: registration looks the same whether or not the address has an account.
func TestAU18_RegistrationTellsNothing(t *testing.T) {
	eachDoor(t, func(t *testing.T, d *doors) {
		d.set("registration", openRules)
		d.owning(d.ada, "ada@known.example")
		seen := map[string]string{}
		for _, to := range []string{"ada@known.example", "xyz@known.example"} {
			b := d.browser()
			i := string(b.begin(interaction.Account, interaction.About{}))
			var all strings.Builder
			for _, step := range []func() answer{
				func() answer {
					return b.post("/signup", url.Values{"i": {i}, "email": {to}, "terms": {"2026-11"}})
				},
				func() answer { return b.get("/signup/code?i=" + i) },
				func() answer { return b.post("/signup/code/again", url.Values{"i": {i}}) },
				func() answer { return b.post("/signup/code", url.Values{"i": {i}, "code": {"12345678"}}) },
				func() answer { return b.get("/signup/account?i=" + i) },
			} {
				all.WriteString(wire(step()))
			}
			seen[to] = strings.NewReplacer(i, "INT", to, "ADDRESS").Replace(all.String())
		}
		if seen["ada@known.example"] != seen["xyz@known.example"] {
			t.Errorf("they differ:\n%s\n----\n%s", seen["ada@known.example"], seen["xyz@known.example"])
		}
		got := kinds(d.post())
		if want := []string{"account_exists ada@known.example", "account_exists ada@known.example", "verify_code xyz@known.example", "verify_code xyz@known.example"}; !slices.Equal(got, want) {
			t.Errorf("letters %v, want %v", got, want)
		}
	})
}

// wire is an answer as an onlooker sees it, without what differs each time.
func wire(a answer) string {
	h := a.Header.Clone()
	for _, name := range []string{"Date", "X-Request-Id", "Request-Id"} {
		h.Del(name)
	}
	var cookies []string
	for _, c := range a.Cookies() {
		cookies = append(cookies, c.Name)
	}
	h.Del("Set-Cookie")
	return fmt.Sprintln(a.StatusCode, h, cookies, len(a.body)) + a.body
}

// AU24: with registration off, or for other domains, every door refuses.
func TestAU24_RegistrationIsOff(t *testing.T) {
	eachDoor(t, func(t *testing.T, d *doors) {
		b := d.browser()
		i := string(b.begin(interaction.Account, interaction.About{}))
		form := url.Values{"i": {i}, "email": {"eve@new.example"}, "code": {"12345678"}, "new_password": {good}}
		b.get("/signup").expect(t, 404, "")
		b.get("/signup?i="+i).expect(t, 404, "")
		b.post("/signup", form).expect(t, 404, "")
		for _, path := range []string{"/signup/code", "/signup/code/again", "/signup/account"} {
			if a := b.post(path, form); a.StatusCode == 200 {
				t.Errorf("%s: %d", path, a.StatusCode)
			}
		}
		for _, token := range []string{"", "cdr_iv_x", "cdr_su_" + strings.Repeat("A", 57)} {
			b.get("/invitation?t="+url.QueryEscape(token)).expect(t, 404, "")
			b.post("/invitation", url.Values{"i": {i}, "t": {token}, "new_password": {good}}).expect(t, 404, "")
		}
		// It is switched off after the code was sent, and after it came back.
		for _, closed := range []string{`{"open": false}`, `{"open": true, "domains": ["other.example"]}`} {
			for _, confirmed := range []bool{false, true} {
				d.clock.Advance(4 * time.Hour)
				d.set("registration", `{"open": true, "domains": ["new.example"]}`)
				b := d.browser()
				i := string(b.begin(interaction.Account, interaction.About{}))
				b.post("/signup", url.Values{"i": {i}, "email": {"eve@elsewhere.example"}}).expect(t, 200, "").says(t, "cannot register")
				b.post("/signup", url.Values{"i": {i}, "email": {"eve@sub.new.example"}}).expect(t, 200, "").says(t, "cannot register")
				b.post("/signup", url.Values{"i": {i}, "email": {"eve@new.example"}}).expect(t, 303, "/signup/code")
				code := code8(d.letter(notify.VerifyCode, "eve@new.example"))
				if confirmed {
					b.post("/signup/code", url.Values{"i": {i}, "code": {code}}).expect(t, 303, "/signup/account")
				}
				d.set("registration", closed)
				b.post("/signup/code", url.Values{"i": {i}, "code": {code}})
				if a := b.post("/signup/account", url.Values{"i": {i}, "new_password": {good}}); a.StatusCode == 200 {
					t.Errorf("closed by %s: %s", closed, a.body)
				}
			}
		}
		d.read(func(r *store.Reader) error {
			list, err := account.List(r, id.Default, account.Filter{}, "", 100)
			if len(list) != 2 {
				t.Errorf("%d accounts", len(list))
			}
			return err
		})
	})
}

// A code is of its interaction, its browser and its time.
func TestRegistrationCodeIsBound(t *testing.T) {
	eachDoor(t, func(t *testing.T, d *doors) {
		d.set("registration", openRules)
		b, other := d.browser(), d.browser()
		page := d.signUp(b, "eve@new.example")
		code := code8(d.letter(notify.VerifyCode, "eve@new.example"))
		i := attr(page.byID("submit").Parent, "action")
		form := url.Values{"i": {query(t, page.Request.URL.String(), "i")}, "code": {code}}
		other.post(i, form).expect(t, 400, "")
		mine := d.signUp(other, "mallory@new.example")
		other.submit(mine, "submit", "code", code).expect(t, 200, "").says(t, "not right")
		// The exact second of its end.
		d.clock.Advance(10 * time.Minute)
		b.submit(page, "submit", "code", code).expect(t, 200, "").says(t, "not right")
		// Five tries, and the right one is worth nothing.
		page = d.signUp(b, "eve@new.example")
		code = code8(d.letter(notify.VerifyCode, "eve@new.example"))
		for range 5 {
			page = b.submit(page, "submit", "code", "11111111").expect(t, 200, "")
		}
		b.submit(page, "submit", "code", code).expect(t, 200, "").says(t, "not right")
	})
}

// Two browsers register one address at once: one account comes of it.
func TestRegistrationOfOneAddressTwice(t *testing.T) {
	eachDoor(t, func(t *testing.T, d *doors) {
		d.set("registration", `{"open": true}`)
		var ends []func() answer
		for range 2 {
			b := d.browser()
			i := string(b.begin(interaction.Account, interaction.About{}))
			b.post("/signup", url.Values{"i": {i}, "email": {"eve@new.example"}}).expect(t, 303, "/signup/code")
			b.post("/signup/code", url.Values{"i": {i}, "code": {code8(d.letter(notify.VerifyCode, "eve@new.example"))}}).expect(t, 303, "/signup/account")
			ends = append(ends, func() answer { return b.post("/signup/account", url.Values{"i": {i}, "new_password": {good}}) })
		}
		ends[0]().expect(t, 303, "")
		ends[1]().expect(t, 303, "/signup")
		if got := kinds(d.post()); len(got) != 0 {
			t.Errorf("letters %v", got)
		}
	})
}

// AU04, AU24: an invitation is worth one account, also where nobody may register.
func TestAU04_Invitation(t *testing.T) {
	eachDoor(t, func(t *testing.T, d *doors) {
		group, err := membership.Create(t.Context(), d.g, operator, id.Default, membership.Group{Name: "staff"})
		if err != nil {
			t.Fatal(err)
		}
		invite := func(to string) (registration.Invitation, string) {
			v, err := d.joining.Invite(t.Context(), operator, id.Default, registration.Invited{Email: to, Name: "Eve", Tenant: "Acme",
				Places: membership.Places{Groups: []membership.GroupID{group.ID}, Roles: []membership.Role{"auditor"}}})
			if err != nil {
				t.Fatal(err)
			}
			return v, pathOf(t, d.letter(notify.Invitation, to).Values["link"])
		}
		_, link := invite("eve@new.example")
		b := d.browser()
		page := b.follow(b.get(link).expect(t, 303, "/invitation")).says(t, "You are invited", "eve@new.example")
		b.get(link).expect(t, 303, "/invitation") // looking uses nothing up
		b.submit(page, "submit", "name", "Eve Example", "new_password", good).expect(t, 303, "/account")
		b.get("/account").says(t, "Eve Example")
		var who account.ID
		d.read(func(r *store.Reader) error {
			if who, err = account.Lookup(r, id.Default, "eve@new.example"); err != nil {
				return err
			}
			roles, err := membership.RolesOf(r, id.Default, who)
			members, err2 := membership.Members(r, id.Default, group.ID, "", 10)
			if fmt.Sprint(roles) != "[auditor]" || len(members) != 1 {
				t.Errorf("%v %v", roles, members)
			}
			return errorsJoin(err, err2)
		})
		// Second use.
		d.browser().get(link).expect(t, 404, "")
		// Taken back, and taken over by another to the same address.
		v, link := invite("bea@new.example")
		if err := d.joining.TakeBack(t.Context(), operator, id.Default, v.ID); err != nil {
			t.Fatal(err)
		}
		d.browser().get(link).expect(t, 404, "")
		_, first := invite("cem@new.example")
		_, second := invite("cem@new.example")
		d.browser().get(first).expect(t, 404, "")
		d.browser().get(second).expect(t, 303, "/invitation")
		// The exact second of its end.
		d.clock.Advance(registration.InvitationLife - time.Second)
		d.browser().get(second).expect(t, 303, "/invitation")
		d.clock.Advance(time.Second)
		d.browser().get(second).expect(t, 404, "")
		// Of another kind.
		d.browser().get(strings.Replace(second, "/invitation", "/recover/link", 1)).expect(t, 404, "")
		d.browser().get(strings.Replace(second, "/invitation", "/not-me", 1)).expect(t, 404, "")
	})
}

// What an invitation promises is worth as much as whoever invited may do, when it is used.
func TestInvitationOfSomebodyWhoFell(t *testing.T) {
	eachDoor(t, func(t *testing.T, d *doors) {
		grant := func(who account.ID, role membership.Role) {
			if err := membership.Bind(t.Context(), d.g, operator, id.Default, role, membership.Subject{Account: who}); err != nil {
				t.Fatal(err)
			}
		}
		grant(d.bob, "owner")
		grant(d.ada, "admin")
		ada := as(d.ada)
		in := registration.Invited{Email: "eve@new.example", Tenant: "Acme"}
		in.Roles = []membership.Role{"owner"}
		if _, err := d.joining.Invite(t.Context(), ada, id.Default, in); refusal(err) != "access_denied" {
			t.Errorf("an admin promises an owner: %v", err)
		}
		in.Roles = nil
		if _, err := d.joining.Invite(t.Context(), ada, id.Default, in); err != nil {
			t.Fatal(err)
		}
		link := pathOf(t, d.letter(notify.Invitation, "eve@new.example").Values["link"])
		b := d.browser()
		page := b.follow(b.get(link))
		if err := membership.Unbind(t.Context(), d.g, operator, id.Default, "admin", membership.Subject{Account: d.ada}); err != nil {
			t.Fatal(err)
		}
		b.submit(page, "submit", "new_password", good).expect(t, 404, "")
		if _, err := d.joining.Invite(t.Context(), as(d.ada), id.Default, in); refusal(err) != "access_denied" {
			t.Errorf("nobody invites: %v", err)
		}
	})
}
