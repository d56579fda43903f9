package app

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cardea-iam/cardea/internal/assurance"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/session"
	"github.com/cardea-iam/cardea/internal/tenant"
)

// giving are the verbs that make or change a session, or give a code or a token, with the doors at
// which they are done. A verb that sounds like one and is not here fails the test.
var giving = map[string]string{
	"password.verify": "POST /signin", "totp.verify": "POST /signin/totp", "recovery_code.verify": "POST /signin/recovery-code",
	"passkey.verify": "POST /signin/passkey", "email_code.verify": "POST /signin/email", "phone.verify": "POST /signin/sms", "approval.verify": "POST /signin/approval", "totp.enrol": "POST /signin/enrol/totp", "passkey.enrol": "POST /signin/enrol/passkey",
	"interaction.continue": "POST /signin/choose", "session.start": "all doors of sign-in", "code.issue": "GET /oauth/authorize",
	"token.issue": "POST /oauth/token", "token.redeem": "POST /oauth/token", "token.refresh": "POST /oauth/token",
	"consent.give": "POST /consent", "apitoken.create": "POST /api/v1/tokens", "apitoken.create_own": "POST /api/v1/tokens",
	"registration.join": "POST /signup/account", "invitation.accept": "POST /invitation", "recovery.second": "POST /recover/second", "recovery.restore": "POST /recover/password",
	"setup.redeem": "POST /setup", "setup.offer": "the operator's console",
}

var (
	gives   = regexp.MustCompile(`^(session\.start|interaction\.continue|token\.|code\.issue|consent\.give|setup\.)|\.(verify|enrol|redeem|refresh|create_own)$|^apitoken\.create|token\.issue|^registration\.join|^recovery\.(second|restore)|^invitation\.accept|switch|impersonate|delegate`)
	takesIt = regexp.MustCompile(`^(token\.revoke)$`)
)

// inert are the routes that give nothing to anybody, whatever is proved: pages, and forms that only
// take away, ask or begin. Those of own pages and of the API are found by their paths.
var inert = []string{
	"GET /signin", "GET /signin/other", "GET /signin/enrol", "GET /signin/switch", "GET /signin/totp", "GET /signin/recovery-code", "GET /signin/passkey",
	"GET /signin/email", "POST /signin/email/send", "GET /signin/email/link", "GET /signin/sms", "POST /signin/sms/send", "GET /signin/call", "POST /signin/call/send",
	"GET /signin/password-change", "GET /signup", "POST /signup", "GET /signup/code", "POST /signup/code/again", "GET /signup/account", "GET /signin/details", "GET /invitation",
	"GET /recover", "POST /recover", "GET /recover/code", "POST /recover/code/again", "GET /recover/second", "GET /recover/password", "GET /recover/done",
	"GET /recover/link", "GET /not-me", "POST /not-me",
	"GET /signin/approval", "GET /signin/approval/state", "POST /signin/approval/ask",
	"GET /signin/enrol/totp", "GET /signin/enrol/passkey", "POST /signin/cancel", "POST /signin/passkey/options", "POST /signin/passkey/anyone",
	"POST /signin/enrol/passkey/options", "GET /consent", "GET /setup", "POST /setup", "GET /signedout", "POST /signout", "GET /{$}",
	"GET /oauth/jwks", "GET /oauth/logout", "POST /oauth/logout", "GET /oauth/logout/confirm", "POST /oauth/logout/confirm", "GET /oauth/logout/done",
	"POST /oauth/introspect", "POST /oauth/revoke", "GET /oauth/userinfo", "POST /oauth/userinfo",
	"GET /.well-known/oauth-authorization-server", "GET /.well-known/openid-configuration", "GET /.well-known/webauthn",
	"GET /avatar/{file}", "GET /brand/{file}", "GET /brand/preview", "POST /brand/preview", "POST /brand/preview/image",
}

