package authorize_test

import (
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/client"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/interaction"
	"github.com/cardea-iam/cardea/internal/oauth"
	"github.com/cardea-iam/cardea/internal/resource"
	"github.com/cardea-iam/cardea/internal/store"
)

// From nothing to a code. The consent page is told who asks, for what, and where the answer goes.
func TestO20_FlowFromNothing(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.agent()
		i := b.authorize(request(w.web, "scope", "openid profile read:events", "resource", calendar)).leads("/signin")
		b.get("/oauth/authorize/resume?i=" + i).leads("/signin") // nobody has signed in
		s := b.signIn(w.ada, i)
		if again := b.get("/oauth/authorize/resume?i=" + i).leads("/consent"); again != i {
			t.Fatalf("another interaction: %s", again)
		}
		page := b.get("/consent?i=" + i).body
		for _, line := range []string{"client=HireMe123 host=app.example person=" + string(w.ada) + " identity=[openid profile]", `give MyCalApp read:events "See your events" false`} {
			if !strings.Contains(page, line) {
				t.Errorf("the page lacks %q:\n%s", line, page)
			}
		}
		b.decide(i, "approve").leads("/oauth/authorize/resume")
		target, c := b.get("/oauth/authorize/resume?i=" + i).code()
		if target != callback || c.Client != w.web.ID || c.RedirectURI != callback || !c.RedirectSent || c.Challenge.String() != challenge ||
			c.Account != w.ada || c.Session != string(s) || c.Epoch != 1 || !c.WithRefresh || c.Offline {
			t.Errorf("%s %+v", target, c)
		}
		if terms := c.Terms; terms.Scopes.String() != "openid profile read:events" || len(terms.Resources) != 1 || terms.Resources[0] != calendar ||
			terms.Nonce != "n-1" || terms.ACR != "aal1" || terms.AMR[0] != "pwd" || terms.SID != string(s) || !terms.AuthTime.Equal(w.clock.Now()) {
			t.Errorf("terms %+v", terms)
		}
		// The interaction is over: one approval is one code.
		b.get("/oauth/authorize/resume?i="+i).page(http.StatusBadRequest, "")
		// With session and consent, the same request is answered at once.
		b.authorize(request(w.web, "scope", "profile openid read:events", "resource", calendar)).code()
	})
}

func TestFlowGoneBackWithoutSigningIn(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.agent()
		i := b.authorize(request(w.web)).leads("/signin")
		if err := w.store.Write(t.Context(), id.Default, store.Serializable, func(tx *store.Tx) error {
			return interaction.Decide(tx, id.Default, interaction.ID(i), "", interaction.Denied)
		}); err != nil {
			t.Fatal(err)
		}
		b.get("/oauth/authorize/resume?i=" + i).refused(oauth.CodeAccessDenied)
	})
}

func TestFlowDenied(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.agent()
		b.signIn(w.ada, "")
		i := b.authorize(request(w.web)).leads("/consent")
		b.decide(i, "deny").leads("/oauth/authorize/resume")
		b.get("/oauth/authorize/resume?i=" + i).refused(oauth.CodeAccessDenied)
		if a := b.decide(i, "approve"); a.StatusCode != http.StatusGone {
			t.Errorf("a second decision: %s", a.Status)
		}
		b.authorize(request(w.web)).leads("/consent")
	})
}

// Scopes never grant what the person may not do, whenever they lost the right.
func TestWithheldScopes(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.agent()
		b.signIn(w.ada, "")
		w.denied["write:events"] = true
		ask := request(w.web, "scope", "openid read:events write:events")
		i := b.authorize(ask).leads("/consent")
		page := b.get("/consent?i=" + i).body
		if !strings.Contains(page, "withheld MyCalApp write:events") || strings.Contains(page, "give MyCalApp write:events") {
			t.Errorf("the page says:\n%s", page)
		}
		b.decide(i, "approve")
		// A right that comes after the approval was not shown and is not given.
		w.denied["write:events"] = false
		if _, c := b.get("/oauth/authorize/resume?i=" + i).code(); c.Terms.Scopes.String() != "openid read:events" {
			t.Errorf("scopes %s", c.Terms.Scopes)
		}
		// Next time it is asked about.
		i = b.authorize(ask).leads("/consent")
		b.decide(i, "approve")
		if _, c := b.get("/oauth/authorize/resume?i=" + i).code(); c.Terms.Scopes.String() != "openid read:events write:events" {
			t.Errorf("scopes %s", c.Terms.Scopes)
		}
		// A right that is lost is lost at once, and nobody is asked again for what stays.
		w.denied["write:events"] = true
		if _, c := b.authorize(ask).code(); c.Terms.Scopes.String() != "openid read:events" {
			t.Errorf("scopes %s", c.Terms.Scopes)
		}
	})
}

func TestNothingToGive(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.agent()
		b.signIn(w.ada, "")
		w.denied["read:events"] = true
		i := b.authorize(request(w.web, "scope", "read:events")).leads("/consent") // to be told why
		b.decide(i, "approve")
		b.get("/oauth/authorize/resume?i=" + i).refused(oauth.CodeAccessDenied)
	})
}

