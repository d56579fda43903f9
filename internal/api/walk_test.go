package api_test

import (
	"bytes"
	"cmp"
	"flag"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/cardea-iam/cardea/internal/api/apitest"
	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/notify"
	"github.com/cardea-iam/cardea/internal/outbox"
	"github.com/cardea-iam/cardea/internal/policy"
	"github.com/cardea-iam/cardea/internal/session"
	"github.com/cardea-iam/cardea/internal/setting"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/web"
)

// toy is a setting for whoever may change settings.
var _ = setting.Declare("toy", "A setting of this test.", struct {
	Open bool `json:"open"`
}{}, nil)

// onePixel is a PNG in base64.
const onePixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGOQjfEHAAFiAMlN1xw6AAAAAElFTkSuQmCC"

// victims are ids of one thing of each kind in a tenant.
type victims struct {
	account, group, role, client, resource, session, token, effect, policy, signin, imported string
	invitation                                                                               string
}

func plant(t *testing.T, w *apitest.World, prefix, where string) victims {
	t.Helper()
	who := prefix + "owner"
	post := func(path, body, member string) string {
		return as(t, w, who, "POST", where+v1+path, body).want(t, 201).member(t, member)
	}
	v := victims{account: post("/accounts", `{"username":"victim","phone_number":"+14255551212","email":"v@example.com"}`, "id")}
	v.group = post("/groups", `{"name":"victims"}`, "id")
	v.role = post("/roles", `{"name":"victim"}`, "id")
	v.client = post("/clients", `{"client_name":"victim","grant_types":["client_credentials"]}`, "client_id")
	v.resource = post("/resources", `{"audience":"https://victim.example","name":"victim"}`, "id")
	v.token = post("/tokens", `{"name":"victim","account":"`+v.account+`"}`, "id")
	v.imported = post("/imports", fmt.Sprintf(`{"sha256":"%064x","size":9}`, prefix+"file"), "id")
	tenant := w.Acme
	if prefix == "" {
		tenant = "default"
	}
	v.session = string(w.Session(t, tenant, w.People[prefix+"plain"].ID))
	if err := w.Store.Write(t.Context(), tenant, store.Serializable, func(tx *store.Tx) error { return outbox.PutFor(tx, tenant, "mail", v.account, struct{}{}) }); err != nil {
		t.Fatal(err)
	}
	waiting, err := notify.Page(t.Context(), w.Guard, apitest.Operator, tenant, "", 1)
	if err != nil || len(waiting) != 1 {
		t.Fatal(waiting, err)
	}
	v.effect = string(waiting[0].ID)
	v.policy = post("/assurance/policies", `{"name":"victim","source":"@says(\"x\") forbid (principal, action, resource) when { context.level > 3 };"}`, "id")
	v.invitation = post("/invitations", `{"email":"victim-`+strings.Trim(prefix, "/")+`@new.example"}`, "id")
	v.signin = string(w.SignIn(t, tenant, w.People[prefix+"plain"].ID, session.ID(v.session)))
	as(t, w, who, "PUT", where+v1+"/groups/"+v.group+"/members/"+v.account, "").want(t, 204)
	as(t, w, who, "PUT", where+v1+"/roles/"+v.role+"/bindings/"+v.account, "").want(t, 204)
	return v
}

// fill puts the victims' ids into a route's path.
func (v victims) fill(path string) string {
	noun := strings.Split(strings.TrimPrefix(path, v1+"/"), "/")[0]
	id := map[string]string{"accounts": v.account, "groups": v.group, "roles": v.role, "clients": v.client, "resources": v.resource,
		"sessions": v.session, "outbox": v.effect, "assurance": v.policy, "signins": v.signin, "tokens": v.token, "imports": v.imported, "invitations": v.invitation, "tenants": "acme", "brands": v.client}[noun]
	return strings.NewReplacer("{id}", id, "{name}", "toy", "{kind}", "password", "{credential}", "1", "{account}", v.account, "{subject}", v.account, "{scope}", v.client, "{slot}", "icon").Replace(path)
}