// TestAU10_EveryRouteIsClassified fails for a route or a verb that the matrix does not know.
func TestAU10_EveryRouteIsClassified(t *testing.T) {
	known := map[string]bool{}
	for _, d := range doors {
		known[d.route] = true
	}
	for _, name := range inert {
		known[name] = true
	}
	routes := map[string]bool{}
	for _, r := range opened(t).Server.Routes() {
		name := r.Method + " " + r.Path
		routes[name] = true
		if strings.HasPrefix(r.Name, "asset.") || strings.HasPrefix(r.Path, "/account") || strings.HasPrefix(r.Path, "/api/v1/") {
			if door := giving[r.Action]; door != "" && door != name {
				t.Errorf("%s gives by %s and is no door of the matrix", name, r.Action)
			}
			continue
		}
		if !known[name] {
			t.Errorf("%s is new: make it a door of the matrix, or say in inert that it gives nothing", name)
		}
		if gives.MatchString(r.Action) && giving[r.Action] == "" {
			t.Errorf("%s does %s, which the matrix does not know", name, r.Action)
		}
	}
	for name := range known {
		if !routes[name] {
			t.Errorf("%s is no route any more", name)
		}
	}
	for _, a := range guard.Actions() {
		if gives.MatchString(a.Name) && giving[a.Name] == "" && !takesIt.MatchString(a.Name) {
			t.Errorf("the verb %s gives something: say in giving at which door", a.Name)
		}
	}
}

// under makes a server with a rule.
func under(t *testing.T, r rule, flags map[string]string) *bench {
	t.Helper()
	b := newBench(t, flags)
	ctx := t.Context()
	if r.everyone > 1 {
		all, err := b.Tenants.ByID(ctx, id.Default)
		if all.MFAEnforced = true; err == nil {
			_, err = tenant.Update(ctx, b.Guard, operator, id.Default, all)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	who, where, unless := "principal", "resource", ""
	switch {
	case r.never:
	case r.key:
		unless = " unless { context.phishing_resistant }"
	case r.least > 1:
		unless = fmt.Sprintf(" unless { context.level >= %d }", r.least)
	default:
		return b
	}
	if r.onlyApp != "" {
		where = fmt.Sprintf("resource == Client::%q", b.apps[r.onlyApp].ID)
	}
	if r.onlyIn {
		who = `principal in Group::"accounting"`
	}
	source := fmt.Sprintf(`@says("The matrix.") forbid (%s, action == Action::"signin", %s)%s;`, who, where, unless)
	if _, err := b.Assurance.Create(ctx, operator, id.Default, assurance.Wish{Name: "matrix", Source: source}, false); err != nil {
		t.Fatal(err)
	}
	return b
}

// stand makes a person and a browser in a state, before an application's request.
func (b *bench) stand(h *human, s state, r rule, app string) try {
	b.t.Helper()
	w := b.window()
	w.begin(r, app)
	w.place(h, s)
	return try{w, h, s, r, app}
}

// people makes whom a state is about; disabled ones are disabled after place.
func (b *bench) people(s state) *human {
	b.t.Helper()
	where := id.Default
	if s.abroad {
		where = b.other
	}
	return b.human(where, s.bare)
}

func (b *bench) disable(h *human, s state) {
	b.t.Helper()
	if !s.disabled {
		return
	}
	if err := b.Lifecycle.Disable(b.t.Context(), operator, h.tenant, h.id); err != nil {
		b.t.Fatal(err)
	}
}

// AU10, AU11, AU12, AU16, AU02, N13: the matrix. Every door, under every policy, from every state
// of the person: what comes out is what the model says, and never more.
func TestAU10_AU16_DoorsAndPolicies(t *testing.T) {
	for _, r := range rules {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			b := under(t, r, nil)
			cells, open := 0, 0
			for _, app := range r.apps() {
				for _, s := range states {
					var h *human
					for _, d := range doors {
						if h == nil {
							h = b.people(s)
						}
						cells++
						if b.cell(d, s, r, app, h) {
							open++
						}
						if d.leavesTraces(s) {
							h = nil
						}
					}
				}
			}
			if (open == 0) != r.never {
				t.Errorf("%d doors open", open)
			}
			t.Logf("%d states, %d doors: %d cells, %d open", len(states), len(doors), cells, open)
		})
	}
}

