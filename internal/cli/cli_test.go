package cli_test

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/cardea-iam/cardea/internal/api/apitest"
	"github.com/cardea-iam/cardea/internal/cli"
)

type result struct {
	code     int
	out, err string
}

// run runs a command line with an environment of pairs.
func run(t *testing.T, env map[string]string, stdin string, args ...string) result {
	t.Helper()
	var out, errs bytes.Buffer
	code := cli.ExecuteContext(t.Context(), args, strings.NewReader(stdin), &out, &errs, func(name string) string { return env[name] })
	return result{code, out.String(), errs.String()}
}

// good runs a command line against the world's socket and decodes what it prints.
func good(t *testing.T, w *apitest.World, args ...string) map[string]any {
	t.Helper()
	r := run(t, nil, "", append([]string{"--data", w.Data}, append(args, "--json")...)...)
	if r.code != 0 {
		t.Fatalf("%v: exit %d: %s", args, r.code, r.err)
	}
	v := map[string]any{}
	if strings.HasPrefix(r.out, "{") {
		if err := json.Unmarshal([]byte(r.out), &v); err != nil {
			t.Fatalf("%v printed %s: %v", args, r.out, err)
		}
	}
	return v
}

func text(t *testing.T, v map[string]any, name string) string {
	t.Helper()
	s, _ := v[name].(string)
	if s == "" {
		t.Fatalf("no %s in %v", name, v)
	}
	return s
}

// list decodes a list that a command prints.
func list(t *testing.T, w *apitest.World, args ...string) []map[string]any {
	t.Helper()
	r := run(t, nil, "", append([]string{"--data", w.Data, "--json"}, args...)...)
	var v []map[string]any
	if err := json.Unmarshal([]byte(r.out), &v); err != nil || r.code != 0 {
		t.Fatalf("%v: exit %d: %s%s: %v", args, r.code, r.out, r.err, err)
	}
	return v
}

