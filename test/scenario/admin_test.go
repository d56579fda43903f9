package scenario

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"
)

// CG02: what is made for one purpose is nothing at every other door.
func TestCG02_OneTimeValuesStayAtTheirDoor(t *testing.T) {
	eachDatabase(t, func(t *testing.T, args ...string) {
		s := serve(t, args...)
		ann, web := person(t, s, "ann"), client(t, s, "web", "https://rp.example/cb")
		tokens := signIn(t, web, ann, offline)
		a := web.Attempt(nil)
		answer, err := ann.Authorize(t.Context(), a.URL, web.RedirectURI)
		if err != nil {
			t.Fatal(err)
		}
		setup, rest, found := strings.Cut(s.Log(), "/setup?t=")
		if !found {
			t.Fatalf("no setup link was printed:\n%s", setup)
		}
		values := map[string]string{
			"state": a.State, "verifier": a.Verifier, "code": answer.Get("code"), "access token": tokens.Access,
			"refresh token": tokens.Refresh, "ID token": tokens.ID, "client secret": web.Secret,
			"setup token": strings.TrimSpace(strings.SplitN(rest, "\n", 2)[0]),
		}
		for kind, value := range values {
			if kind != "code" {
				got, err := web.Token(t.Context(), url.Values{
					"grant_type": {"authorization_code"}, "code": {value}, "redirect_uri": {web.RedirectURI}, "code_verifier": {a.Verifier},
				})
				if err != nil || got.Error != "invalid_grant" {
					t.Errorf("%s as a code: %+v %v", kind, got, err)
				}
			}
			if kind != "refresh token" {
				if got, err := web.Renew(t.Context(), value); err != nil || got.Error != "invalid_grant" {
					t.Errorf("%s as a refresh token: %+v %v", kind, got, err)
				}
			}
			if kind != "access token" {
				if status, _, err := web.Userinfo(t.Context(), value); err != nil || status != http.StatusUnauthorized {
					t.Errorf("%s as an access token: %d %v", kind, status, err)
				}
			}
			if kind != "client secret" {
				other := web
				other.Secret = value
				if got, err := other.Renew(t.Context(), tokens.Refresh); err != nil || got.Error != "invalid_client" {
					t.Errorf("%s as a client secret: %+v %v", kind, got, err)
				}
			}
			if kind != "setup token" {
				page, err := ann.Get(t.Context(), s.URL+"/setup?t="+url.QueryEscape(value))
				if err != nil || page.Status/100 == 2 && len(page.Forms()) > 0 && page.Forms()[0].Fields.Has("password") {
					t.Errorf("%s as a setup token: %v %v", kind, page.Status, err)
				}
			}
		}
		// None of these tries spent the code.
		if got, err := web.Redeem(t.Context(), a, answer); err != nil || got.Status != http.StatusOK {
			t.Errorf("the code at its own door: %+v %v", got, err)
		}
	})
}

// CG21: an update of a client obeys the rules of its creation, and one that changes nothing
// changes nothing.
func TestCG21_UpdateObeysTheRulesOfCreation(t *testing.T) {
	eachDatabase(t, func(t *testing.T, args ...string) {
		s := serve(t, args...)
		web := client(t, s, "web", "https://rp.example/cb")
		show := func() map[string]any {
			var out map[string]any
			if err := s.Admin(t.Context(), http.MethodGet, "/clients/"+web.ID, nil, &out); err != nil {
				t.Fatal(err)
			}
			return out
		}
		before := show()
		for _, bad := range [][]string{
			{"--redirect-uri", "javascript:alert(1)"},
			{"--redirect-uri", "https://rp.example/cb#fragment"},
			{"--redirect-uri", "https://rp.example/*"},
			{"--redirect-uri", "http://rp.example/cb"},
			{"--post-logout-uri", "data:text/html,x", "--redirect-uri", "https://rp.example/cb"},
			{"--auth-method", "none", "--grant", "client_credentials"},
			{"--auth-method", "private", "--redirect-uri", "https://rp.example/cb"},
			{"--id-token-alg", "none", "--redirect-uri", "https://rp.example/cb"},
			{"--id-token-alg", "HS256", "--redirect-uri", "https://rp.example/cb"},
			{"--name", "\u202egnp.exe", "--redirect-uri", "https://rp.example/cb"},
			{"--public", "--pkce-optional", "--redirect-uri", "https://rp.example/cb"},
		} {
			if err := s.Command(t.Context(), nil, append([]string{"client", "create", "--name", "new"}, bad...)...); err == nil {
				t.Errorf("created with %q", bad)
			}
			if err := s.Command(t.Context(), nil, append([]string{"client", "update", web.ID}, bad...)...); err == nil {
				t.Errorf("updated with %q", bad)
			}
		}
		if after := show(); !reflect.DeepEqual(before, after) {
			t.Errorf("refused updates changed %v into %v", before, after)
		}
		if err := s.Admin(t.Context(), http.MethodPatch, "/clients/"+web.ID, map[string]any{"redirect_uris": before["redirect_uris"], "scope": before["scope"]}, nil); err != nil {
			t.Fatal(err)
		}
		after := show()
		delete(before, "version")
		delete(after, "version")
		if !reflect.DeepEqual(before, after) {
			t.Errorf("an update to the same changed %v into %v", before, after)
		}
	})
}

