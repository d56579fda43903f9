package cli_test

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/cardea-iam/cardea/internal/api/apitest"
)

const importHash = "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW" // of U*U

// importable is n good lines and a bad one of every sort.
func importable(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `{"username":"person%d","email":"person%d@example.com","email_verified":true,"name":"Person %d","password_hash":%q,"created_at":"2019-05-01T10:00:00Z","external_id":"old-%d"}`+"\n", i, i, i, importHash, i)
	}
	b.WriteString("\n" + strings.Join(bad, "\n") + "\n")
	b.WriteString(`{"email":"only.address+tag@example.com","email_verified":true,"enabled":false}` + "\n")
	b.WriteString(`{"username":"sso","password_hash":null}`) // the last line may lack its end
	return b.String()
}

// bad are lines that make no account, in the order in which they are refused.
var bad = []string{
	`{"username":"person0"}`, // taken within the file
	`{"username":"other0","email":"PERSON0@example.com","email_verified":true}`, // its address too
	`{"username":"someone@example.com"}`,                                        // security row AU23
	`{"username":"ſharp"}`,
	`{"username":"eve","groups":["admins"]}`,
	`{"username":"eve","roles":["owner"]}`,
	`{"username":"eve","role":"owner"}`,
	`{"username":"eve","password_hash":"null"}`,
	`{"username":"eve","password_hash":"$argon2id$v=19$m=4194304,t=9,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"}`,
	`{"username":"eve","created_at":"2999-01-01T00:00:00Z"}`,
	`{"username":"eve","username":"mallory"}`,
	`not JSON`,
	`{"username":"eve","email_verified":true}`,
}

func TestAccountsAreImportedOnceAndTheRestIsExplained(t *testing.T) {
	apitest.Each(t, func(t *testing.T, w *apitest.World) {
		name := file(t, importable(250))
		r := run(t, nil, "", "--data", w.Data, "import", name, "--batch", "60")
		if r.code != 0 || !strings.Contains(r.out, "Imported 252 accounts. 13 lines could not be imported") {
			t.Fatalf("exit %d: %s%s", r.code, r.out, r.err)
		}
		rejected := readLines(t, name+".rejected.jsonl")
		if len(rejected) != len(bad) {
			t.Fatalf("%d lines are rejected: %v", len(rejected), rejected)
		}
		for i, got := range rejected {
			again := string(got.Account) + got.Text
			if got.Line != int64(252+i) || got.Reason == "" || again != bad[i] {
				t.Errorf("line %d, %q: %s", got.Line, again, got.Reason)
			}
		}
		if info, err := os.Stat(name + ".rejected.jsonl"); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("the rejected lines hold hashes and are readable by others: %v %v", info, err)
		}
		again := run(t, nil, "", "--data", w.Data, "import", name)
		if again.code != 0 || !strings.Contains(again.out, "Imported 252 accounts.") {
			t.Errorf("once more: exit %d: %s%s", again.code, again.out, again.err)
		}
		for _, username := range []string{"person249", "only.address-tag", "sso"} {
			if found := list(t, w, "account", "list", "--username", username); len(found) != 1 {
				t.Errorf("%d accounts are called %s", len(found), username)
			}
		}
		if found := list(t, w, "account", "list", "--email", "person7@example.com"); len(found) != 1 || found[0]["created_at"] != "2019-05-01T10:00:00Z" {
			t.Errorf("%v", found)
		}
		if found := list(t, w, "account", "list", "--username", "only.address-tag"); len(found) == 1 && found[0]["disabled_at"] == nil {
			t.Errorf("a disabled account came in enabled: %v", found)
		}
		if held := list(t, w, "role", "bindings", "--role", "owner"); len(held) != 1 {
			t.Errorf("%d hold the role owner after the import", len(held))
		}
	})
}

func TestAnImportGoesOnWhereItStopped(t *testing.T) {
	apitest.Each(t, func(t *testing.T, w *apitest.World) {
		content := importable(30)
		name := file(t, content)
		digest := fmt.Sprintf("%x", sha256.Sum256([]byte(content)))
		lines := strings.SplitAfter(content, "\n")
		// Somebody began, sent seven lines and was killed before the answer came.
		first := map[string]any{"after": 0, "done": len(strings.Join(lines[:7], "")), "lines": strings.Split(strings.TrimSuffix(strings.Join(lines[:7], ""), "\n"), "\n")}
		post(t, w, "/imports", map[string]any{"sha256": digest, "size": len(content)}, 201)
		post(t, w, "/imports/"+digest+"/batches", first, 200)
		post(t, w, "/imports/"+digest+"/batches", first, 409) // the same lines are never imported twice
		r := run(t, nil, "", "--data", w.Data, "import", name)
		if r.code != 0 || !strings.Contains(r.err, "Going on behind line 7.") || !strings.Contains(r.out, "Imported 32 accounts. 13 lines") {
			t.Fatalf("exit %d: %s%s", r.code, r.out, r.err)
		}
		if found := list(t, w, "account", "list", "--username", "person3"); len(found) != 1 {
			t.Errorf("%d accounts of a line that was sent twice", len(found))
		}
	})
}

type rejectedLine struct {
	Line    int64           `json:"line"`
	Reason  string          `json:"reason"`
	Account json.RawMessage `json:"account"`
	Text    string          `json:"text"`
}

func readLines(t *testing.T, name string) (out []rejectedLine) {
	t.Helper()
	content, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(content)) {
		var r rejectedLine
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			t.Fatal(err)
		}
		out = append(out, r)
	}
	return out
}

// post sends a body to the socket, as another client than the command line would.
func post(t *testing.T, w *apitest.World, path string, body any, want int) {
	t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	if got := w.Send(t, "POST", "/api/v1"+path, string(text)); got != want {
		t.Fatalf("POST %s: %d, want %d", path, got, want)
	}
}
