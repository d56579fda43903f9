package assurance

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/client"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/membership"
	"github.com/cardea-iam/cardea/internal/oauth"
	"github.com/cardea-iam/cardea/internal/role"
	"github.com/cardea-iam/cardea/internal/secret"
	"github.com/cardea-iam/cardea/internal/store"
)

// passkey is a policy that asks for one, for whom and where.
func passkey(who, where string) string {
	return `@says("Payroll asks for a passkey.")
forbid (` + who + `, action == Action::"signin", ` + where + `)
unless { context.phishing_resistant };`
}

func (w *world) create(name, source string) Policy {
	w.t.Helper()
	p, err := w.room.Create(w.t.Context(), operator, here, Wish{name, source}, false)
	if err != nil {
		w.t.Fatal(err)
	}
	return p
}

// refused checks that err is the Problem of a code whose sentence holds some words.
func refused(t *testing.T, err error, code, words string) {
	t.Helper()
	var p *guard.Problem
	if !errors.As(err, &p) || p.Code != code || !strings.Contains(p.Public, words) {
		t.Errorf("%v: want %s, %s", err, code, words)
	}
}

func TestPolicyPerApplicationGroupAndRole(t *testing.T) {
	each(t, Options{}, func(w *world) {
		ctx := w.t.Context()
		payroll, _, err := client.Create(ctx, w.Guard, operator, secret.NewRoot([32]byte{1}), here,
			client.Client{Name: "Payroll", Metadata: client.Metadata{Grants: []oauth.GrantType{oauth.GrantClientCredentials}}})
		if err != nil {
			w.t.Fatal(err)
		}
		group, err := membership.Create(ctx, w.Guard, operator, here, membership.Group{Name: "accounting"})
		if err != nil {
			w.t.Fatal(err)
		}
		custom, err := role.Create(ctx, w.Guard, operator, here, role.Role{Name: "treasurer"})
		if err != nil {
			w.t.Fatal(err)
		}
		bob := w.person("bob")
		for _, err := range []error{
			membership.Join(ctx, w.Guard, operator, here, group.ID, bob),
			membership.Bind(ctx, w.Guard, operator, here, membership.Role(custom.ID), membership.Subject{Account: bob}),
			membership.Bind(ctx, w.Guard, operator, here, "auditor", membership.Subject{Group: group.ID}),
		} {
			if err != nil {
				w.t.Fatal(err)
			}
		}
		anna := Attempt{Account: w.anna, Client: payroll.ID}
		for _, c := range []struct {
			who, where            string
			annaAt, annaElse, bob bool // who is asked for a passkey
		}{
			{"principal", "resource == Client::\"" + string(payroll.ID) + "\"", true, false, true},
			{"principal in Group::\"accounting\"", "resource", false, false, true},
			{"principal in Group::\"" + string(group.ID) + "\"", "resource", false, false, true},
			{"principal in Role::\"treasurer\"", "resource", false, false, true},
			{"principal in Role::\"" + string(custom.ID) + "\"", "resource", false, false, true},
			{"principal in Role::\"auditor\"", "resource", false, false, true},
			{"principal == Account::\"" + string(w.anna) + "\"", "resource", true, true, false},
			{"principal", "resource == Client::\"account\"", false, true, false},
		} {
			p := w.create("try", passkey(c.who, c.where))
			for name, got := range map[string][2]any{
				"anna at payroll": {w.decide(anna, password).Allowed, !c.annaAt},
				"anna elsewhere":  {w.decide(Attempt{Account: w.anna}, password).Allowed, !c.annaElse},
				"bob at payroll":  {w.decide(Attempt{Account: bob, Client: payroll.ID}, password).Allowed, !c.bob},
			} {
				if got[0] != got[1] {
					w.t.Errorf("%s, %s: %s: %v", c.who, c.where, name, got[0])
				}
			}
			if err := w.room.Delete(ctx, operator, here, p.ID); err != nil {
				w.t.Fatal(err)
			}
		}
		w.create("payroll", passkey("principal", "resource == Client::\""+string(payroll.ID)+"\""))
		v := w.decide(anna, Proof{Level: 2, Methods: []string{"mfa", "otp", "pwd"}})
		if v.Allowed || v.Least == nil || v.Least.Want().Level != 2 || !v.Least.Want().PhishingResistant || v.Outcome != Challenged {
			w.t.Errorf("%+v", v)
		}
		if !slices.ContainsFunc(v.Reasons, func(r Reason) bool { return r.Effect == StepUp && r.Says == "Payroll asks for a passkey." }) {
			w.t.Errorf("%+v", v.Reasons)
		}
	})
}

