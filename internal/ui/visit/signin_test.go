package visit_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/factor"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/interaction"
	"github.com/cardea-iam/cardea/internal/issued"
	"github.com/cardea-iam/cardea/internal/oauth"
	"github.com/cardea-iam/cardea/internal/session"
	"github.com/cardea-iam/cardea/internal/signin"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/tenant"
	"github.com/cardea-iam/cardea/internal/web"
)

func TestSignInAndOut(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.browser()
		page := b.follow(b.get("/account/sessions?x=1"))
		page.expect(t, 200, "").says(t, "Sign in")
		page = b.submit(page, "submit", "username", "ADA", "password", wrong)
		page.expect(t, 200, "").says(t, "not right")
		if attr(page.byID("username"), "value") != "ADA" || strings.Contains(page.body, wrong) {
			t.Errorf("the form came back as\n%s", page.body)
		}
		back := b.submit(page, "submit", "username", "ADA", "password", good).expect(t, 303, "/account/sessions?x=1")
		b.follow(back).expect(t, 200, "").says(t, "This browser", "ADA")
		if len(w.sessions(w.ada)) != 1 {
			t.Fatal("no session")
		}
		out := b.submit(b.get("/account"), "signout").expect(t, 303, "/signedout")
		b.follow(out).says(t, "You are signed out")
		if len(w.sessions(w.ada)) != 0 || b.cookie("cardea-session") != "" {
			t.Error("the session goes on")
		}
		b.get("/account").expect(t, 303, "/signin")
	})
}

func TestTenantsHaveSignInsOfTheirOwn(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		other, err := tenant.Create(t.Context(), w.g, operator, id.Default, tenant.Tenant{Name: "acme", DisplayName: "Acme Works"})
		if err != nil {
			t.Fatal(err)
		}
		a, err := account.Create(t.Context(), w.g, operator, other.ID, account.New{Username: "ada"})
		if err != nil {
			t.Fatal(err)
		}
		if err := w.passwords.Set(t.Context(), operator, other.ID, a.ID, wrong, false); err != nil {
			t.Fatal(err)
		}
		b := w.browser()
		b.signIn("ada", good).expect(t, 303, "/account")
		page := b.follow(b.get("/t/acme/account").expect(t, 303, "/t/acme/signin"))
		page.says(t, "Acme Works")
		b.submit(page, "submit", "username", "ada", "password", good).says(t, "not right")
		b.submit(page, "submit", "username", "ada", "password", wrong).expect(t, 303, "/t/acme/account")
		b.get("/t/acme/account").says(t, "Hello, ada")
		b.get("/account").says(t, "Hello, ADA")
	})
}

func TestLanguages(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.browser()
		page := b.follow(b.get("/account"))
		german := page.all(func(n *htmlNode) bool { return n.Data == "a" && attr(n, "hreflang") == "de" })
		if len(german) != 1 {
			t.Fatal("no link to German")
		}
		page = b.get(attr(german[0], "href")).says(t, "Anmelden")
		b.submit(page, "submit", "username", "ada", "password", wrong).says(t, "stimmt nicht")
		header := http.Header{"Accept-Language": {"de-AT,en;q=0.5"}}
		b.send("GET", "/signedout", nil, header).says(t, "abgemeldet")
		i := b.begin(interaction.Authorize, interaction.About{Locales: []string{"it", "de"}})
		b.get("/signin?i="+string(i)).says(t, "Anmelden")
	})
}

