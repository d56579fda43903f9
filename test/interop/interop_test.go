// Package interop runs other people's clients against the real server: openid-client and
// oauth4webapi (npm), go-oidc with x/oauth2.
package interop

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/cardea-iam/cardea/internal/store/storetest"
	"github.com/cardea-iam/cardea/sdk/verify"
	"github.com/cardea-iam/cardea/test/rig"
)

const (
	redirectURI       = "https://rp.example/cb"
	postLogoutURI     = "https://rp.example/out"
	api               = "https://api.example"
	password          = "a pass phrase for the clients of others"
	signedUserinfoAlg = "RS256"
)

var binary string

func TestMain(m *testing.M) { rig.Main(m, "interop", &binary) }

// given is what the tests in JavaScript find.
type given struct {
	Issuer       string     `json:"issuer"`
	Resource     string     `json:"resource"`
	RedirectURI  string     `json:"redirect_uri"`
	PostLogout   string     `json:"post_logout_redirect_uri"`
	Person       account    `json:"person"`
	People       []account  `json:"people"` // more of them: the server slows down many sign-ins of one
	Confidential rig.Client `json:"confidential"`
	Public       rig.Client `json:"public"`
	Post         rig.Client `json:"post"`
	ES256        rig.Client `json:"es256"`
	Signed       rig.Client `json:"signed"`
	Job          rig.Client `json:"job"`
	// API is behind sdk/verify, and Strong are those who call it, a test each.
	API    string    `json:"api"`
	Strong []account `json:"strong"`
}

type account struct {
	ID       string `json:"id"`
	Username string `json:"username"`
	Password string `json:"password"`
}

// eachDatabase runs the clients against a server on SQLite and one on PostgreSQL.
func eachDatabase(t *testing.T, fn func(t *testing.T, g given)) {
	t.Run("sqlite", func(t *testing.T) { fn(t, setUp(t)) })
	t.Run("postgres", func(t *testing.T) { fn(t, setUp(t, "--database", storetest.Postgres(t))) })
}

func setUp(t *testing.T, args ...string) given {
	t.Helper()

	args = append(args, "--limits-costly-per-address", "0")
	s, err := rig.NewServer(binary, filepath.Join(t.TempDir(), "data"), args...)
	if err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	if _, err := s.Start(ctx); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Stop(); err != nil {
			t.Error(err)
		}
		if t.Failed() {
			t.Logf("the server's log:\n%s", s.Log())
		}
	})
	g := given{Issuer: s.URL, Resource: api, RedirectURI: redirectURI, PostLogout: postLogoutURI}
	g.Person = account{Username: "ann", Password: password}
	if g.Person.ID, err = s.CreateAccount(ctx, g.Person.Username, password); err != nil {
		t.Fatal(err)
	}
	for i := range 16 {
		p := account{Username: fmt.Sprintf("person-%d", i), Password: password}
		if p.ID, err = s.CreateAccount(ctx, p.Username, p.Password); err != nil {
			t.Fatal(err)
		}
		g.People = append(g.People, p)
	}
	g.Strong, g.People = g.People[15:], g.People[:15]
	g.API = guarded(t, s)
	if _, err := s.CreateResource(ctx, "Things", api, "--scope", "read=Read things", "--scope", "write=Change things"); err != nil {
		t.Fatal(err)
	}
	web := []string{"--redirect-uri", redirectURI, "--post-logout-uri", postLogoutURI, "--resource", api,
		"--scope", "openid", "--scope", "profile", "--scope", "email", "--scope", "offline_access", "--scope", "read"}
	for _, c := range []struct {
		to   *rig.Client
		name string
		args []string
	}{
		{&g.Confidential, "confidential", web},
		{&g.Public, "public", append(web[:len(web):len(web)], "--auth-method", "none")},
		{&g.Post, "post", append(web[:len(web):len(web)], "--auth-method", "client_secret_post")},
		{&g.ES256, "es256", append(web[:len(web):len(web)], "--id-token-alg", "ES256")},
		{&g.Signed, "signed", append(web[:len(web):len(web)], "--userinfo-alg", signedUserinfoAlg)},
		{&g.Job, "job", []string{"--grant", "client_credentials", "--resource", api, "--scope", "read"}},
	} {
		if *c.to, err = s.CreateClient(ctx, c.name, c.args...); err != nil {
			t.Fatal(err)
		}
		c.to.RedirectURI = redirectURI
	}
	return g
}

// guarded is an API that asks for two factors, one of them proved within a minute (RFC 9470).
func guarded(t *testing.T, s *rig.Server) string {
	t.Helper()
	v, err := verify.New(t.Context(), verify.Config{Issuer: s.URL, Audience: api})
	if err != nil {
		t.Fatal(err)
	}
	recent := v.RequireAuthentication(verify.Authentication{ACRValues: []string{"aal2", "aal3"}, MaxAge: time.Minute})
	server := httptest.NewServer(v.RequireScope("read")(recent(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))))
	t.Cleanup(server.Close)
	return server.URL
}

// The certified JavaScript clients.
func TestNode(t *testing.T) {
	for _, program := range []string{"node", "npm"} {
		if _, err := exec.LookPath(program); err != nil {
			if os.Getenv("CI") != "" {
				t.Fatalf("%s is needed in CI: %v", program, err)
			}
			t.Skipf("skipped: %v (apt-get install nodejs npm)", err)
		}
	}
	if _, err := os.Stat(filepath.Join("node_modules", "openid-client")); err != nil {
		if out, err := exec.Command("npm", "ci", "--no-audit", "--no-fund").CombinedOutput(); err != nil {
			if os.Getenv("CI") != "" {
				t.Fatalf("npm ci: %v\n%s", err, out)
			}
			t.Skipf("skipped: npm ci failed: %v\n%s", err, out)
		}
	}
	node := newNode(t)
	eachDatabase(t, func(t *testing.T, g given) {
		text, err := json.Marshal(g)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"openid-client", "oauth4webapi"} {
			t.Run(name, func(t *testing.T) {
				cmd := exec.Command(node, "--test", "--test-reporter=spec", name+".test.mjs")
				cmd.Env = append(os.Environ(), "INTEROP="+string(text), "NODE_NO_WARNINGS=1")
				out, err := cmd.CombinedOutput()
				if err != nil {
					t.Errorf("%v", err)
				}
				t.Logf("%s", out)
			})
		}
	})
}

// newNode returns a Node.js that the clients run on. Debian 12 has 18 and they want 20: then npm
// brings a newer one.
func newNode(t *testing.T) string {
	t.Helper()
	out, err := exec.Command("node", "--version").Output()
	if err != nil {
		t.Fatal(err)
	}
	var major int
	if _, err := fmt.Sscanf(string(out), "v%d.", &major); err != nil || major >= 20 {
		return "node"
	}
	if out, err := exec.Command("npm", "install", "--no-save", "--no-audit", "--no-fund", "node@22").CombinedOutput(); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("Node.js %d is too old, and npm brings no newer one: %v\n%s", major, err, out)
		}
		t.Skipf("skipped: Node.js %d is too old, and npm brings no newer one: %v", major, err)
	}
	path, err := filepath.Abs(filepath.Join("node_modules", "node", "bin", "node"))
	if err != nil {
		t.Fatal(err)
	}
	return path
}
