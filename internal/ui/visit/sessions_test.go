package visit_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/cardea-iam/cardea/internal/assurance"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/interaction"
	"github.com/cardea-iam/cardea/internal/issued"
	"github.com/cardea-iam/cardea/internal/session"
	"github.com/cardea-iam/cardea/internal/setting"
	"github.com/cardea-iam/cardea/internal/store"
)

// grant gives an application a grant of ada's, tied to a session or, with "", to none.
func (w *world) grant(name string, in session.ID) issued.GrantID {
	w.t.Helper()
	far := w.clock.Now().Add(time.Hour)
	g := issued.Grant{ID: issued.NewGrantID(w.clock.Now()), Client: w.app(name).ID, Account: w.ada, Epoch: 1, Session: string(in), ExpiresAt: far, IdleUntil: far}
	w.write(func(tx *store.Tx) error { return issued.InsertGrant(tx, id.Default, g) })
	return g.ID
}

func (w *world) stands(g issued.GrantID) (stands bool) {
	w.t.Helper()
	w.read(func(r *store.Reader) error {
		_, err := issued.ActiveGrant(r, id.Default, g)
		stands = err == nil
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		return err
	})
	return stands
}

func TestAU27_EndingASessionEndsWhatHangsOnIt(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		if _, err := setting.Update(t.Context(), w.g, operator, id.Default, assurance.Settings.Name(), []byte(`{"remember_days":30}`), -1); err != nil {
			t.Fatal(err)
		}
		b, lost := w.browser(), w.browser()
		lost.signIn("ada", good)
		there := w.sessions(w.ada)[0]
		if len(there.Device) == 0 {
			t.Fatal("the session does not know its browser")
		}
		w.clock.Advance(time.Second)
		b.signIn("ada", good)
		here := w.sessions(w.ada)[0]
		hangs, stays, mine := w.grant("HireMe123", there.ID), w.grant("Offline", ""), w.grant("MyCalApp", here.ID)
		w.write(func(tx *store.Tx) error {
			_, err := assurance.Remember(tx, id.Default, w.ada, there.Device)
			return err
		})
		page := b.get("/account/sessions")
		first, second := text(page.byID("session-0")), text(page.byID("session-1"))
		if !strings.Contains(first, "This browser") || !strings.Contains(first, "MyCalApp") || strings.Contains(first, "HireMe123") || strings.Contains(first, "Remembered") {
			t.Errorf("this browser: %s", first)
		}
		if !strings.Contains(second, "Apps reached: HireMe123") || !strings.Contains(second, "Signed in with: Password") || !strings.Contains(second, "Remembered") {
			t.Errorf("the other: %s", second)
		}
		b.submit(page, "end-1").expect(t, 303, "/account/sessions")
		if w.stands(hangs) || !w.stands(stays) || !w.stands(mine) {
			t.Errorf("of the session %v, for absence %v, of another session %v", w.stands(hangs), w.stands(stays), w.stands(mine))
		}
		w.read(func(r *store.Reader) error {
			if is, err := assurance.Remembered(r, id.Default, w.ada, there.Device); err != nil || is {
				t.Errorf("the browser is remembered: %v %v", is, err)
			}
			return nil
		})
		// All, this one too.
		lost.signIn("ada", good)
		page = b.submit(b.get("/account/sessions"), "end-all").expect(t, 303, "/signedout")
		if w.stands(mine) || len(w.sessions(w.ada)) != 0 {
			t.Errorf("%d sessions live", len(w.sessions(w.ada)))
		}
		if page.Header.Get("Set-Cookie") == "" {
			t.Error("the cookie stays")
		}
		for _, x := range []*browse{b, lost} {
			x.get("/account").expect(t, 303, "/signin")
		}
	})
}

func TestSeveralAccountsInOneBrowser(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.browser()
		b.signIn("ada", good)
		if page := b.get("/account/sessions"); page.byID("leave") != nil {
			t.Error("there is one account and a button for all")
		}
		to := attr(b.get("/account").byID("switch"), "href")
		page := b.follow(b.get(to)).says(t, "Choose an account", "ADA", "Use another account")
		page = b.follow(b.submit(page, "other").expect(t, 303, "/signin"))
		w.clock.Advance(time.Second)
		b.submit(page, "submit", "username", "bob", "password", good).expect(t, 303, "")
		b.get("/account").says(t, "BOB")
		page = b.get("/account/sessions").says(t, "Also signed in in this browser", "ADA")
		if others := text(page.byID("session-1")); others != "" {
			t.Errorf("another person's session is listed: %s", others)
		}
		// Both are there to choose, and choosing needs no proof.
		page = b.follow(b.get(to)).says(t, "ADA", "BOB")
		b.submit(page, "account-1").expect(t, 303, "")
		b.get("/account").says(t, "Hello, ADA")
		// One signs out: the other stays.
		b.submit(b.get("/account"), "signout").expect(t, 303, "/signedout")
		page = b.follow(b.get("/account")).says(t, "BOB")
		if strings.Contains(page.body, "ADA") {
			t.Error("who signed out is still to choose")
		}
		b.submit(page, "account-0").expect(t, 303, "")
		b.get("/account").says(t, "Hello, BOB")
		page = b.follow(b.get(to))
		page = b.follow(b.submit(page, "other"))
		b.submit(page, "submit", "username", "ada", "password", good).expect(t, 303, "")
		// All of this browser, and nobody's session elsewhere.
		elsewhere := w.browser()
		elsewhere.signIn("bob", good)
		b.submit(b.get("/account/sessions"), "leave").expect(t, 303, "/signedout")
		if n, m := len(w.sessions(w.ada)), len(w.sessions(w.bob)); n != 0 || m != 1 {
			t.Errorf("ada has %d sessions, bob %d", n, m)
		}
		elsewhere.get("/account").expect(t, 200, "")
		b.follow(b.get("/account")).says(t, "Username or e-mail")
	})
}

// Only what this browser signed in is signed out by it: the binding cookie of another is needed.
func TestLeavingIsOfOneBrowser(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		a, b := w.browser(), w.browser()
		a.signIn("ada", good)
		b.signIn("bob", good)
		b.send(http.MethodPost, "/account/sessions/leave", nil, http.Header{"Sec-Fetch-Site": {"cross-site"}, "Origin": {"https://evil.example"}}).expect(t, 403, "")
		b.post("/account/sessions/leave", nil)
		i := b.begin(interaction.Authorize, interaction.About{Choose: true})
		if page := b.get("/signin?i=" + string(i)); strings.Contains(page.body, "ADA") {
			t.Error("another browser's account is offered")
		}
		a.get("/account").expect(t, 200, "")
	})
}
