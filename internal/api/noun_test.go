package api_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/cardea-iam/cardea/internal/api/apitest"
	"github.com/cardea-iam/cardea/internal/credential"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/store"
)

const v1 = "/api/v1"

func TestLifeOfAClient(t *testing.T) {
	apitest.Each(t, func(t *testing.T, w *apitest.World) {
		made := as(t, w, "admin", "POST", v1+"/clients", `{"client_name":"web","redirect_uris":["http://127.0.0.1:9/cb"]}`).want(t, 201)
		id, text := made.member(t, "client_id"), made.member(t, "client_secret")
		if !strings.HasPrefix(id, "cli_") || !strings.HasPrefix(text, "cdr_cs_") || made.member(t, "scope") != "openid profile email address phone offline_access" {
			t.Fatalf("made %s", made.body)
		}
		shown := as(t, w, "auditor", "GET", v1+"/clients/"+id, "").want(t, 200)
		if shown.header.Get("ETag") != `"1"` || strings.Contains(shown.body, text) || strings.Contains(shown.body, "secret\"") {
			t.Fatalf("shown %v %s", shown.header, shown.body)
		}
		changed := as(t, w, "admin", "PATCH", v1+"/clients/"+id, `{"client_name":"Web","first_party":true}`, "If-Match", `"1"`).want(t, 200)
		if changed.header.Get("ETag") != `"2"` || changed.member(t, "client_name") != "Web" || !strings.Contains(changed.body, "http://127.0.0.1:9/cb") {
			t.Fatalf("changed %s", changed.body)
		}
		as(t, w, "admin", "PATCH", v1+"/clients/"+id, `{"client_name":"X"}`, "If-Match", `"1"`).want(t, 412)
		as(t, w, "admin", "PATCH", v1+"/clients/"+id, `{"client_name":"X"}`, "If-Match", `W/"2"`).want(t, 412)
		removed := as(t, w, "admin", "PATCH", v1+"/clients/"+id, `{"first_party":null}`, "Content-Type", "application/merge-patch+json").want(t, 200)
		if strings.Contains(removed.body, "first_party") {
			t.Errorf("null removes (RFC 7396): %s", removed.body)
		}
		bad := as(t, w, "admin", "PATCH", v1+"/clients/"+id, `{"redirect_uris":["https://a.example/cb","http://evil.example/cb"]}`).want(t, 422)
		if !strings.Contains(bad.body, `"pointer":"/redirect_uris/1"`) || bad.member(t, "request") == "" {
			t.Errorf("problem %s", bad.body)
		}
		rotated := as(t, w, "admin", "POST", v1+"/clients/"+id+"/secret", `{}`).want(t, 201)
		if next := rotated.member(t, "client_secret"); next == text || !strings.HasPrefix(next, "cdr_cs_") {
			t.Errorf("rotated %s", rotated.body)
		}
		as(t, w, "admin", "POST", v1+"/clients/"+id+"/disable", "").want(t, 204)
		if as(t, w, "admin", "GET", v1+"/clients/"+id, "").member(t, "disabled_at") == "" {
			t.Error("not disabled")
		}
		as(t, w, "admin", "POST", v1+"/clients/"+id+"/enable", "").want(t, 204)
		as(t, w, "admin", "DELETE", v1+"/clients/"+id, "").want(t, 204)
		as(t, w, "admin", "GET", v1+"/clients/"+id, "").want(t, 404)
	})
}