// body is a good body for a route that takes one; it names the victim where a body can.
func (v victims) body(name string) string {
	return map[string]string{
		"api.tenant.create":         `{"name":"other"}`,
		"api.tenant.update":         `{"display_name":"taken over"}`,
		"api.account.create":        `{"username":"intruder","name":"x"}`,
		"api.invitation.create":     `{"email":"intruder@new.example"}`,
		"api.account.recovery_link": `{"without_factors":true}`,
		"api.account.update":        `{"name":"taken over"}`,
		"api.account.set_password":  `{"password":"seven purple umbrellas sing"}`,
		"api.account.add_email":     `{"email":"intruder@example.com","email_verified":true}`,
		"api.account.verify_email":  `{"email":"v@example.com"}`,
		"api.account.prefer_email":  `{"email":"v@example.com"}`,
		"api.account.remove_email":  `{"email":"v@example.com"}`,
		"api.group.create":          `{"name":"intruders"}`,
		"api.group.update":          `{"name":"intruders"}`,
		"api.role.create":           `{"name":"intruder"}`,
		"api.role.update":           `{"name":"intruder"}`,
		"api.client.create":         `{"client_name":"intruder","grant_types":["client_credentials"]}`,
		"api.client.update":         `{"client_name":"taken over"}`,
		"api.client.rotate_secret":  `{"grace":0}`,
		"api.resource.create":       `{"audience":"https://intruder.example","name":"x"}`,
		"api.resource.update":       `{"name":"taken over"}`,
		"api.key.rotate":            `{"now":true}`,
		"api.setting.update":        `{"open":true}`,
		"api.assurance.create":      `{"name":"intruder","source":"@says(\"x\") forbid (principal, action, resource);"}`,
		"api.assurance.update":      `{"name":"intruder"}`,
		"api.assurance.simulate":    `{"instead":"signin-dormant"}`,
		"api.brand.update":          `{"layout":"side"}`,
		"api.brand.upload":          `{"image":"` + onePixel + `"}`,
		"api.import.begin":          `{"sha256":"` + strings.Repeat("ad", 32) + `","size":9}`,
		"api.import.add":            `{"after":0,"done":9,"lines":["{\"username\":\"intruder\"}"]}`,
		"api.token.create":          `{"name":"x","account":"` + v.account + `"}`,
	}[name]
}

// snapshot is all that a tenant holds, as its operator sees it, but for the log.
func snapshot(t *testing.T, w *apitest.World, where string, v victims) string {
	t.Helper()
	var b strings.Builder
	for _, rt := range w.Routes {
		if rt.Method != http.MethodGet || strings.HasPrefix(rt.Path, v1+"/events") || strings.HasPrefix(rt.Path, v1+"/tenants") {
			continue
		}
		got := as(t, w, "", "GET", where+v.fill(rt.Path), "")
		fmt.Fprintf(&b, "%s %d %s\n", rt.Path, got.status, got.body)
	}
	return b.String()
}

func guarded(w *apitest.World) []web.Route {
	return slices.DeleteFunc(slices.Clone(w.Routes), func(rt web.Route) bool { return rt.Public != "" })
}

func class(t *testing.T, action string) policy.Class {
	t.Helper()
	for _, a := range guard.Actions() {
		if a.Name == action {
			return a.Class
		}
	}
	t.Fatalf("no action is called %q", action)
	return ""
}

func TestAD08_EveryRouteAsksWhoCallsAndWhatTheyMay(t *testing.T) {
	apitest.Each(t, func(t *testing.T, w *apitest.World) {
		v := plant(t, w, "", "")
		before := snapshot(t, w, "", v)
		for _, rt := range guarded(w) {
			path, body := v.fill(rt.Path), v.body(rt.Name)
			for name, header := range map[string]string{
				"anonymous": "", "basic": "Basic " + "b3duZXI6b3duZXI=", "forged": "Bearer cdr_ap_" + strings.Repeat("A", 49), "foreign": "Bearer " + w.People["acme/owner"].Token,
			} {
				headers := []string{"Cookie", "__Host-session=x"}
				if header != "" {
					headers = append(headers, "Authorization", header)
				}
				got := send(t, plainClient, w.URL+path, rt.Method, body, headers...).want(t, 401)
				if got.header.Get("WWW-Authenticate") == "" {
					t.Errorf("%s, %s: no challenge (RFC 9110 §15.5.2)", rt.Name, name)
				}
			}
			weak := map[policy.Class][]string{policy.Inspect: {"plain"}, policy.Administer: {"plain", "auditor"}, policy.Own: {"plain", "auditor", "admin"}}[class(t, rt.Action)]
			if weak == nil {
				t.Errorf("%s: action %s is of a class that this test does not know", rt.Name, rt.Action)
			}
			for _, who := range weak {
				if got := as(t, w, who, rt.Method, path, body); got.status != 403 && got.status != 404 {
					t.Errorf("%s as %s: %d %s", rt.Name, who, got.status, got.body)
				}
			}
		}
		if after := snapshot(t, w, "", v); after != before {
			t.Errorf("something was written:\n%s\nbefore:\n%s", after, before)
		}
	})
}