// A scope that two APIs have is given where the person may use it at both.
func TestScopeOfTwoResources(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.agent()
		b.signIn(w.ada, "")
		b.authorize(request(w.web, "scope", "openid status")).refused(oauth.CodeInvalidTarget)
		ask := request(w.web, "scope", "openid status")
		ask["resource"] = []string{calendar, mail}
		b.consented(ask)
		_, c := b.authorize(ask).code()
		if len(c.Terms.Resources) != 2 || !c.Terms.Scopes.Has("status") {
			t.Errorf("terms %+v", c.Terms)
		}
	})
}

func TestOfflineAccess(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.agent()
		b.signIn(w.ada, "")
		b.consented(request(w.web))
		// OpenID Connect Core 1.0 §11: silently it is ignored until the person has seen it.
		if _, c := b.authorize(request(w.web, "scope", "openid offline_access", "prompt", "none")).code(); c.Offline || c.Terms.Scopes.Has(oauth.ScopeOfflineAccess) {
			t.Errorf("offline access without consent: %+v", c)
		}
		i := b.authorize(request(w.web, "scope", "openid offline_access", "prompt", "consent")).leads("/consent")
		b.decide(i, "approve")
		if _, c := b.get("/oauth/authorize/resume?i=" + i).code(); !c.Offline {
			t.Errorf("no offline access: %+v", c)
		}
		if _, c := b.authorize(request(w.web, "scope", "openid offline_access", "prompt", "none")).code(); !c.Offline {
			t.Errorf("offline access forgotten: %+v", c)
		}
	})
}

func TestPromptConsentAsksAgain(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.agent()
		b.signIn(w.ada, "")
		b.consented(request(w.web))
		b.authorize(request(w.web, "prompt", "consent")).leads("/consent")
		b.authorize(request(w.own, "prompt", "consent")).leads("/consent")
		b.authorize(request(w.own)).code() // first party
	})
}

func TestPromptSelectAccount(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.agent()
		b.signIn(w.ada, "")
		i := b.authorize(request(w.own, "prompt", "select_account")).leads("/signin")
		b.signIn(w.bob, i)
		if _, c := b.get("/oauth/authorize/resume?i=" + i).code(); c.Account != w.bob {
			t.Errorf("account %s", c.Account)
		}
	})
}

// A consent given in one session is not used by another that signs in meanwhile.
func TestDecisionBelongsToItsSession(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.agent()
		b.signIn(w.ada, "")
		i := b.authorize(request(w.web)).leads("/consent")
		b.decide(i, "approve")
		b.signIn(w.bob, "")
		b.get("/oauth/authorize/resume?i=" + i).leads("/signin")
		b.signIn(w.bob, i)
		b.get("/oauth/authorize/resume?i=" + i).leads("/consent")
	})
}

func TestResumeExaminesAgain(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.agent()
		i := b.authorize(request(w.own)).leads("/signin")
		b.signIn(w.ada, i)
		w.disable(w.own.ID)
		b.get("/oauth/authorize/resume?i="+i).page(http.StatusBadRequest, oauth.CodeInvalidClient)
	})
}

func TestEssentialACR(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.agent()
		b.signIn(w.ada, "")
		b.authorize(request(w.own, "claims", `{"id_token":{"acr":{"essential":true,"values":["aal3"]}}}`)).refused(oauth.CodeUnmetAuthenticationRequirements)
		if _, c := b.authorize(request(w.own, "claims", `{"id_token":{"acr":{"essential":true,"values":["aal3","aal1"]}}}`)).code(); c.Terms.ACR != "aal1" {
			t.Errorf("acr %s", c.Terms.ACR)
		}
		b.authorize(request(w.own, "claims", `{"id_token":{"acr":{"values":["aal3"]}}}`)).code()
	})
}

// RFC 9470 §5: with an API the classes are necessary; OpenID Connect Core 1.0 §5.5.1.1: without one
// they are a wish.
func TestClassesAreNecessaryForAnAPI(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.agent()
		b.signIn(w.ada, "")
		for _, values := range []string{"aal3", "phr", "urn:example:unknown", "aal2 urn:example:unknown"} {
			b.authorize(request(w.own, "scope", "openid read:events", "acr_values", values)).refused(oauth.CodeUnmetAuthenticationRequirements)
			if _, c := b.authorize(request(w.own, "scope", "openid", "acr_values", values)).code(); c.Terms.ACR != "aal1" {
				t.Errorf("%s: acr %s", values, c.Terms.ACR)
			}
		}
		if _, c := b.authorize(request(w.own, "scope", "openid read:events", "acr_values", "phr aal1")).code(); c.Terms.ACR != "aal1" {
			t.Errorf("acr %s", c.Terms.ACR)
		}
	})
}

func TestDefaultMaxAge(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		c := w.change(w.own, 60)
		b := w.agent()
		b.signIn(w.ada, "")
		b.authorize(request(c)).code()
		w.clock.Advance(61 * time.Second)
		b.authorize(request(c)).leads("/signin")
		b.authorize(request(c, "max_age", "600")).code()
		b.authorize(request(c, "prompt", "none")).refused(oauth.CodeLoginRequired)
	})
}