func TestLifeOfAnAccount(t *testing.T) {
	apitest.Each(t, func(t *testing.T, w *apitest.World) {
		made := as(t, w, "", "POST", v1+"/accounts", `{"username":"tester","name":"Test Er","email":"t@example.com","email_verified":true,"password":"quiet otters borrow lanterns","address":{"country":"FR"}}`).want(t, 201)
		id := made.member(t, "id")
		if strings.Contains(made.body, "otters") || made.member(t, "name") != "Test Er" || !strings.Contains(made.body, `"country":"FR"`) {
			t.Fatalf("made %s", made.body)
		}
		found := as(t, w, "auditor", "GET", v1+"/accounts?username=TESTER", "").want(t, 200)
		if !strings.Contains(found.body, id) {
			t.Errorf("found %s", found.body)
		}
		changed := as(t, w, "admin", "PATCH", v1+"/accounts/"+id, `{"gender":"female","address":{"region":"Corse"}}`).want(t, 200)
		if !strings.Contains(changed.body, `"country":"FR"`) || !strings.Contains(changed.body, `"region":"Corse"`) {
			t.Errorf("objects merge (RFC 7396): %s", changed.body)
		}
		bad := as(t, w, "admin", "PATCH", v1+"/accounts/"+id, `{"birthdate":"soon"}`).want(t, 422)
		if !strings.Contains(bad.body, `"pointer":"/birthdate"`) {
			t.Errorf("problem %s", bad.body)
		}
		as(t, w, "admin", "POST", v1+"/accounts/"+id+"/emails", `{"email":"u@example.com"}`).want(t, 201)
		as(t, w, "admin", "POST", v1+"/accounts/"+id+"/emails/verify", `{"email":"u@example.com"}`).want(t, 204)
		as(t, w, "admin", "POST", v1+"/accounts/"+id+"/emails/prefer", `{"email":"u@example.com"}`).want(t, 204)
		as(t, w, "admin", "POST", v1+"/accounts/"+id+"/emails/remove", `{"email":"t@example.com"}`).want(t, 204)
		if left := as(t, w, "admin", "GET", v1+"/accounts/"+id, "").body; strings.Contains(left, "t@example") || !strings.Contains(left, "u@example") {
			t.Errorf("left %s", left)
		}
		as(t, w, "admin", "PUT", v1+"/accounts/"+id+"/password", `{"password":"short"}`).want(t, 422)
		as(t, w, "admin", "PUT", v1+"/accounts/"+id+"/password", `{"password":"quiet otters borrow ladders"}`).want(t, 204)
		as(t, w, "admin", "POST", v1+"/accounts/"+id+"/disable", "").want(t, 204)
		if got := as(t, w, "admin", "GET", v1+"/accounts?disabled=true", "").body; !strings.Contains(got, id) {
			t.Errorf("disabled: %s", got)
		}
		as(t, w, "admin", "POST", v1+"/accounts/"+id+"/enable", "").want(t, 204)
		as(t, w, "admin", "DELETE", v1+"/accounts/"+id, "").want(t, 204)
		as(t, w, "admin", "GET", v1+"/accounts/"+id, "").want(t, 404)
		as(t, w, "admin", "DELETE", v1+"/accounts/"+string(w.People["owner"].ID), "").want(t, 403) // nobody handles a stronger account
		as(t, w, "owner", "DELETE", v1+"/accounts/"+string(w.People["owner"].ID), "").want(t, 409) // the last owner
	})
}

// A request whose password is refused leaves no account.
func TestRefusedPasswordLeavesNoAccount(t *testing.T) {
	apitest.Each(t, func(t *testing.T, w *apitest.World) {
		bad := as(t, w, "admin", "POST", v1+"/accounts", `{"username":"tester","password":"short"}`).want(t, 422)
		if !strings.Contains(bad.body, `"pointer":"/password"`) {
			t.Errorf("problem %s", bad.body)
		}
		if got := as(t, w, "admin", "GET", v1+"/accounts?username=tester", "").want(t, 200).body; got != "[]" {
			t.Errorf("left %s", got)
		}
	})
}