// A group whose name is another's id puts nobody into that one.
func TestGroupNamedLikeAnIDIsNotThatGroup(t *testing.T) {
	each(t, Options{}, func(w *world) {
		ctx := w.t.Context()
		spared, err := membership.Create(ctx, w.Guard, operator, here, membership.Group{Name: "spared"})
		if err != nil {
			w.t.Fatal(err)
		}
		fake, err := membership.Create(ctx, w.Guard, operator, here, membership.Group{Name: string(spared.ID)})
		if err == nil {
			err = membership.Join(ctx, w.Guard, operator, here, fake.ID, w.anna)
		}
		if err != nil && !strings.Contains(err.Error(), "invalid") {
			w.t.Fatal(err)
		}
		w.create("all", `@says("x") forbid (principal, action == Action::"signin", resource) unless { principal in Group::"`+string(spared.ID)+`" || context.level > 1 };`)
		if w.decide(Attempt{}, password).Allowed {
			w.t.Error("a name is taken for an id")
		}
	})
}

func TestPoliciesThatAreRefused(t *testing.T) {
	each(t, Options{}, func(w *world) {
		for _, c := range []struct{ name, source, field, words string }{
			{"x", "forbid (principal, action, resource", "source", "line 1, column"},
			{"x", "@says(\"x\")\nforbid (principal, action, resource)\nwhen { context.new_contry };", "source", "line 3, column 16: attribute `new_contry`"},
			{"x", `@says("x") forbid (principal, action == Action::"login", resource);`, "source", "login"},
			{"x", `@says("x") forbid (principal in Group::"nobody", action, resource);`, "source", `There is no Group::"nobody"`},
			{"x", `@says("x") forbid (principal in Role::"onwer", action, resource);`, "source", `There is no Role::"onwer"`},
			{"x", `@says("x") forbid (principal, action, resource == Client::"Payroll");`, "source", "There is no Client::"},
			{"x", `@says("x") forbid (principal == Account::"acc_1", action, resource);`, "source", "There is no Account::"},
			{"x", `forbid (principal, action, resource);`, "source", "@says"},
			{"x", "\n@says(\"x\") forbid (principal, action, resource);\npermit (principal, action, resource);", "source", "line 3: a policy of sign-in forbids"},
			{"x", "@says(\"" + strings.Repeat("x", maxSays+1) + "\") forbid (principal, action, resource);", "source", "300 bytes"},
			{"x", "", "source", "1 to 20 statements"},
			{"x", "// nothing", "source", "1 to 20 statements"},
			{"x", strings.Repeat(`@says("x") forbid (principal, action, resource);`, maxStatements+1), "source", "1 to 20 statements"},
			{"x", "//" + strings.Repeat("x", maxSource), "source", "16 KiB"},
			{"X", passkey("principal", "resource"), "name", "small letters"},
			{"", passkey("principal", "resource"), "name", "small letters"},
		} {
			_, err := w.room.Create(w.t.Context(), operator, here, Wish{c.name, c.source}, false)
			var p *guard.Problem
			if !errors.As(err, &p) || p.Code != "invalid" || p.Field != c.field || !strings.Contains(p.Public, c.words) {
				w.t.Errorf("%.60q: %v", c.source, err)
			}
		}
		if !w.decide(Attempt{}, password).Allowed {
			w.t.Error("something was kept")
		}
	})
}

func TestPolicyLives(t *testing.T) {
	each(t, Options{}, func(w *world) {
		ctx := w.t.Context()
		asks := func(want bool) {
			w.t.Helper()
			if got := !w.decide(Attempt{}, password).Allowed; got != want {
				w.t.Errorf("a passkey is asked for: %v", got)
			}
		}
		p := w.create("everywhere", passkey("principal", "resource"))
		asks(true)
		if !p.Enabled || p.Version != 1 || p.Builtin || !slices.Equal(p.Says, []string{"Payroll asks for a passkey."}) || !p.CreatedAt.Equal(w.now) {
			w.t.Errorf("%+v", p)
		}
		_, err := w.room.Create(ctx, operator, here, Wish{"everywhere", p.Source}, false)
		refused(w.t, err, "conflict", "has this name")
		_, err = w.room.Update(ctx, operator, here, p.ID, Wish{"everywhere", p.Source}, 7)
		refused(w.t, err, "conflict", "changed this policy")
		changed, err := w.room.Update(ctx, operator, here, p.ID, Wish{"nowhere", strings.Replace(p.Source, "unless {", "unless { context.level > 0 ||", 1)}, 1)
		if err != nil || changed.Version != 2 || changed.Name != "nowhere" {
			w.t.Fatalf("%+v, %v", changed, err)
		}
		asks(false)
		if _, err := w.room.Update(ctx, operator, here, p.ID, Wish{"everywhere", p.Source}, 2); err != nil {
			w.t.Fatal(err)
		}
		asks(true)
		for _, on := range []bool{false, false, true, true} {
			do := w.room.Disable
			if on {
				do = w.room.Enable
			}
			if err := do(ctx, operator, here, p.ID); err != nil {
				w.t.Fatal(err)
			}
			asks(on)
		}
		if err := w.room.Delete(ctx, operator, here, p.ID); err != nil {
			w.t.Fatal(err)
		}
		asks(false)
		for _, err := range []error{w.room.Delete(ctx, operator, here, p.ID), w.room.Enable(ctx, operator, here, p.ID), w.room.Disable(ctx, operator, here, "signin-nothing")} {
			refused(w.t, err, "not_found", "no such policy")
		}
		if p, err = w.room.Create(ctx, operator, here, Wish{"later", passkey("principal", "resource")}, true); err != nil || p.Enabled {
			w.t.Errorf("%+v, %v", p, err)
		}
		asks(false)
	})
}