// JW16: a cursor is an argument: whatever it holds, the answer is a page of the list or a
// refusal.
func TestJW16_CursorIsAnArgument(t *testing.T) {
	eachDatabase(t, func(t *testing.T, args ...string) {
		s := serve(t, args...)
		for _, name := range []string{"ann", "bob", "cleo"} {
			person(t, s, name)
		}
		for _, noun := range []string{"accounts", "clients", "groups", "resources", "roles", "sessions", "events"} {
			for _, cursor := range []string{"' OR 1=1 --", `"; DROP TABLE account; --`, "acc_\x00", "%27", "1;2", strings.Repeat("A", 5000), "-1", "9223372036854775808"} {
				var page json.RawMessage
				err := s.Admin(t.Context(), http.MethodGet, "/"+noun+"?limit=2&after="+url.QueryEscape(cursor), nil, &page)
				if err != nil && !strings.Contains(err.Error(), ": 400\n") && !strings.Contains(err.Error(), ": 422\n") {
					t.Errorf("%s after %.40q: %v", noun, cursor, err)
				}
			}
		}
		var all json.RawMessage
		if err := s.Command(t.Context(), &all, "account", "list"); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"ann", "bob", "cleo"} {
			if !strings.Contains(string(all), `"`+name+`"`) {
				t.Errorf("%s is gone: %s", name, all)
			}
		}
	})
}

// OP03: an event names the account that was decided on by its id, though the request said a name,
// and the caller who is there, not one that the request speaks of.
func TestOP03_EventsNameWhatWasDecidedOn(t *testing.T) {
	eachDatabase(t, func(t *testing.T, args ...string) {
		s := serve(t, args...)
		p := person(t, s, "ann")
		person(t, s, "bob")
		var ann struct {
			ID string `json:"id"`
		}
		if err := s.Command(t.Context(), &ann, "account", "show", p.Username); err != nil {
			t.Fatal(err)
		}
		if err := s.Command(t.Context(), nil, "account", "disable", p.Username); err != nil {
			t.Fatal(err)
		}
		// A body that names somebody else is refused as a whole.
		if err := s.Admin(t.Context(), http.MethodPatch, "/accounts/"+ann.ID, map[string]any{"id": "acc_other", "name": "Eve"}, nil); err == nil {
			t.Error("a body with another id was taken")
		}
		list := ""
		within(t, 5*time.Second, "the event is in the log", func(ctx context.Context) (bool, error) {
			var events json.RawMessage
			err := s.Command(ctx, &events, "event", "list", "--on", ann.ID, "--action", "account.disable")
			list = string(events)
			return len(list) > len("[]\n"), err
		})
		if strings.Count(list, `"account.disable"`) != 1 || !strings.Contains(list, `"resource":"`+ann.ID+`"`) && !strings.Contains(list, `"resource": "`+ann.ID+`"`) {
			t.Errorf("the log says %s", list)
		}
		if !strings.Contains(list, "operator") || strings.Contains(list, `"ann"`) {
			t.Errorf("the caller is not the operator, or a name is in the log: %s", list)
		}
	})
}