func TestGroupsRolesAndBindings(t *testing.T) {
	apitest.Each(t, func(t *testing.T, w *apitest.World) {
		plain := string(w.People["plain"].ID)
		res := as(t, w, "admin", "POST", v1+"/resources", `{"audience":"https://calendar.example/api","name":"Calendar","scopes":[{"name":"read:events","description":"See your events","permission":"events:read"}]}`).want(t, 201).member(t, "id")
		if got := as(t, w, "admin", "PATCH", v1+"/resources/"+res, `{"token_seconds":60}`).want(t, 200); !strings.Contains(got.body, `"token_seconds":60`) || !strings.Contains(got.body, "events:read") {
			t.Errorf("resource %s", got.body)
		}
		group := as(t, w, "admin", "POST", v1+"/groups", `{"name":"staff"}`).want(t, 201).member(t, "id")
		as(t, w, "admin", "PUT", v1+"/groups/"+group+"/members/"+plain, "").want(t, 204)
		as(t, w, "admin", "PUT", v1+"/groups/"+group+"/members/"+plain, "").want(t, 409)
		if got := as(t, w, "auditor", "GET", v1+"/groups/"+group+"/members", "").want(t, 200).body; !strings.Contains(got, plain) {
			t.Errorf("members %s", got)
		}
		role := as(t, w, "admin", "POST", v1+"/roles", `{"name":"reader","permissions":[{"resource":"`+res+`","name":"events:read"}]}`).want(t, 201).member(t, "id")
		as(t, w, "admin", "PATCH", v1+"/roles/"+role, `{"description":"May read"}`).want(t, 200)
		as(t, w, "admin", "PUT", v1+"/roles/"+role+"/bindings/"+group, "").want(t, 204)
		as(t, w, "admin", "PUT", v1+"/roles/auditor/bindings/"+plain, "").want(t, 403)
		as(t, w, "owner", "PUT", v1+"/roles/auditor/bindings/"+plain, "").want(t, 204)
		if got := as(t, w, "plain", "GET", v1+"/bindings?role=auditor", "").want(t, 200).body; !strings.Contains(got, plain) || strings.Contains(got, group) {
			t.Errorf("bindings %s", got)
		}
		as(t, w, "owner", "DELETE", v1+"/roles/auditor/bindings/"+plain, "").want(t, 204)
		as(t, w, "plain", "GET", v1+"/bindings", "").want(t, 403)
		as(t, w, "admin", "DELETE", v1+"/roles/"+role, "").want(t, 204)
		as(t, w, "admin", "DELETE", v1+"/groups/"+group, "").want(t, 204)
		as(t, w, "admin", "DELETE", v1+"/resources/"+res, "").want(t, 204)
	})
}

func TestTenantsKeysSessionsAndEvents(t *testing.T) {
	apitest.Each(t, func(t *testing.T, w *apitest.World) {
		as(t, w, "owner", "POST", v1+"/tenants", `{"name":"globex"}`).want(t, 201)
		as(t, w, "owner", "PATCH", v1+"/tenants/globex", `{"display_name":"Globex"}`).want(t, 200)
		as(t, w, "owner", "POST", v1+"/tenants/globex/disable", "").want(t, 204)
		as(t, w, "", "GET", "/t/globex"+v1+"/accounts", "").want(t, 404)
		as(t, w, "owner", "POST", v1+"/tenants/globex/enable", "").want(t, 204)
		as(t, w, "", "GET", "/t/globex"+v1+"/accounts", "").want(t, 200)
		as(t, w, "owner", "DELETE", v1+"/tenants/globex", "").want(t, 204)
		as(t, w, "acme/owner", "GET", "/t/acme"+v1+"/tenants", "").want(t, 403)

		as(t, w, "owner", "POST", v1+"/keys/rotate", `{}`).want(t, 201)
		as(t, w, "owner", "POST", v1+"/keys/rotate", `{}`).want(t, 409)
		as(t, w, "owner", "POST", v1+"/keys/rotate", `{"alg":"HS256"}`).want(t, 422)
		if got := as(t, w, "auditor", "GET", v1+"/keys", "").want(t, 200).body; !strings.Contains(got, `"state":"published"`) || strings.Contains(got, `"d"`) {
			t.Errorf("keys %s", got)
		}

		s := string(w.Session(t, "default", w.People["plain"].ID))
		got := as(t, w, "auditor", "GET", v1+"/sessions?account="+string(w.People["plain"].ID), "").want(t, 200)
		for _, said := range []string{s, `"acr":"`, `"factors":[`, `"address":"192.0.2.1"`, `"user_agent":"test"`, `"seen_at":"`} {
			if !strings.Contains(got.body, said) {
				t.Errorf("no %s in %s", said, got.body)
			}
		}
		as(t, w, "admin", "DELETE", v1+"/sessions/"+s, "").want(t, 204)
		as(t, w, "admin", "DELETE", v1+"/sessions/"+s, "").want(t, 404)

		w.Sequence(t)
		got = as(t, w, "auditor", "GET", v1+"/events?action=session.revoke&limit=1", "").want(t, 200)
		if !strings.Contains(got.body, s) || !strings.Contains(got.body, "refused") {
			t.Errorf("events %s", got.body)
		}
		next, ok := strings.CutPrefix(got.header.Get("Link"), "<")
		next, rel, _ := strings.Cut(next, ">")
		if !ok || rel != `; rel="next"` {
			t.Fatalf("link %q", got.header.Get("Link"))
		}
		if second := as(t, w, "auditor", "GET", next, "").want(t, 200).body; !strings.Contains(second, `"outcome":"done"`) {
			t.Errorf("second page %s", second)
		}
		var all []struct {
			Position int `json:"position"`
		}
		for after := v1 + "/events/follow?after=0&limit=5"; ; {
			page := as(t, w, "auditor", "GET", after, "").want(t, 200)
			var some []struct {
				Position int `json:"position"`
			}
			if err := json.Unmarshal([]byte(page.body), &some); err != nil {
				t.Fatal(err)
			}
			all = append(all, some...)
			after, _, _ = strings.Cut(strings.TrimPrefix(page.header.Get("Link"), "<"), ">")
			if after == "" {
				break
			}
		}
		for i, e := range all {
			if e.Position != i+1 {
				t.Fatalf("position %d in place %d", e.Position, i+1)
			}
		}
		if len(all) < 20 {
			t.Errorf("%d events", len(all))
		}
	})
}