func TestBuiltinPoliciesAreSwitchedOffButTheFloor(t *testing.T) {
	each(t, Options{}, func(w *world) {
		ctx := w.t.Context()
		enrolled := Attempt{HasSecondFactor: true}
		if w.decide(enrolled, password).Allowed {
			w.t.Fatal("one factor is enough")
		}
		if err := w.room.Disable(ctx, operator, here, "signin-enrolled"); err != nil {
			w.t.Fatal(err)
		}
		if !w.decide(enrolled, password).Allowed {
			w.t.Error("the policy is still asked")
		}
		p, err := w.room.Look(ctx, operator, here, "signin-enrolled")
		if err != nil || p.Enabled || !p.Builtin || !strings.Contains(p.Source, "has_second_factor") || len(p.Says) != 1 {
			w.t.Errorf("%+v, %v", p, err)
		}
		if err := w.room.Enable(ctx, operator, here, "signin-enrolled"); err != nil || w.decide(enrolled, password).Allowed {
			w.t.Errorf("the policy stayed off: %v", err)
		}
		refused(w.t, w.room.Disable(ctx, operator, here, floor), "conflict", "floor")
		refused(w.t, w.room.Delete(ctx, operator, here, "signin-robot"), "conflict", "built in")
		_, err = w.room.Update(ctx, operator, here, "signin-robot", Wish{"x", passkey("principal", "resource")}, 1)
		refused(w.t, err, "conflict", "built in")
		all, err := w.room.Page(ctx, operator, here, "", MaxPage)
		if err != nil || len(all) != len(w.room.builtin) || all[0].ID != floor {
			w.t.Fatalf("%d, %v", len(all), err)
		}
		var paged []PolicyID
		for after := PolicyID(""); ; after = paged[len(paged)-1] {
			page, err := w.room.Page(ctx, operator, here, after, 4)
			if err != nil {
				w.t.Fatal(err)
			}
			for _, p := range page {
				paged = append(paged, p.ID)
			}
			if len(page) < 4 {
				break
			}
		}
		if len(paged) != len(all) {
			w.t.Errorf("%d of %d", len(paged), len(all))
		}
	})
}