// A language that was chosen once is spoken by every later page of the browser, wherever its
// address comes from, until another is chosen.
func TestAChosenLanguageStays(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.browser()
		w.question.client = w.app("Calendar")
		resume := must(oauth.ParseLocalPath("/consent"))
		i := b.begin(interaction.Authorize, interaction.About{Client: w.question.client.ID, Resume: resume, Locales: []string{"de"}})
		b.get("/signin?i="+string(i)).says(t, "Anmelden")
		page := b.get("/signin?i="+string(i)+"&ui_locales=fr").says(t, "Se connecter")
		page = b.follow(b.submit(page, "submit", "username", "ada", "password", good).expect(t, 303, "/consent?i="+string(i)))
		page.says(t, "demande l’accès à votre compte")
		b.get("/account").says(t, "Bonjour ADA")
		b.get("/no-such-page").says(t, "Il n’y a pas de page ici")
		b.get("/account?ui_locales=xx").says(t, "Bonjour ADA")
		b.get("/account?ui_locales=es").says(t, "Hola, ADA")
		b.get("/account/profile").says(t, "Guardar el perfil")
		page = b.follow(b.post("/account/profile/preferences", url.Values{"language": {"de"}, "theme": {""}}).expect(t, 303, "/account/profile"))
		page.says(t, "Ihre Einstellungen sind gespeichert")
		b.submit(page, "signout")
		b.get("/signedout").says(t, "Sie sind abgemeldet")
		b.get("/signedout?ui_locales=fr").says(t, "Déconnexion réussie")
		b.get("/signedout").says(t, "Déconnexion réussie")
	})
}

// Another site may link to a page in a language, and changes no later page by it.
func TestAnotherSiteChoosesNoLanguage(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for _, site := range []string{"cross-site", "same-site"} {
			b := w.browser()
			b.send("GET", "/signedout?ui_locales=de", nil, http.Header{"Sec-Fetch-Site": {site}}).says(t, "abgemeldet")
			b.get("/signedout").says(t, "signed out")
			if got := b.cookie("cardea-locale"); got != "" {
				t.Errorf("%s set the language %q", site, got)
			}
		}
		b := w.browser()
		header := http.Header{"Cookie": {"__Host-cardea-locale=../../etc"}}
		b.send("GET", "/signedout", nil, header).says(t, "signed out")
	})
}

func TestCG23_AFlowBelongsToItsBrowser(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		attacker, victim := w.browser(), w.browser()
		planted := attacker.begin(interaction.Authorize, interaction.About{})
		victim.get("/account")
		for _, path := range []string{"/signin?i=" + string(planted), "/consent?i=" + string(planted)} {
			victim.get(path).expect(t, 400, "").says(t, "This step is over")
		}
		form := url.Values{"i": {string(planted)}, "username": {"ada"}, "password": {good}}
		victim.post("/signin", form).expect(t, 400, "")
		if i := attacker.interaction(planted); len(i.Facts) != 0 || i.Session != "" || len(w.sessions(w.ada)) != 0 {
			t.Fatalf("%+v", i)
		}
		// Every sign-in, also a repeated one of the same person, gives a new session and cookie.
		seen := map[string]bool{}
		for range 3 {
			i := victim.begin(interaction.Authorize, interaction.About{Want: factor.Want{NotOlder: w.clock.Now()}})
			page := victim.get("/signin?i=" + string(i))
			victim.submit(page, "submit", "username", "ada", "password", good).expect(t, 303, "/oauth/authorize/resume?i="+string(i))
			now := victim.interaction(i)
			if seen[string(now.Session)] || seen[victim.cookie("cardea-session")] || len(now.Facts) != 0 {
				t.Fatalf("the session is an old one: %+v", now)
			}
			seen[string(now.Session)], seen[victim.cookie("cardea-session")] = true, true
			w.clock.Advance(time.Minute)
		}
		if len(w.sessions(w.ada)) != 1 {
			t.Errorf("%d sessions", len(w.sessions(w.ada)))
		}
	})
}