func TestTokens(t *testing.T) {
	apitest.Each(t, func(t *testing.T, w *apitest.World) {
		plain := w.People["plain"]
		made := as(t, w, "plain", "POST", v1+"/tokens", `{"name":"mine","expires_in":31000000}`).want(t, 201)
		if made.member(t, "account") != string(plain.ID) || !strings.HasPrefix(made.member(t, "token"), "cdr_ap_") {
			t.Fatalf("made %s", made.body)
		}
		var first []struct {
			ExpiresAt string `json:"expires_at"`
		}
		mine := as(t, w, "plain", "GET", v1+"/tokens?account="+string(plain.ID), "").want(t, 200)
		if err := json.Unmarshal([]byte(mine.body), &first); err != nil || len(first) != 2 || strings.Contains(mine.body, "cdr_ap_") {
			t.Fatalf("list %s: %v", mine.body, err)
		}
		if first[0].ExpiresAt != made.member(t, "expires_at") {
			t.Errorf("a token's child ends at %s, the token at %s", made.member(t, "expires_at"), first[0].ExpiresAt)
		}
		use := func(status int) {
			t.Helper()
			r := send(t, plainClient, w.URL+v1+"/tokens?account="+string(plain.ID), "GET", "", "Authorization", "Bearer "+made.member(t, "token"))
			r.want(t, status)
		}
		use(200)
		as(t, w, "admin", "POST", v1+"/accounts/"+string(plain.ID)+"/disable", "").want(t, 204)
		use(401)
		as(t, w, "admin", "POST", v1+"/accounts/"+string(plain.ID)+"/enable", "").want(t, 204)
		use(401) // what ended stays ended
		as(t, w, "admin", "POST", v1+"/tokens", `{"name":"x","account":"`+string(w.People["owner"].ID)+`"}`).want(t, 403)
		other := as(t, w, "owner", "POST", v1+"/tokens", `{"name":"x","account":"`+string(plain.ID)+`"}`).want(t, 201)
		as(t, w, "auditor", "DELETE", v1+"/tokens/"+other.member(t, "id"), "").want(t, 403)
		as(t, w, "admin", "DELETE", v1+"/tokens/"+other.member(t, "id"), "").want(t, 204)
		as(t, w, "admin", "DELETE", v1+"/tokens/"+other.member(t, "id"), "").want(t, 404)
		as(t, w, "", "POST", v1+"/tokens", `{"name":"x"}`).want(t, 422)
	})
}