func file(t *testing.T, content string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestAcceptance(t *testing.T) {
	apitest.Each(t, func(t *testing.T, w *apitest.World) {
		web := good(t, w, "client", "create", "--name", "web", "--redirect-uri", "http://127.0.0.1:9/cb")
		if !strings.HasPrefix(text(t, web, "client_id"), "cli_") || !strings.HasPrefix(text(t, web, "client_secret"), "cdr_cs_") {
			t.Errorf("web: %v", web)
		}
		job := good(t, w, "client", "create", "--name", "job", "--grant", "client_credentials")
		text(t, job, "client_id")
		text(t, job, "client_secret")
		tester := good(t, w, "account", "create", "--username", "tester", "--password-file", file(t, "quiet otters borrow lanterns\n"))
		if text(t, tester, "username") != "tester" {
			t.Errorf("tester: %v", tester)
		}
	})
}

func TestEveryNoun(t *testing.T) {
	apitest.Each(t, func(t *testing.T, w *apitest.World) {
		good(t, w, "tenant", "create", "--name", "globex", "--display-name", "Globex")
		good(t, w, "tenant", "update", "globex", "--mfa-enforced")
		good(t, w, "tenant", "disable", "globex")
		good(t, w, "tenant", "enable", "globex")
		good(t, w, "--tenant", "globex", "account", "create", "--username", "ann")
		if got := list(t, w, "--tenant", "globex", "account", "list"); len(got) != 1 || got[0]["username"] != "ann" {
			t.Errorf("globex holds %v", got)
		}
		good(t, w, "tenant", "delete", "globex")
		if got := list(t, w, "tenant", "list"); len(got) != 2 {
			t.Errorf("tenants %v", got)
		}

		good(t, w, "account", "create", "--username", "ann", "--email", "ann@example.com", "--email-verified", "--name", "Ann O'Nym")
		if got := good(t, w, "account", "update", "ann", "--birthdate", "2000-02-29"); got["name"] != "Ann O'Nym" || got["birthdate"] != "2000-02-29" {
			t.Errorf("ann %v", got)
		}
		good(t, w, "account", "email", "add", "ann", "ann@example.org")
		good(t, w, "account", "email", "verify", "ann", "ann@example.org")
		good(t, w, "account", "email", "prefer", "ann", "ann@example.org")
		good(t, w, "account", "email", "remove", "ann", "ann@example.com")
		good(t, w, "account", "set-password", "ann", "--password-file", file(t, "quiet otters borrow lanterns"))
		good(t, w, "account", "disable", "ann")
		if got := list(t, w, "account", "list", "--disabled", "true"); len(got) != 1 || got[0]["username"] != "ann" {
			t.Errorf("disabled %v", got)
		}
		good(t, w, "account", "enable", "ann")

		good(t, w, "client", "create", "--name", "caller", "--grant", "client_credentials")
		calendar := good(t, w, "resource", "create", "--audience", "https://calendar.example/api", "--name", "Calendar", "--format", "opaque", "--lifetime", "5m",
			"--introspect-by", "caller", "--scope", "read:events[events:read]=See your events = all of them", "--scope", "ping=Say hello")
		scopes, _ := json.Marshal(calendar["scopes"])
		if string(scopes) != `[{"description":"See your events = all of them","name":"read:events","permission":"events:read"},{"description":"Say hello","name":"ping"}]` {
			t.Errorf("scopes %s", scopes)
		}
		if calendar["token_seconds"] != 300.0 || calendar["token_format"] != "opaque" || !strings.HasPrefix(text(t, calendar, "client"), "cli_") {
			t.Errorf("calendar %v", calendar)
		}
		good(t, w, "resource", "update", "Calendar", "--format", "jwt", "--introspect-by", "")

		good(t, w, "role", "create", "--name", "reader", "--permission", "https://calendar.example/api:events:read")
		good(t, w, "role", "grant", "reader", "Calendar:events:write", text(t, calendar, "id")+":admin")
		good(t, w, "role", "revoke", "reader", "Calendar:admin")
		if got, _ := json.Marshal(good(t, w, "role", "show", "reader")["permissions"]); strings.Count(string(got), "events:") != 2 || strings.Contains(string(got), "admin") {
			t.Errorf("reader holds %s", got)
		}
		good(t, w, "group", "create", "--name", "staff")
		good(t, w, "group", "add", "staff", "ann")
		if got := list(t, w, "group", "members", "staff"); len(got) != 1 {
			t.Errorf("members %v", got)
		}
		good(t, w, "role", "bind", "--role", "reader", "--group", "staff")
		good(t, w, "role", "bind", "--role", "auditor", "--account", "ann")
		if got := list(t, w, "role", "bindings", "--account", "ann"); len(got) != 1 || got[0]["role"] != "auditor" {
			t.Errorf("bindings %v", got)
		}
		good(t, w, "role", "unbind", "--role", "auditor", "--account", "ann")
		good(t, w, "group", "remove", "staff", "ann")
		good(t, w, "group", "delete", "staff")
		good(t, w, "role", "delete", "reader")
		good(t, w, "resource", "delete", "Calendar")

		first := good(t, w, "client", "create", "--name", "web", "--redirect-uri", "https://a.example/cb", "--scope", "openid", "--scope", "email", "--resource", "https://calendar.example/api",
			"--post-logout-uri", "https://a.example/bye", "--id-token-alg", "ES256", "--userinfo-alg", "EdDSA", "--subject-type", "pairwise", "--sector", "a.example",
			"--pkce-optional", "--first-party", "--auth-method", "client_secret_post", "--logo-uri", "https://a.example/logo.png", "--default-max-age", "12h")
		for member, want := range map[string]any{"scope": "openid email", "pkce_optional": true, "first_party": true, "default_max_age": 43200.0, "subject_type": "pairwise", "userinfo_signed_response_alg": "EdDSA"} {
			if first[member] != want {
				t.Errorf("web's %s is %v, want %v", member, first[member], want)
			}
		}
		if got := good(t, w, "client", "create", "--name", "phone", "--public", "--redirect-uri", "com.example.app:/cb"); got["client_secret"] != nil || got["token_endpoint_auth_method"] != "none" {
			t.Errorf("phone %v", got)
		}
		if next := text(t, good(t, w, "client", "rotate-secret", "web", "--grace", "0s"), "client_secret"); next == text(t, first, "client_secret") {
			t.Error("the secret stays")
		}
		good(t, w, "client", "disable", "web")
		good(t, w, "client", "enable", "web")
		good(t, w, "client", "update", "web", "--first-party=false", "--logo-uri", "")
		good(t, w, "client", "delete", "web")

		good(t, w, "key", "rotate", "--alg", "EdDSA", "--now")
		if got := list(t, w, "key", "list"); len(got) != 1 || got[0]["state"] != "used" {
			t.Errorf("keys %v", got)
		}
		s := string(w.Session(t, "default", w.People["plain"].ID))
		if got := list(t, w, "session", "list", "--account", "the-plain"); len(got) != 1 || got[0]["id"] != s {
			t.Errorf("sessions %v", got)
		}
		good(t, w, "session", "revoke", s)
		w.Session(t, "default", w.People["plain"].ID)
		w.Session(t, "default", w.People["plain"].ID)
		for _, half := range [][]string{{"--all"}, {"--account", "the-plain"}, {s, "--account", "the-plain", "--all"}, {}} {
			if r := run(t, nil, "", append([]string{"--data", w.Data, "session", "revoke"}, half...)...); r.code != 2 {
				t.Errorf("%v: exit %d %s", half, r.code, r.err)
			}
		}
		good(t, w, "session", "revoke", "--account", "the-plain", "--all")
		if got := list(t, w, "session", "list", "--account", "the-plain"); len(got) != 0 {
			t.Errorf("sessions %v", got)
		}
		made := good(t, w, "token", "create", "--account", "ann", "--name", "script", "--expires-in", "1h")
		if got := list(t, w, "token", "list", "--account", "ann"); len(got) != 1 || got[0]["token"] != nil {
			t.Errorf("tokens %v", got)
		}
		good(t, w, "token", "delete", text(t, made, "id"))
		w.Sequence(t)
		if got := list(t, w, "event", "list", "--action", "session.revoke", "--on", s); len(got) != 1 || got[0]["outcome"] != "done" {
			t.Errorf("events %v", got)
		}
		if got := list(t, w, "event", "list", "--limit", "3"); len(got) != 3 {
			t.Errorf("%d events", len(got))
		}
		good(t, w, "account", "delete", "ann")
	})
}

func TestListsReadAllPages(t *testing.T) {
	apitest.Each(t, func(t *testing.T, w *apitest.World) {
		for range 7 {
			good(t, w, "client", "create", "--name", "same", "--grant", "client_credentials")
		}
		for limit, want := range map[string]int{"0": 7, "3": 3, "7": 7, "9": 7} {
			if got := list(t, w, "client", "list", "--limit", limit); len(got) != want {
				t.Errorf("limit %s: %d", limit, len(got))
			}
		}
		if r := run(t, nil, "", "--data", w.Data, "client", "show", "same"); r.code != 2 || !strings.Contains(r.err, "Several") {
			t.Errorf("an ambiguous name: %+v", r)
		}
	})
}

func TestTablesForPeople(t *testing.T) {
	apitest.Each(t, func(t *testing.T, w *apitest.World) {
		good(t, w, "resource", "create", "--audience", "https://x.example", "--name", "Evil\u202egnp.x\u009b")
		r := run(t, map[string]string{"CARDEA_DATA": w.Data}, "", "resource", "list")
		if r.code != 0 || !strings.HasPrefix(r.out, "ID ") || strings.ContainsAny(r.out, "\u202e\u009b") || !strings.Contains(r.out, `Evil\u202egnp.x\u009b`) {
			t.Errorf("%+v", r)
		}
		if r := run(t, nil, "", "--data", w.Data, "resource", "show", "https://x.example", "--json"); strings.ContainsAny(r.out, "\u202e\u009b") || !json.Valid([]byte(r.out)) {
			t.Errorf("%+v", r)
		}
		r = run(t, nil, "", "account", "disable", "the-plain", "--data="+w.Data)
		if r.code != 0 || r.out != "Disabled.\n" {
			t.Errorf("%+v", r)
		}
		r = run(t, nil, "quiet otters borrow lanterns\n", "account", "set-password", "the-admin", "--password-file", "-", "--data", w.Data)
		if r.code != 0 || strings.Contains(r.out, "otters") {
			t.Errorf("%+v", r)
		}
	})
}

func TestServerElsewhere(t *testing.T) {
	apitest.Each(t, func(t *testing.T, w *apitest.World) {
		token := file(t, w.People["admin"].Token+"\n")
		env := map[string]string{"CARDEA_SERVER": w.URL, "CARDEA_TOKEN_FILE": token}
		if r := run(t, env, "", "client", "create", "--name", "job", "--grant", "client_credentials"); r.code != 0 || !strings.Contains(r.out, "cdr_cs_") {
			t.Errorf("%+v", r)
		}
		if r := run(t, env, "", "role", "bind", "--role", "owner", "--account", "the-admin"); r.code != 5 || !strings.Contains(r.err, "governance.bind") {
			t.Errorf("more than an admin may: %+v", r)
		}
		if r := run(t, nil, "", "--server", w.URL, "--token-file", file(t, "wrong"), "client", "list"); r.code != 5 {
			t.Errorf("a wrong token: %+v", r)
		}
		if r := run(t, nil, "", "--server", w.URL, "client", "list"); r.code != 2 || !strings.Contains(r.err, "--token-file") {
			t.Errorf("no token: %+v", r)
		}
		if r := run(t, env, "", "--tenant", "acme", "client", "list"); r.code != 5 {
			t.Errorf("a token of another tenant: %+v", r)
		}
		// A flag goes before the environment.
		if r := run(t, env, "", "--data", w.Data, "tenant", "create", "--name", "by-socket"); r.code != 0 {
			t.Errorf("%+v", r)
		}
	})
}

func TestErrorsSayWhatToDo(t *testing.T) {
	apitest.Each(t, func(t *testing.T, w *apitest.World) {
		nowhere := t.TempDir()
		for name, c := range map[string]struct {
			args []string
			code int
			says string
		}{
			"no server":         {[]string{"client", "list", "--data", nowhere}, 4, "No server answers in " + nowhere + ". Start one with: cardea serve --data " + nowhere},
			"in the clear":      {[]string{"client", "list", "--server", "http://id.example.com", "--token-file", "x"}, 2, "in the clear"},
			"both":              {[]string{"client", "list", "--server", "https://id.example.com", "--data", "x"}, 2, "one of them"},
			"unknown noun":      {[]string{"clients", "list"}, 2, `unknown command "clients"`},
			"unknown verb":      {[]string{"client", "destroy"}, 2, `unknown command "destroy"`},
			"unknown flag":      {[]string{"client", "list", "--frob"}, 2, "unknown flag: --frob"},
			"missing argument":  {[]string{"client", "show"}, 2, "it takes CLIENT, and got none. Usage: cardea client show CLIENT [flags]. See: cardea client show --help"},
			"one argument of 3": {[]string{"account", "remove-credential", "x"}, 2, `it takes ACCOUNT KIND ID, and got "x"`},
			"one too many":      {[]string{"client", "list", "x"}, 2, `it takes no argument, and got "x"`},
			"not in this noun":  {[]string{"outbox", "delete", "x", "--data", w.Data}, 3, "There is no message called x. See: cardea outbox list"},
			"missing flag":      {[]string{"client", "create"}, 2, `"name" not set`},
			"nothing to change": {[]string{"client", "update", "cli_x", "--data", w.Data}, 2, "Say what to change"},
			"no such client":    {[]string{"client", "show", "web", "--data", w.Data}, 3, "cardea client list"},
			"no such account":   {[]string{"account", "disable", "nobody", "--data", w.Data}, 3, "cardea account list"},
			"a bad redirect":    {[]string{"client", "create", "--name", "web", "--redirect-uri", "http://evil.example/cb", "--data", w.Data}, 1, "--redirect-uri: redirect URI: http is for"},
			"a bad password":    {[]string{"account", "create", "--username", "x", "--password-file", file(t, "short"), "--data", w.Data}, 1, "shorter than 15"},
			"a bad scope":       {[]string{"resource", "create", "--audience", "https://x.example", "--name", "x", "--scope", "read", "--data", w.Data}, 2, "NAME[PERMISSION]=DESCRIPTION"},
			"a bad permission":  {[]string{"role", "create", "--name", "x", "--permission", "nothing:read", "--data", w.Data}, 3, "cardea resource list"},
			"no password file":  {[]string{"account", "set-password", "the-plain", "--data", w.Data}, 2, "--password-file"},
			"no file":           {[]string{"account", "set-password", "the-plain", "--password-file", nowhere + "/x", "--data", w.Data}, 1, "no such file"},
			"the last owner":    {[]string{"account", "disable", "the-owner", "--data", w.Data}, 1, "last owner"},
			"no tenant":         {[]string{"--tenant", "none", "client", "list", "--data", w.Data}, 3, "no enabled tenant called none"},
		} {
			r := run(t, nil, "", c.args...)
			if r.code != c.code || !strings.Contains(r.err, c.says) || r.out != "" {
				t.Errorf("%s: %+v", name, r)
			}
		}
	})
}

// signal ends a context when something was written.
type signal struct {
	bytes.Buffer
	wants int
	end   context.CancelFunc
}

func (s *signal) Write(p []byte) (int, error) {
	n, err := s.Buffer.Write(p)
	if strings.Count(s.String(), "\n") >= s.wants {
		s.end()
	}
	return n, err
}

func TestFollow(t *testing.T) {
	apitest.Each(t, func(t *testing.T, w *apitest.World) {
		good(t, w, "client", "create", "--name", "job", "--grant", "client_credentials")
		w.Sequence(t)
		all := len(list(t, w, "event", "list", "--limit", "0"))
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		out := &signal{wants: all, end: cancel}
		var errs bytes.Buffer
		code := cli.ExecuteContext(ctx, []string{"--data", w.Data, "event", "follow", "--after", "0", "--json", "--interval", "10ms"}, nil, out, &errs, func(string) string { return "" })
		if code != 0 || all < 10 {
			t.Fatalf("exit %d of %d events: %s", code, all, errs.String())
		}
		position := 0.0
		for line := range strings.Lines(out.String()) {
			var e map[string]any
			if err := json.Unmarshal([]byte(line), &e); err != nil {
				t.Fatalf("%q: %v", line, err)
			}
			if position++; e["position"] != position {
				t.Fatalf("event %v in place %v", e["position"], position)
			}
		}
	})
}

func TestCompletionAndHelp(t *testing.T) {
	if r := run(t, nil, "", "completion", "bash"); r.code != 0 || !strings.Contains(r.out, "__start_cardea") {
		t.Errorf("completion: exit %d %s", r.code, r.err)
	}
	if r := run(t, nil, ""); r.code != 0 || !strings.Contains(r.out, "Exit codes") {
		t.Errorf("help: %+v", r)
	}
	if r := run(t, nil, "", "client"); r.code != 0 || !strings.Contains(r.out, "rotate-secret") {
		t.Errorf("a noun alone: %+v", r)
	}
	if r := run(t, nil, "", "jwt", "keygen", "--json"); r.code != 0 {
		t.Errorf("jwt: %+v", r)
	}
}

// TestTablesFit: a list is readable on 100 columns, shows no JSON, and says so when it is empty.
func TestTablesFit(t *testing.T) {
	apitest.Each(t, func(t *testing.T, w *apitest.World) {
		empty := run(t, nil, "", "--data", w.Data, "resource", "list")
		if empty.code != 0 || empty.out != "" || !strings.Contains(empty.err, "cardea resource create") {
			t.Errorf("an empty list: %+v", empty)
		}
		good(t, w, "resource", "create", "--audience", "https://calendar.example/api", "--name", "Calendar", "--scope", "read[may]=See")
		good(t, w, "client", "create", "--name", "web", "--redirect-uri", "http://127.0.0.1:9/cb")
		good(t, w, "role", "create", "--name", "reader", "--permission", "Calendar:may")
		good(t, w, "group", "create", "--name", "staff")
		good(t, w, "group", "add", "staff", "the-owner")
		good(t, w, "role", "bind", "--role", "reader", "--group", "staff")
		good(t, w, "token", "create", "--name", "ci", "--account", "the-owner")
		w.Sequence(t)
		for _, verb := range []string{"tenant list", "account list", "group list", "group members staff", "role list", "role bindings", "client list",
			"resource list", "key list", "token list", "event list"} {
			r := run(t, nil, "", append([]string{"--data", w.Data}, strings.Fields(verb)...)...)
			for line := range strings.Lines(r.out) {
				if n := len([]rune(strings.TrimSpace(line))); n > 100 || strings.ContainsAny(line, "{}") {
					t.Errorf("%s: %d columns: %s", verb, n, line)
				}
			}
			if r.code != 0 || r.out == "" && verb != "key list" {
				t.Errorf("%s: %+v", verb, r)
			}
		}
		if r := run(t, nil, "", "--data", w.Data, "resource", "show", "Calendar"); !strings.Contains(r.out, "read[may]=See") {
			t.Errorf("a card: %s", r.out)
		}
		for want, args := range map[string][]string{
			"Did you mean client?":                              {"clint"},
			"Usage: cardea client show CLIENT":                  {"client", "show"},
			"cardea role bindings --role owner":                 {"--data", w.Data, "role", "show", "owner"},
			"Keep the client_secret now: it is not shown again": {"--data", w.Data, "client", "rotate-secret", "web"},
		} {
			if r := run(t, nil, "", args...); !strings.Contains(r.err, want) {
				t.Errorf("%v: %+v", args, r)
			}
		}
	})
}