func TestAU05_AnotherPersonEndsTheSessionBefore(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.browser()
		app := w.app("HireMe123")
		b.signIn("ada", good).expect(t, 303, "")
		grant := func(who account.ID, s session.ID) issued.GrantID {
			g := issued.Grant{ID: issued.NewGrantID(w.clock.Now()), Client: app.ID, Account: who, Epoch: 1, Session: string(s),
				IdleUntil: w.clock.Now().Add(time.Hour), ExpiresAt: w.clock.Now().Add(time.Hour)}
			w.write(func(tx *store.Tx) error { return issued.InsertGrant(tx, id.Default, g) })
			return g.ID
		}
		stands := func(g issued.GrantID) (ok bool) {
			w.read(func(r *store.Reader) error {
				_, err := issued.ActiveGrant(r, id.Default, g)
				ok = err == nil
				return nil
			})
			return ok
		}
		first := w.sessions(w.ada)[0].ID
		adas := grant(w.ada, first)
		// The same person once more: the app's tokens go on.
		i := b.begin(interaction.Authorize, interaction.About{Want: factor.Want{NotOlder: w.clock.Now().Add(time.Second)}})
		w.clock.Advance(time.Minute)
		page := b.get("/signin?i="+string(i)).says(t, "Is it still you?", "ADA")
		b.submit(page, "submit", "password", good).expect(t, 303, "")
		if !stands(adas) {
			t.Error("a new proof of the same person ended the app's grant")
		}
		// Another person: everything of the session before is over.
		i = b.begin(interaction.Authorize, interaction.About{Want: factor.Want{NotOlder: w.clock.Now().Add(time.Second)}})
		w.clock.Advance(time.Minute)
		page = b.get("/signin?i=" + string(i))
		page = b.get(attr(page.byID("other"), "href"))
		b.submit(page, "submit", "username", "bob", "password", good).expect(t, 303, "")
		if stands(adas) || len(w.sessions(w.ada)) != 0 || len(w.sessions(w.bob)) != 1 {
			t.Errorf("ada's session goes on: %v", w.sessions(w.ada))
		}
	})
}

func TestOnlyTheHintedPersonWillDo(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.browser()
		b.signIn("ada", good)
		i := b.begin(interaction.Authorize, interaction.About{Account: w.bob, Hint: "bob"})
		page := b.get("/signin?i=" + string(i))
		if attr(page.byID("username"), "value") != "bob" {
			t.Fatalf("not the form for bob:\n%s", page.body)
		}
		b.submit(page, "submit", "username", "ada", "password", good).expect(t, 200, "").says(t, "not right")
		b.submit(page, "submit", "username", "bob", "password", good).expect(t, 303, "/oauth/authorize/resume")
	})
}

func TestChooser(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.browser()
		b.signIn("ada", good)
		i := b.begin(interaction.Authorize, interaction.About{Choose: true})
		page := b.get("/signin?i="+string(i)).says(t, "Choose an account", "ADA")
		b.submit(page, "account-0").expect(t, 303, "/oauth/authorize/resume?i="+string(i))
		if got := b.interaction(i).Session; got != w.sessions(w.ada)[0].ID {
			t.Errorf("goes on with session %q", got)
		}
		// Choosing is no proof: with a proof wanted the password is asked for.
		i = b.begin(interaction.Authorize, interaction.About{Choose: true, Want: factor.Want{NotOlder: w.clock.Now().Add(time.Second)}})
		page = b.get("/signin?i=" + string(i))
		page = b.follow(b.submit(page, "account-0").expect(t, 303, "/signin"))
		page.says(t, "Is it still you?")
		if b.interaction(i).Session != "" {
			t.Error("a choice alone was enough")
		}
		i = b.begin(interaction.Authorize, interaction.About{Choose: true})
		page = b.follow(b.submit(b.get("/signin?i="+string(i)), "other").expect(t, 303, "/signin"))
		b.submit(page, "submit", "username", "bob", "password", good).expect(t, 303, "/oauth/authorize/resume")
		// Somebody else's session id chooses nothing.
		i = b.begin(interaction.Authorize, interaction.About{Choose: true})
		w.write(func(tx *store.Tx) error {
			return session.Insert(tx, id.Default, session.Session{ID: "ses_ada", Account: w.ada, Epoch: 1, Idle: time.Hour, ExpiresAt: w.clock.Now().Add(time.Hour)}, []byte("x"), nil)
		})
		b.post("/signin/choose", url.Values{"i": {string(i)}, "account": {"ses_ada"}}).expect(t, 303, "/signin")
		if b.interaction(i).Session != "" {
			t.Error("a session id in the form was believed")
		}
	})
}