func TestAU28_TokensOfAnAccountAreBounded(t *testing.T) {
	apitest.Each(t, func(t *testing.T, w *apitest.World) {
		made := 0
		for range 60 {
			if as(t, w, "plain", "POST", v1+"/tokens", `{"name":"one more"}`).status == 201 {
				made++
			}
		}
		if made < 40 || made > 50 {
			t.Errorf("%d tokens were made", made)
		}
		as(t, w, "plain", "POST", v1+"/tokens", `{"name":"one more"}`).want(t, 409)
	})
}

// AU17: administrators see which credentials an account has and take one away, but none of somebody
// as strong as themselves.
func TestAU17_CredentialsOfOthers(t *testing.T) {
	apitest.Each(t, func(t *testing.T, w *apitest.World) {
		for _, name := range []string{"plain", "admin"} {
			if err := w.Guard.Store().Write(t.Context(), id.Default, store.Serializable, func(tx *store.Tx) error { // setting it by the API would end their tokens
				c := credential.Credential{Account: w.People[name].ID, Kind: "password", ID: credential.Only, Data: []byte("$argon2id$…")}
				return credential.Replace(tx, id.Default, c, credential.Seal(w.Root, id.Default, c))
			}); err != nil {
				t.Fatal(err)
			}
		}
		plain, admin := v1+"/accounts/"+string(w.People["plain"].ID)+"/credentials", v1+"/accounts/"+string(w.People["admin"].ID)+"/credentials"
		list := as(t, w, "auditor", "GET", plain, "").want(t, 200)
		if !strings.Contains(list.body, `"kind":"password","id":"1"`) || strings.Contains(list.body, "argon") {
			t.Errorf("%s", list.body)
		}
		for _, who := range []string{"plain", "auditor"} {
			as(t, w, who, "DELETE", plain+"/password/1", "").want(t, 403)
		}
		as(t, w, "plain", "GET", admin, "").want(t, 403)
		as(t, w, "admin", "DELETE", admin+"/password/1", "").want(t, 403)
		as(t, w, "admin", "DELETE", plain+"/passkey/1", "").want(t, 404)
		as(t, w, "admin", "DELETE", plain+"/password/1", "").want(t, 204)
		as(t, w, "admin", "DELETE", plain+"/password/1", "").want(t, 404)
		if got := as(t, w, "admin", "GET", plain, "").want(t, 200).body; strings.TrimSpace(got) != "[]" {
			t.Errorf("%s", got)
		}
		as(t, w, "owner", "DELETE", admin+"/password/1", "").want(t, 204)
		as(t, w, "admin", "GET", v1+"/accounts/acc_00000000000000000000000000/credentials", "").want(t, 404)
	})
}

func TestAU17_NobodyEndsTheStrongersSessions(t *testing.T) {
	apitest.Each(t, func(t *testing.T, w *apitest.World) {
		boss, plain := w.People["owner"].ID, w.People["plain"].ID
		s := string(w.Session(t, "default", boss))
		as(t, w, "admin", "DELETE", v1+"/sessions/"+s, "").want(t, 403)
		as(t, w, "admin", "DELETE", v1+"/accounts/"+string(boss)+"/sessions", "").want(t, 403)
		as(t, w, "auditor", "DELETE", v1+"/accounts/"+string(plain)+"/sessions", "").want(t, 403)
		if got := as(t, w, "owner", "GET", v1+"/sessions?account="+string(boss), "").want(t, 200); !strings.Contains(got.body, s) {
			t.Errorf("the owner's session is gone: %s", got.body)
		}
		mine := string(w.Session(t, "default", plain))
		as(t, w, "admin", "DELETE", v1+"/accounts/"+string(plain)+"/sessions", "").want(t, 204)
		as(t, w, "admin", "DELETE", v1+"/sessions/"+mine, "").want(t, 404)
		as(t, w, "admin", "DELETE", v1+"/accounts/acc_0/sessions", "").want(t, 404)
	})
}