func TestAD09_IDsOfAnotherTenantDoNotExist(t *testing.T) {
	apitest.Each(t, func(t *testing.T, w *apitest.World) {
		v := plant(t, w, "acme/", "/t/acme")
		own := plant(t, w, "", "")
		before := snapshot(t, w, "/t/acme", v)
		walked := 0
		for _, rt := range guarded(w) {
			// tenants: TestAD09_TenantsOwnersReachNoOther; settings have names, which are every tenant's own
			if !strings.Contains(rt.Path, "{") || strings.HasPrefix(rt.Path, v1+"/tenants") || strings.HasPrefix(rt.Path, v1+"/settings") {
				continue
			}
			walked++
			paths := []string{v.fill(rt.Path)}
			if strings.Contains(rt.Path, "{account}") || strings.Contains(rt.Path, "{subject}") { // one's own group, a stranger's account
				paths = append(paths, strings.NewReplacer("{account}", v.account, "{subject}", v.account).Replace(strings.Replace(rt.Path, "{id}", map[bool]string{true: own.group, false: own.role}[strings.Contains(rt.Path, "/groups/")], 1)))
			}
			for _, path := range paths {
				for _, who := range []string{"owner", ""} {
					as(t, w, who, rt.Method, path, v.body(rt.Name)).want(t, 404)
				}
			}
		}
		if walked < 25 {
			t.Errorf("only %d routes have an id", walked)
		}
		// Ids in bodies and queries.
		as(t, w, "owner", "POST", v1+"/tokens", v.body("api.token.create")).want(t, 404)
		for _, query := range []string{"/sessions?account=" + v.account, "/tokens?account=" + v.account, "/groups?member=" + v.account, "/bindings?account=" + v.account, "/accounts?after=" + v.account + "&username=victim&email=v@example.com"} {
			if got := as(t, w, "owner", "GET", v1+query, ""); got.status == 200 && strings.Contains(got.body, v.account) {
				t.Errorf("%s shows a stranger: %s", query, got.body)
			}
		}
		// RLS and keys aside, the tenant in the path decides and not the token's.
		as(t, w, "owner", "GET", "/t/acme"+v1+"/accounts/"+v.account, "").want(t, 401)
		if after := snapshot(t, w, "/t/acme", v); after != before {
			t.Errorf("something was written:\n%s\nbefore:\n%s", after, before)
		}
	})
}

func TestAD09_TenantsOwnersReachNoOther(t *testing.T) {
	apitest.Each(t, func(t *testing.T, w *apitest.World) {
		for _, rt := range guarded(w) {
			if !strings.HasPrefix(rt.Path, v1+"/tenants") {
				continue
			}
			path := "/t/acme" + strings.Replace(rt.Path, "{id}", "default", 1)
			if got := as(t, w, "acme/owner", rt.Method, path, victims{}.body(rt.Name)); got.status != 403 && got.status != 404 {
				t.Errorf("%s: %d %s", rt.Name, got.status, got.body)
			}
		}
		as(t, w, "acme/owner", "GET", "/t/acme"+v1+"/tenants/acme", "").want(t, 200)
	})
}

func TestAU26_NobodyActsByNamingSomebodyInABody(t *testing.T) {
	apitest.Each(t, func(t *testing.T, w *apitest.World) {
		v := plant(t, w, "", "")
		for _, rt := range guarded(w) {
			if rt.Method == http.MethodGet {
				continue
			}
			for _, body := range []string{v.body(rt.Name), `{"account":"` + v.account + `","userId":"` + v.account + `","tenant":"default"}`, `not JSON`} {
				send(t, plainClient, w.URL+v.fill(rt.Path), rt.Method, body).want(t, 401)
				if got := as(t, w, "plain", rt.Method, v.fill(rt.Path), body); got.status < 400 {
					t.Errorf("%s with %s: %d %s", rt.Name, body, got.status, got.body)
				}
			}
		}
	})
}

func TestOP12_TheAdministrationTakesNoBrowsers(t *testing.T) {
	apitest.Each(t, func(t *testing.T, w *apitest.World) {
		body := `{"client_name":"evil","grant_types":["client_credentials"]}`
		for _, headers := range [][]string{{"Origin", "https://evil.example"}, {"Origin", "null"}, {"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-origin"}} {
			as(t, w, "", "POST", v1+"/clients", body, headers...).want(t, 403)
		}
		for _, media := range []string{"text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"} {
			as(t, w, "", "POST", v1+"/clients", body, "Content-Type", media).want(t, 415)
			as(t, w, "owner", "POST", v1+"/clients", body, "Content-Type", media).want(t, 415)
		}
		if got := as(t, w, "owner", "POST", v1+"/clients", body, "Host", "rebound.example"); got.status != 421 {
			t.Errorf("a host that is not ours: %d", got.status)
		}
		if got := as(t, w, "", "GET", v1+"/clients", "").want(t, 200).body; got != "[]" {
			t.Errorf("there is %s", got)
		}
	})
}

