package cli_test

import (
	"strings"
	"testing"

	"github.com/cardea-iam/cardea/internal/api/apitest"
	"github.com/cardea-iam/cardea/internal/id"
)

const second = `@says("Two factors everywhere.")
forbid (principal, action == Action::"signin", resource) unless { context.level >= 2 };`

func TestPoliciesOfSignIn(t *testing.T) {
	apitest.Each(t, func(t *testing.T, w *apitest.World) {
		at := func(args ...string) result {
			t.Helper()
			return run(t, nil, second, append([]string{"--data", w.Data}, args...)...)
		}
		if r := at("assurance", "simulate", "-"); r.code != 0 || !strings.HasPrefix(r.out, "Nobody signed in") {
			t.Errorf("%+v", r)
		}
		plain := w.People["plain"].ID
		signin := string(w.SignIn(t, id.Default, plain, w.Session(t, id.Default, plain)))
		r := at("assurance", "simulate", file(t, second))
		for _, words := range []string{"WAS      WOULD BE", "allowed  challenged  1", "1 sign-ins since", "1 of them succeeded with a proof that would not be enough", signin, "allowed → challenged: Two factors everywhere."} {
			if r.code != 0 || !strings.Contains(r.out, words) {
				t.Errorf("%q is not in %+v", words, r)
			}
		}
		made := good(t, w, "assurance", "create", "--name", "two", "--file", file(t, second))
		if !strings.HasPrefix(text(t, made, "id"), "apo_") || made["enabled"] != true {
			t.Errorf("%v", made)
		}
		if r := at("assurance", "list"); r.code != 0 || !strings.Contains(r.out, "Two factors everywhere.") || !strings.Contains(r.out, "signin-floor") {
			t.Errorf("%+v", r)
		}
		if got := good(t, w, "assurance", "update", "two", "--name", "mfa"); got["version"] != 2.0 || !strings.Contains(text(t, got, "source"), "Two factors") {
			t.Errorf("%v", got)
		}
		if r := at("assurance", "show", "mfa"); r.code != 0 || !strings.HasPrefix(r.out, "// apo_") || !strings.HasSuffix(r.out, ": on, mfa, version 2\n"+second+"\n") {
			t.Errorf("%+v", r)
		}
		good(t, w, "assurance", "disable", "mfa")
		good(t, w, "assurance", "disable", "signin-tell-device")
		if got := good(t, w, "assurance", "show", "signin-tell-device"); got["enabled"] != false || got["builtin"] != true {
			t.Errorf("%v", got)
		}
		good(t, w, "assurance", "enable", "signin-tell-device")
		if r := at("assurance", "disable", "signin-floor"); r.code != 1 || !strings.Contains(r.err, "the floor") {
			t.Errorf("%+v", r)
		}
		if r := at("assurance", "simulate", "--instead", "signin-tell-device"); r.code != 0 || !strings.Contains(r.out, "0 of them succeeded") {
			t.Errorf("%+v", r)
		}
		if r := at("assurance", "simulate"); r.code != 2 {
			t.Errorf("%+v", r)
		}
		if r := at("assurance", "create", "--name", "typo", "--file", file(t, strings.Replace(second, "context.level", "context.leval", 1))); r.code != 1 || !strings.Contains(r.err, "line 2, column 75") || !strings.Contains(r.err, "leval") {
			t.Errorf("%+v", r)
		}
		good(t, w, "assurance", "delete", "mfa")
		if r := at("assurance", "show", "mfa"); r.code != 3 || !strings.Contains(r.err, "There is no policy called mfa") {
			t.Errorf("%+v", r)
		}

		if got := list(t, w, "signin", "list", "--account", "the-plain"); len(got) != 1 || got[0]["id"] != signin || got[0]["outcome"] != "allowed" {
			t.Errorf("%v", got)
		}
		if r := at("signin", "explain", signin); r.code != 0 || !strings.Contains(r.out, "as the-plain (acc_") || !strings.Contains(r.out, "No policy asked for more than one factor.\n") {
			t.Errorf("%+v", r)
		}
		if r := at("signin", "explain", "att_nothing"); r.code != 3 {
			t.Errorf("%+v", r)
		}
	})
}
