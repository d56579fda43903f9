package api_test

import (
	"strings"
	"testing"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/api/apitest"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/membership"
)

// AU17: nobody makes a way into the account of somebody as strong as themselves, nor ends that one's
// sessions; a disabled account keeps its rank. Who may inspect sees sessions, and nobody else does.
func TestAU17_NobodyGetsIntoTheStrongersAccount(t *testing.T) {
	apitest.Each(t, func(t *testing.T, w *apitest.World) {
		ctx := t.Context()
		peer, err := account.Create(ctx, w.Guard, apitest.Operator, id.Default, account.New{Username: "peer"})
		if err != nil {
			t.Fatal(err)
		}
		if err := membership.Bind(ctx, w.Guard, apitest.Operator, id.Default, "admin", membership.Subject{Account: peer.ID}); err != nil {
			t.Fatal(err)
		}
		link := func(by string, of account.ID, body string) answer {
			return as(t, w, by, "POST", v1+"/accounts/"+string(of)+"/recovery-link", body)
		}
		plain, admin, owner := w.People["plain"].ID, w.People["admin"].ID, w.People["owner"].ID
		for _, body := range []string{`{}`, `{"without_factors":true}`, `{"mail":true}`} {
			for _, of := range []account.ID{owner, peer.ID, admin} { // above, beside, and oneself
				if a := link("admin", of, body).want(t, 403); strings.Contains(a.body, "cdr_rl_") {
					t.Error("a refusal has a link")
				}
			}
			for _, by := range []string{"plain", "auditor"} {
				link(by, plain, body).want(t, 403)
				link(by, owner, body).want(t, 403)
			}
		}
		link("admin", plain, `{}`).want(t, 201)
		link("owner", peer.ID, `{"without_factors":true}`).want(t, 201)
		// Of another tenant: as if there were none.
		link("admin", w.People["acme/plain"].ID, `{}`).want(t, 404)
		link("owner", w.People["acme/owner"].ID, `{}`).want(t, 404)

		mine, beside := string(w.Session(t, id.Default, plain)), string(w.Session(t, id.Default, peer.ID))
		as(t, w, "admin", "DELETE", v1+"/sessions/"+beside, "").want(t, 403)
		as(t, w, "admin", "DELETE", v1+"/accounts/"+string(peer.ID)+"/sessions", "").want(t, 403)
		as(t, w, "owner", "POST", v1+"/accounts/"+string(peer.ID)+"/disable", "")
		as(t, w, "admin", "DELETE", v1+"/accounts/"+string(peer.ID)+"/sessions", "").want(t, 403)
		link("admin", peer.ID, `{}`).want(t, 403)
		for _, q := range []string{"", "?account=" + string(plain), "?account=" + string(owner)} {
			as(t, w, "plain", "GET", v1+"/sessions"+q, "").want(t, 403)
		}
		if a := as(t, w, "auditor", "GET", v1+"/sessions?account="+string(plain), "").want(t, 200); !strings.Contains(a.body, mine) || strings.Contains(a.body, beside) {
			t.Errorf("%s", a.body)
		}
		foreign := string(w.Session(t, w.Acme, w.People["acme/plain"].ID))
		as(t, w, "owner", "DELETE", v1+"/sessions/"+foreign, "").want(t, 404)
		if a := as(t, w, "owner", "GET", v1+"/sessions", "").want(t, 200); strings.Contains(a.body, foreign) {
			t.Error("a session of another tenant is listed")
		}
	})
}