func TestRedirectMayBeImplied(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.agent()
		b.signIn(w.ada, "")
		if _, c := b.authorize(request(w.own, "redirect_uri", "", "scope", "read:events")).code(); c.RedirectSent || c.RedirectURI != callback {
			t.Errorf("%+v", c)
		}
		b.authorize(request(w.own, "redirect_uri", "")).page(http.StatusBadRequest, oauth.CodeInvalidRequest)
		b.authorize(request(w.web, "redirect_uri", "", "scope", "read:events")).page(http.StatusBadRequest, oauth.CodeInvalidRequest)
	})
}

// Issue is a conditional action: of several that finish one interaction, one gets a code.
func TestRaceOneInteractionOneCode(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.agent()
		i := b.authorize(request(w.own)).leads("/signin")
		b.signIn(w.ada, i)
		const many = 8
		answers := make([]*answer, many)
		var wg sync.WaitGroup
		for n := range many {
			mine := w.agent()
			for name, value := range b.cookies {
				mine.cookies[name] = value
			}
			wg.Go(func() { answers[n] = mine.get("/oauth/authorize/resume?i=" + i) })
		}
		wg.Wait()
		codes := 0
		for _, a := range answers {
			switch a.StatusCode {
			case http.StatusSeeOther:
				codes++
			case http.StatusBadRequest:
			default:
				t.Errorf("%s\n%s", a.Status, a.body)
			}
		}
		if codes != 1 {
			t.Errorf("%d codes for one interaction", codes)
		}
	})
}

func TestSessionIsNotedAsSeen(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.agent()
		s := b.signIn(w.ada, "")
		w.clock.Advance(11 * time.Hour)
		b.authorize(request(w.own)).code()
		w.clock.Advance(11 * time.Hour) // idle for longer than 12 hours, had it not been seen
		if _, c := b.authorize(request(w.own)).code(); c.Session != string(s) {
			t.Errorf("session %s", c.Session)
		}
	})
}

// A tenant's endpoint knows its own clients, names its own issuer and stays below its own path.
func TestTenantsAreApart(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		theirs, _, err := client.Create(t.Context(), w.guard, caller.Local(""), w.root, w.acme.ID, client.Client{Name: "Acme", Metadata: client.Metadata{RedirectURIs: uris(t, callback)}})
		if err != nil {
			t.Fatal(err)
		}
		b := w.agent()
		b.signIn(w.ada, "")
		b.get("/t/acme/oauth/authorize?"+request(w.own).Encode()).page(http.StatusBadRequest, oauth.CodeInvalidClient)
		b.authorize(request(theirs)).page(http.StatusBadRequest, oauth.CodeInvalidClient)
		_, p := b.get("/t/acme/oauth/authorize?" + request(theirs, "prompt", "none").Encode()).response()
		if p.Get("iss") != w.base+"/t/acme" || p.Get("error") != string(oauth.CodeLoginRequired) {
			t.Errorf("%v", p)
		}
		i := b.get("/t/acme/oauth/authorize?" + request(theirs).Encode()).leads("/t/acme/signin")
		b.get("/oauth/authorize/resume?i="+i).page(http.StatusBadRequest, "")
		b.get("/t/acme/oauth/authorize/resume?i=" + i).leads("/t/acme/signin")
	})
}

// A fault behind the redirect URI is told to the client as server_error, without its cause.
func TestFaultGoesToTheClient(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.agent()
		b.signIn(w.ada, "")
		w.room.Permits = func(*store.Reader, id.Tenant, account.ID, resource.Resource) (oauth.ScopeSet, error) {
			return oauth.ScopeSet{}, errors.New("dial db.internal: password=hunter2")
		}
		a := b.authorize(request(w.own, "scope", "openid read:events"))
		a.refused(oauth.CodeServerError)
		if strings.Contains(a.Header.Get("Location"), "hunter2") {
			t.Error("the cause is told")
		}
	})
}

func TestCertainSubject(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.agent()
		b.signIn(w.ada, "")
		sub := func(who string) string { return `{"id_token":{"sub":{"value":"` + who + `"}}}` }
		b.authorize(request(w.own, "claims", sub(string(w.ada)))).code()
		b.authorize(request(w.own, "claims", sub(string(w.bob)), "prompt", "none")).refused(oauth.CodeLoginRequired)
		i := b.authorize(request(w.own, "claims", sub(string(w.bob)))).leads("/signin")
		b.signIn(w.ada, i)
		b.get("/oauth/authorize/resume?i=" + i).refused(oauth.CodeLoginRequired)
		b.authorize(request(w.own, "claims", `{"id_token":{"sub":{"value":5}}}`)).refused(oauth.CodeInvalidRequest)
		b.authorize(request(w.own, "claims", sub(string(w.bob)), "id_token_hint", w.idToken(w.own, string(w.ada), "", nil))).refused(oauth.CodeInvalidRequest)
	})
}