// Every signal of the schema has a policy that looks at it, and every policy looks at something
// that the schema knows: the built-in text is whole.
func TestBuiltinPoliciesStand(t *testing.T) {
	room, err := New(nil, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range (Signals{}).flags() {
		if f.name != "new_network" && !strings.Contains(builtinText, "context."+f.name) {
			t.Errorf("no built-in policy looks at %s", f.name)
		}
	}
	if len(room.builtin) != strings.Count(builtinText, "@id(") {
		t.Errorf("%d policies", len(room.builtin))
	}
}

func TestWhoMayChangePolicies(t *testing.T) {
	each(t, Options{}, func(w *world) {
		ctx := w.t.Context()
		auditor, admin := w.person("auditor"), w.person("admin")
		for name, who := range map[membership.Role]membership.Subject{"auditor": {Account: auditor}, "admin": {Account: admin}} {
			if err := membership.Bind(ctx, w.Guard, operator, here, name, who); err != nil {
				w.t.Fatal(err)
			}
		}
		person := func(who any) caller.Caller { return caller.Person(fmt.Sprint(who), "", "", "", "") }
		for _, c := range []struct {
			name      string
			who       caller.Caller
			see, make bool
		}{{"admin", person(admin), true, true}, {"auditor", person(auditor), true, false}, {"anna", person(w.anna), false, false}, {"nobody", caller.Nobody("", ""), false, false}} {
			_, see := w.room.Page(ctx, c.who, here, "", 10)
			_, try := w.room.Simulate(ctx, c.who, here, Candidate{Instead: "signin-dormant"})
			_, look := w.room.SignIns(ctx, c.who, here, "", "", 10)
			_, add := w.room.Create(ctx, c.who, here, Wish{"x-" + c.name, passkey("principal", "resource")}, true)
			off := w.room.Disable(ctx, c.who, here, "signin-robot")
			var denied *guard.Denied
			for what, got := range map[string][2]any{"see": {see, c.see}, "simulate": {try, c.see}, "sign-ins": {look, c.see}, "create": {add, c.make}, "disable": {off, c.make}} {
				err, _ := got[0].(error)
				if got[1] == true && err != nil || got[1] == false && !errors.As(err, &denied) {
					w.t.Errorf("%s: %s: %v", c.name, what, err)
				}
			}
		}
	})
}

// A stored policy that this version no longer understands lets nobody in by being skipped; it can
// be switched off.
func TestPolicyThatNoLongerCompilesIsNotSkipped(t *testing.T) {
	each(t, Options{}, func(w *world) {
		p := w.create("old", passkey("principal", "resource"))
		w.now = w.now.Add(time.Second)
		w.write(func(tx *store.Tx) error {
			if err := updatePolicy(tx, here, Policy{ID: p.ID, Name: "old", Source: `@says("x") forbid (principal, action, resource) when { context.of_another_version };`, Version: 1}); err != nil {
				return err
			}
			return bumpVersion(tx, here)
		})
		decide := func() error {
			return w.Store().Read(w.t.Context(), here, func(r *store.Reader) error {
				_, err := w.room.Decide(r, here, Attempt{Account: w.anna, At: w.now}, password)
				return err
			})
		}
		if err := decide(); err == nil || !strings.Contains(err.Error(), string(p.ID)) {
			w.t.Errorf("%v", err)
		}
		if err := w.room.Disable(w.t.Context(), operator, here, p.ID); err != nil {
			w.t.Fatal(err)
		}
		if err := decide(); err != nil {
			w.t.Error(err)
		}
		refused(w.t, w.room.Enable(w.t.Context(), operator, here, p.ID), "invalid", "of_another_version")
	})
}

// What one node changes counts at the next decision of every other.
func TestEveryNodeDecidesByTheLatestPolicies(t *testing.T) {
	each(t, Options{}, func(w *world) {
		other, err := New(w.Guard, Options{})
		if err != nil {
			w.t.Fatal(err)
		}
		asked := func(room *Room) (asked bool) {
			w.t.Helper()
			if err := w.Store().Read(w.t.Context(), here, func(r *store.Reader) error {
				v, err := room.Decide(r, here, Attempt{Account: w.anna, At: w.now}, password)
				asked = !v.Allowed
				return err
			}); err != nil {
				w.t.Fatal(err)
			}
			return asked
		}
		if asked(w.room) || asked(other) {
			w.t.Fatal("a passkey is asked for")
		}
		p := w.create("everywhere", passkey("principal", "resource"))
		if !asked(w.room) || !asked(other) {
			w.t.Error("a node decides without the new policy")
		}
		if err := other.Delete(w.t.Context(), operator, here, p.ID); err != nil {
			w.t.Fatal(err)
		}
		if asked(w.room) || asked(other) {
			w.t.Error("a node decides by a policy that is gone")
		}
		// Another tenant's policies are its own.
		w.create("again", passkey("principal", "resource"))
		if err := w.Store().Read(w.t.Context(), "elsewhere", func(r *store.Reader) error {
			v, err := w.room.Decide(r, "elsewhere", Attempt{Account: w.anna, At: w.now}, password)
			if !v.Allowed {
				w.t.Error("a tenant's policy counts elsewhere")
			}
			return err
		}); err != nil {
			w.t.Fatal(err)
		}
	})
}

func TestDecisionsWhilePoliciesChange(t *testing.T) {
	each(t, Options{}, func(w *world) {
		p := w.create("p", passkey("principal", "resource"))
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() {
				for range 50 {
					if err := w.Store().Read(w.t.Context(), here, func(r *store.Reader) error {
						v, err := w.room.Decide(r, here, Attempt{Account: w.anna, MFAEnforced: true, At: w.now}, password)
						if v.Allowed {
							w.t.Error("one factor is enough while policies change")
						}
						return err
					}); err != nil {
						w.t.Error(err)
					}
				}
			})
		}
		for i := range 10 {
			do := w.room.Disable
			if i%2 == 1 {
				do = w.room.Enable
			}
			if err := do(w.t.Context(), operator, here, p.ID); err != nil {
				w.t.Error(err)
			}
		}
		all.Wait()
	})
}
