package api

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/cardea-iam/cardea/internal/secret"
	"github.com/cardea-iam/cardea/internal/strictjson"
)

// names lists the JSON members of a type, those of its members too.
func names(t reflect.Type, deep bool, out map[string]reflect.Type) {
	for t.Kind() == reflect.Slice || t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || t.PkgPath() == "time" {
		return
	}
	for f := range t.Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous && name == "" {
			names(f.Type, deep, out)
			continue
		}
		if f.IsExported() && name != "-" {
			out[name] = f.Type
			if deep {
				names(f.Type, true, out)
			}
		}
	}
}

func TestAD14_AnswersHoldNoSecrets(t *testing.T) {
	once := map[string][]string{ // shown this once, when it is made
		"client.create":        {"client_secret"},
		"client.rotate_secret": {"client_secret", "former_secret_until"},
		"token.create":         {"token"},
	}
	for _, e := range endpoints() {
		if e.out == nil {
			continue
		}
		members := map[string]reflect.Type{}
		names(e.out, true, members)
		if strings.HasPrefix(e.name, "setting.") {
			delete(members, "document") // its types are the rooms'; setting_test.go judges their names
		}
		for name, typ := range members {
			if typ == reflect.TypeFor[secret.Secret]() || typ.Kind() == reflect.Slice && typ.Elem().Kind() == reflect.Uint8 && name != "detail" {
				t.Errorf("%s answers %s, a %v", e.name, name, typ)
			}
			for _, word := range []string{"secret", "password", "digest", "hash", "sealed", "private", "epoch", "token"} {
				if strings.Contains(name, word) && !slices.Contains(once[e.name], name) &&
					!slices.Contains([]string{"token_endpoint_auth_method", "id_token_signed_response_alg", "token_format", "token_alg", "token_seconds"}, name) {
					t.Errorf("%s answers %s", e.name, name)
				}
			}
		}
	}
}

// serverOwned are members that no body may set.
var serverOwned = []string{"id", "client_id", "client_secret", "tenant", "version", "created_at", "updated_at", "disabled_at", "epoch", "emails",
	"verified_at", "phone_number_verified", "phone_number_verified_at", "sub", "roles", "role", "groups", "state", "kid", "secret", "digest", "token", "is_admin", "__proto__"}

func TestAD15_BodiesSetNothingThatIsTheServers(t *testing.T) {
	for _, e := range endpoints() {
		if e.name == "setting.update" {
			continue // the members are those of the setting; that unknown ones are refused is tested there
		}
		if e.in == nil {
			continue
		}
		takes := map[string]reflect.Type{}
		names(e.in, false, takes)
		answers := map[string]reflect.Type{}
		if e.out != nil {
			names(e.out, false, answers)
		}
		attempts := slices.Clone(serverOwned)
		for name := range answers {
			attempts = append(attempts, name)
		}
		for name := range takes {
			attempts = append(attempts, strings.ToUpper(name)) // exact case only
		}
		for _, name := range attempts {
			if _, taken := takes[name]; taken {
				if slices.Contains(serverOwned, name) {
					t.Errorf("%s takes %s", e.name, name)
				}
				continue
			}
			v := reflect.New(e.in).Interface()
			if err := strictjson.Unmarshal([]byte(`{"`+name+`":null}`), v); err == nil {
				t.Errorf("%s ignores %s", e.name, name)
			}
		}
		for name := range takes {
			if err := strictjson.Unmarshal([]byte(`{"`+name+`":null,"`+name+`":null}`), reflect.New(e.in).Interface()); err == nil {
				t.Errorf("%s takes %s twice", e.name, name)
			}
		}
	}
}

func TestAU22_ProfilesSetNoVerification(t *testing.T) {
	for _, e := range endpoints() {
		if e.name != "account.update" {
			continue
		}
		takes := map[string]reflect.Type{}
		names(e.in, true, takes)
		for name := range takes {
			if strings.Contains(name, "verified") || strings.Contains(name, "email") || strings.HasSuffix(name, "_at") {
				t.Errorf("a profile sets %s", name)
			}
		}
		return
	}
	t.Fatal("there is no account.update")
}

// A program that was wired without a dependency must not start.
func TestMissingDependencyStopsTheStart(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("New accepts nothing")
		}
	}()
	New(Deps{Passwords: nil})
}