func TestGoingBackWithoutSigningIn(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.browser()
		i := b.begin(interaction.Authorize, interaction.About{Client: w.app("HireMe123").ID})
		page := b.get("/signin?i="+string(i)).says(t, "Back to HireMe123")
		b.submit(page, "cancel").expect(t, 303, "/oauth/authorize/resume?i="+string(i))
		if now := b.interaction(i); now.Decision != interaction.Denied || now.Session != "" {
			t.Errorf("%+v", now)
		}
		b.submit(page, "cancel").expect(t, 400, "") // once
		w.browser().post("/signin/cancel", url.Values{"i": {string(i)}}).expect(t, 400, "")
		own := b.follow(b.get("/account"))
		if own.byID("cancel") != nil {
			t.Error("there is nobody to go back to")
		}
	})
}

// toy is a factor that somebody adds: a word that a thing in one's pocket shows.
type toy struct{ w *world }

var toyKind = factor.Declare("toy", factor.Trait{Has: true, AMR: []string{"otp"}})

func (toy) Kind() factor.Kind { return toyKind }
func (toy) Path() string      { return "/signin/toy" }
func (toy) First() bool       { return false }
func (f toy) Enrolled(_ *store.Reader, _ id.Tenant, who account.ID) (bool, error) {
	return who == f.w.ada, nil
}

// post is the whole page of the toy: prove, record the fact, go on.
func (f toy) post(w http.ResponseWriter, r *web.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	g, err := f.w.visits.Guest(r.Context(), w, r, form.Get("i"))
	if err != nil {
		return err
	}
	if g.Interaction.Account == "" && g.Session == nil || form.Get("word") != "abracadabra" {
		return &web.Refusal{Status: http.StatusForbidden, Public: "No."}
	}
	who := g.Interaction.Account
	if who == "" {
		who = g.Session.Account
	}
	if err := f.w.store.Write(r.Context(), id.Default, store.Serializable, func(tx *store.Tx) error {
		return interaction.SetFacts(tx, id.Default, g.Interaction.ID, who, factor.Add(g.Interaction.Facts, factor.Proved(toyKind, tx.Now())))
	}); err != nil {
		return err
	}
	return f.w.visits.Advance(r.Context(), w, r, g.Interaction.ID)
}

func withToy(w *world) ([]signin.Factor, []web.Route) {
	f := toy{w}
	return []signin.Factor{f}, []web.Route{{Name: "toy", Method: "POST", Path: "/signin/toy", Scope: web.PerTenant, CSRF: web.Browser, Public: "a toy",
		Handler: f.post, Errors: web.PlainErrors}}
}

func TestAnotherFactorFitsWithoutChange(t *testing.T) {
	eachWith(t, withToy, func(t *testing.T, w *world) {
		b := w.browser()
		strong := interaction.About{Want: factor.Want{Level: 2}}
		i := b.begin(interaction.Authorize, strong)
		page := b.get("/signin?i=" + string(i))
		word := url.Values{"i": {string(i)}, "word": {"abracadabra"}}
		b.post("/signin/toy", word).expect(t, 403, "") // nobody is known yet
		b.submit(page, "submit", "username", "ada", "password", good).expect(t, 303, "/signin/toy?i="+string(i))
		if b.cookie("cardea-session") != "" {
			t.Fatal("a session after half of the proof")
		}
		b.get("/signin?i="+string(i)).expect(t, 303, "/signin/toy")
		b.post("/signin/toy", word).expect(t, 303, "/oauth/authorize/resume?i="+string(i))
		s := w.sessions(w.ada)
		if len(s) != 1 || s[0].Strength().Level != 2 || strings.Join(s[0].Strength().AMR, " ") != "mfa otp pwd" {
			t.Fatalf("%+v", s)
		}
		// Who has a second factor is asked for it wherever they sign in (the policy signin-enrolled).
		c := w.browser()
		half := c.signIn("ada", good).expect(t, 303, "/signin/toy")
		c.post("/signin/toy", url.Values{"i": {half.Header.Get("Location")[len("/signin/toy?i="):]}, "word": {"abracadabra"}}).expect(t, 303, "/account")
		// Half an hour later one factor is left of the session. It is still no stranger to the policies;
		// where two are asked for, only the other is missing.
		w.clock.Advance(31 * time.Minute)
		i = c.begin(interaction.Authorize, interaction.About{})
		c.submit(c.get("/signin?i="+string(i)), "account-0").expect(t, 303, "/oauth/authorize/resume")
		i = c.begin(interaction.Authorize, strong)
		c.get("/signin?i="+string(i)).expect(t, 303, "/signin/toy")
		c.post("/signin/toy", url.Values{"i": {string(i)}, "word": {"abracadabra"}}).expect(t, 303, "/oauth/authorize/resume")
		// Who has no toy cannot get there.
		d := w.browser()
		i = d.begin(interaction.Authorize, strong)
		d.submit(d.get("/signin?i="+string(i)), "submit", "username", "bob", "password", good).expect(t, 403, "")
		if len(w.sessions(w.bob)) != 0 {
			t.Error("bob has a session")
		}
	})
}