func TestCG25_NoOtherOriginReadsTheAdministration(t *testing.T) {
	apitest.Each(t, func(t *testing.T, w *apitest.World) {
		v := plant(t, w, "", "")
		for _, origin := range []string{"https://evil.example", "null", w.URL, "http://localhost:8080", w.URL + ".evil.example"} {
			for _, rt := range guarded(w) {
				for _, method := range []string{rt.Method, http.MethodOptions} {
					if method == http.MethodDelete {
						continue // the victims stay for the next origin; the preflight is asked
					}
					got := as(t, w, "auditor", method, v.fill(rt.Path), "", "Origin", origin, "Access-Control-Request-Method", rt.Method)
					for name := range got.header {
						if strings.HasPrefix(name, "Access-Control-") {
							t.Errorf("%s %s from %s: %s: %s", method, rt.Name, origin, name, got.header.Get(name))
						}
					}
				}
			}
			open := send(t, plainClient, w.URL+v1+"/openapi.yaml", "GET", "", "Origin", origin).want(t, 200)
			if open.header.Get("Access-Control-Allow-Origin") != "*" || open.header.Get("Access-Control-Allow-Credentials") != "" {
				t.Errorf("the description: %v", open.header)
			}
		}
	})
}

// trailing is the padding behind the last column.
var trailing = regexp.MustCompile(` +\n`)

var update = flag.Lookup("update")

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if update != nil && update.Value.String() == "true" {
		if err := os.WriteFile(path, got, 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("%s differs (%v); run with -update and look at the difference. Now:\n%s", path, err, got)
	}
}

func TestRoutes(t *testing.T) {
	storeless := apitest.Table()
	var all, open bytes.Buffer
	for _, rt := range storeless {
		fmt.Fprintf(&all, "%-6s %-45s %s\n", rt.Method, rt.Path, cmp.Or(rt.Action, "-"))
		if rt.Public != "" {
			fmt.Fprintf(&open, "%-6s %-45s %s\n", rt.Method, rt.Path, rt.Public)
		}
	}
	golden(t, "routes.golden", all.Bytes())
	golden(t, "routes-without-authorization.golden", open.Bytes())
}

// TestRoleTimesAction lists what each sort of caller may do to what is not theirs.
func TestRoleTimesAction(t *testing.T) {
	engine, err := policy.New()
	if err != nil {
		t.Fatal(err)
	}
	callers := []struct {
		name  string
		who   caller.Caller
		roles []string
	}{
		{"operator", caller.Local(""), nil},
		{"owner", caller.Person("acc_1", "", "", "", ""), []string{"owner"}},
		{"admin", caller.Person("acc_1", "", "", "", ""), []string{"admin"}},
		{"auditor", caller.Person("acc_1", "", "", "", ""), []string{"auditor"}},
		{"plain", caller.Person("acc_1", "", "", "", ""), nil},
		{"client", caller.Application("cli_1", "", ""), nil},
		{"anonymous", caller.Nobody("", ""), nil},
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "%-24s", "action")
	for _, c := range callers {
		fmt.Fprintf(&b, " %-9s", c.name)
	}
	b.WriteString("\n")
	for _, a := range guard.Actions() {
		fmt.Fprintf(&b, "%-24s", a.Name)
		for _, c := range callers {
			d := engine.Decide(policy.Request{Caller: c.who, Action: a.Name, Class: a.Class, Kind: a.Kind, Resource: "other"}, policy.Facts{CallerRoles: c.roles, ResourceOwner: "acc_2"})
			fmt.Fprintf(&b, " %-9s", map[bool]string{true: "may", false: "-"}[d.Allowed])
		}
		b.WriteString("\n")
	}
	golden(t, "role-action.golden", trailing.ReplaceAll(b.Bytes(), []byte("\n")))
}

// Whoever governs the default tenant makes and ends other tenants; what is in them is not theirs.
func TestAU32_DefaultTenantsOwnerSeesNothingInOthers(t *testing.T) {
	apitest.Each(t, func(t *testing.T, w *apitest.World) {
		for _, rt := range guarded(w) {
			if strings.HasPrefix(rt.Path, v1+"/tenants") {
				continue
			}
			path := "/t/acme" + strings.NewReplacer("{id}", "x", "{name}", "x").Replace(rt.Path)
			if got := as(t, w, "owner", rt.Method, path, victims{}.body(rt.Name)); got.status != 401 {
				t.Errorf("%s: %d %s", rt.Name, got.status, got.body)
			}
		}
	})
}