// leavesTraces tells whether the person is another after the door: disabled, with one more factor, or
// with letters that the next door would find. Every other door leaves them as they were, and each is
// tried in a browser and an interaction of its own.
func (d door) leavesTraces(s state) bool {
	return s.disabled || d.adds.mail || s.bare && strings.Contains(d.route, "/enrol/")
}

// cell tries one door once and tells whether it opened.
func (b *bench) cell(d door, s state, r rule, app string, h *human) bool {
	b.t.Helper()
	b.clock.Advance(31 * time.Second) // another step of the app
	c := b.stand(h, s, r, app)
	b.disable(h, s)
	b.clock.Advance(31 * time.Second)
	before := map[session.ID]bool{}
	for _, x := range b.sessions(h) {
		before[x.ID] = true
	}
	from := len(c.answers)
	after, must := s.standing, false
	switch {
	case d.takes != nil && d.takes(c):
		after = after.after(d.adds)
		must = true
	case d.adds == proven{mail: true}: // it may be taken where it helps nothing
		after = after.after(d.adds)
	case d.takes == nil && s.session && s.here.none():
		must = slices.Contains([]string{"POST /signin/choose", "GET /oauth/authorize", "POST /oauth/authorize"}, d.route)
	case d.takes == nil && s.session:
		must = d.route != "POST /signin/choose" && strings.HasSuffix(d.route, "/oauth/authorize")
		after.here = proven{}
	}
	d.do(c)
	c.get("/oauth/authorize/resume?i=" + c.begun)
	out := c.gather(from, before)
	where := fmt.Sprintf("%s (%s), %s, at %s", d.route, d.name, s.name, app)
	for _, wrong := range c.check(after, out) {
		b.t.Errorf("%s: %s", where, wrong)
	}
	if must && r.opens(after, app) && out.none() {
		last := c.answers[len(c.answers)-2]
		b.t.Errorf("%s: is shut, though enough was proved: %d %s", where, last.StatusCode, last.Header.Get("Location"))
	}
	return !out.none()
}

// AU11: at the doors that take a proof, nothing, nonsense and too much prove nothing.
func TestAU11_NothingIsNoProof(t *testing.T) {
	r := rules[1]
	b := under(t, r, nil)
	long := strings.Repeat("x", 1<<20)
	for _, s := range states[:5] {
		h := b.people(s)
		for _, d := range doors {
			if d.takes == nil {
				continue
			}
			for name, send := range map[string]func(c try, path string){
				"nothing":  func(c try, path string) { c.send("POST", path, nil) },
				"no field": func(c try, path string) { c.post(path, "i", c.begun) },
				"empty fields": func(c try, path string) {
					c.post(path, "i", c.begun, "username", "", "password", "", "code", "", "credential", "")
				},
				"another type": func(c try, path string) {
					c.post(path, "i", c.begun, "username", h.name, "password", "null", "code", "true", "credential", "[]")
				},
				"1 MB": func(c try, path string) {
					c.post(path, "i", c.begun, "username", h.name, "password", long, "code", long, "credential", long)
				},
				"bytes that are no text": func(c try, path string) {
					c.send("POST", path, map[string][]string{"i": {c.begun}, "username": {h.name}, "password": {"\xff\xfe"}, "code": {"\xff"}, "credential": {"\xff"}},
						"X-Forwarded-For", "\xff\xfe, not an address")
				},
				"twice": func(c try, path string) {
					c.send("POST", path, map[string][]string{"i": {c.begun, c.begun}, "username": {h.name}, "password": {pass, pass}, "code": {"000000", "000000"}})
				},
			} {
				c := b.stand(h, s, r, lunch)
				before := map[session.ID]bool{}
				for _, x := range b.sessions(h) {
					before[x.ID] = true
				}
				from := len(c.answers)
				send(c, strings.TrimPrefix(d.route, "POST "))
				c.get("/oauth/authorize/resume?i=" + c.begun)
				if out := c.gather(from, before); !out.none() || out.cookie != nil {
					t.Errorf("%s with %s, %s: %+v", d.route, name, s.name, out)
				}
				for _, res := range c.answers[from:] {
					if res.StatusCode >= http.StatusInternalServerError {
						t.Errorf("%s with %s, %s: %d", d.route, name, s.name, res.StatusCode)
					}
				}
			}
		}
	}
}