// AU02: from every state of a sign-in, every door is tried with every content. Whatever comes back,
// a session exists exactly where the model, which knows only what was proved, says so.
func TestAU02_NoStepIsSkipped(t *testing.T) {
	eachWith(t, withToy, func(t *testing.T, w *world) {
		type state struct{ password, toy bool }
		doors := map[string]func(b *browse, i string, s *state){
			"get":     func(b *browse, i string, _ *state) { b.get("/signin?i=" + i + "&step=done&other=1") },
			"consent": func(b *browse, i string, _ *state) { b.get("/consent?i=" + i) },
			"approve": func(b *browse, i string, _ *state) { b.post("/consent", url.Values{"i": {i}, "decision": {"approve"}}) },
			"choose": func(b *browse, i string, _ *state) {
				b.post("/signin/choose", url.Values{"i": {i}, "account": {"ses_1"}})
			},
			"account": func(b *browse, _ string, _ *state) { b.get("/account") },
			"wrong": func(b *browse, i string, _ *state) {
				b.post("/signin", url.Values{"i": {i}, "username": {"ada"}, "password": {wrong}})
			},
			"forged": func(b *browse, i string, _ *state) {
				b.post("/signin", url.Values{"i": {i}, "username": {"ada"}, "facts": {`[{"kind":"password","at":1}]`}, "session": {"ses_1"}, "next": {"done"}})
			},
			"badtoy": func(b *browse, i string, _ *state) { b.post("/signin/toy", url.Values{"i": {i}}) },
			"right": func(b *browse, i string, s *state) {
				if b.post("/signin", url.Values{"i": {i}, "username": {"ada"}, "password": {good}}).StatusCode == 303 {
					s.password = true
				}
			},
			"toy": func(b *browse, i string, s *state) {
				if b.post("/signin/toy", url.Values{"i": {i}, "word": {"abracadabra"}}).StatusCode == 303 {
					s.toy = true
				}
			},
		}
		for first, one := range doors {
			for second, two := range doors {
				w.clock.Advance(3 * time.Hour) // the throttle is another test's business
				b, s := w.browser(), &state{}
				i := string(b.begin(interaction.Authorize, interaction.About{Want: factor.Want{Level: 2}}))
				one(b, i, s)
				two(b, i, s)
				if s.toy && first == "toy" {
					t.Errorf("%s, %s: the second factor came first", first, second)
				}
				if got, want := b.cookie("cardea-session") != "", s.password && s.toy; got != want {
					t.Errorf("%s, %s: signed in %v, proved %+v", first, second, got, *s)
				}
			}
		}
	})
}

func TestAU28_SessionsAndFlowsAreBounded(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for range 100 + 3 {
			w.clock.Advance(2 * time.Second)
			s := session.Session{ID: session.ID(id.New("ses", w.clock.Now())), Account: w.ada, Epoch: 1, Idle: time.Hour, ExpiresAt: w.clock.Now().Add(time.Hour)}
			w.write(func(tx *store.Tx) error { return session.Insert(tx, id.Default, s, []byte(s.ID), nil) })
		}
		b := w.browser()
		b.follow(b.signIn("ada", good)).says(t, "Open now: 100")
		list := w.sessions(w.ada)
		if len(list) != 100 {
			t.Fatalf("%d sessions", len(list))
		}
		page := b.get("/account/sessions")
		if n := len(page.all(func(n *htmlNode) bool { return strings.HasPrefix(attr(n, "id"), "session-") })); n != 100 {
			t.Errorf("the page shows %d", n)
		}
		w.clock.Advance(interaction.Lifetime + time.Second)
		w.write(func(tx *store.Tx) error {
			sweeper := store.NewSweeper(interaction.Sweeps[0])
			gone, _, err := sweeper.Look(tx.Read())
			if err != nil || !gone {
				t.Error("abandoned sign-ins stay")
				return err
			}
			_, err = sweeper.Delete(tx)
			return err
		})
	})
}

func TestSessionsEndByThemselves(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.browser()
		b.signIn("ada", good)
		for range 30 {
			w.clock.Advance(45 * time.Minute)
			b.get("/account").expect(t, 200, "")
		}
		w.clock.Advance(61 * time.Minute)
		b.get("/account").expect(t, 303, "/signin")
		b.signIn("ada", good)
		for range 24*60/45 - 1 {
			w.clock.Advance(45 * time.Minute)
			b.get("/account").expect(t, 200, "")
		}
		w.clock.Advance(45 * time.Minute)
		b.get("/account").expect(t, 303, "/signin")
	})
}

// CG23: several accounts are signed in in one browser. The cookie that lists them changes with every
// sign-in: whoever planted it before, or saw it, gets nobody's session by it.
func TestCG23_AccountsOfABrowserAreItsOwn(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.browser()
		b.signIn("ada", good).expect(t, 303, "/account")
		planted := b.cookie("cardea-accounts")
		page := b.follow(b.get("/signin/switch")).says(t, "Choose an account", "ADA")
		b.submit(b.follow(b.submit(page, "other")), "submit", "username", "bob", "password", good).expect(t, 303, "/account")
		if len(w.sessions(w.ada)) != 1 || len(w.sessions(w.bob)) != 1 {
			t.Fatalf("ada has %d sessions, bob %d", len(w.sessions(w.ada)), len(w.sessions(w.bob)))
		}
		now := b.cookie("cardea-accounts")
		if planted == "" || planted == now {
			t.Fatalf("the accounts cookie did not change: %q, %q", planted, now)
		}
		// The chooser brings ada back, with a cookie of its own.
		before := b.cookie("cardea-session")
		page = b.follow(b.get("/signin/switch")).says(t, "ADA", "bob")
		b.submit(page, "account-1").expect(t, 303, "/account")
		if b.cookie("cardea-session") == before {
			t.Error("two accounts share a session cookie")
		}
		b.get("/account").says(t, "ADA")
		// Somebody with the planted value sees nobody and gets nowhere, also by naming the session.
		thief := w.browser()
		thief.put("cardea-accounts", planted)
		i := thief.begin(interaction.Authorize, interaction.About{})
		if body := thief.get("/signin?i=" + string(i)).body; strings.Contains(body, "ADA") || strings.Contains(body, "account-0") {
			t.Error("the planted cookie lists the accounts")
		}
		thief.post("/signin/choose", url.Values{"i": {string(i)}, "account": {string(w.sessions(w.ada)[0].ID)}}).expect(t, 303, "/signin")
		if thief.cookie("cardea-session") != "" || thief.interaction(i).Session != "" {
			t.Error("the planted cookie opened a session")
		}
		// Signing out of one account leaves the other for the chooser.
		b.submit(b.get("/account"), "signout").expect(t, 303, "/signedout")
		b.follow(b.get("/account")).says(t, "Choose an account", "bob")
	})
}
