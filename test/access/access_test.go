// Package access holds every page to what people need who cannot see it well, or use no mouse:
// axe-core finds nothing serious on it, in light and dark, wide and on a phone; the keyboard
// reaches each control in order and shows where it is.
//
// The pages are those of the real server, reached as a person reaches them. pages_test.go lists
// them, one line a page; a route that shows a page and has no line fails the test.
package access

import (
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"github.com/cardea-iam/cardea/test/rig"
)

const (
	password = "a pass phrase for every page"
	api      = "https://calendar.example"
)

var setupToken = regexp.MustCompile(`/setup\?t=(\S+)\n`)

var binary string

func TestMain(m *testing.M) { rig.Main(m, "access", &binary) }

// settings are the flags of the server. What brings pages of its own is switched on here.
var settings = map[string]string{"limits-costly-per-address": "0", "limits-begin-per-address": "0", "mail-inbox": "true"}

// world is a server with people and applications.
type world struct {
	*rig.Server
	app   rig.Client // asks for consent
	own   rig.Client // does not
	setup string     // address of the page that makes the first administrator
	ids   map[person]string
	used  map[string]bool // codes and links of letters that were used up
}

func newWorld(t *testing.T) *world {
	t.Helper()
	var args []string
	for name, value := range settings {
		args = append(args, "--"+name+"="+value)
	}
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
		keep(t, "access.log", s.Log())
	})
	w := &world{Server: s, setup: setupLink(t, s), ids: map[person]string{}, used: map[string]bool{}}
	for _, name := range people {
		if w.ids[name], err = s.CreateAccount(ctx, string(name), password, "--email", name.mail(), "--email-verified"); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.CreateResource(ctx, "MyCalApp", api, "--scope", "read=See your events", "--scope", "write[events:write]=Change your events"); err != nil {
		t.Fatal(err)
	}
	// A relying party that answers: the way on from a page ends at a page.
	landing := s.URL + "/signedout"
	for _, c := range []struct {
		to   *rig.Client
		args []string
	}{
		{&w.app, []string{"--policy-uri", "https://hireme.example/privacy", "--tos-uri", "https://hireme.example/terms"}},
		{&w.own, []string{"--first-party"}},
	} {
		args := append([]string{"--redirect-uri", landing, "--resource", api, "--scope", "openid", "--scope", "profile", "--scope", "email",
			"--scope", "offline_access", "--scope", "read", "--scope", "write"}, c.args...)
		if *c.to, err = s.CreateClient(ctx, "HireMe123", args...); err != nil {
			t.Fatal(err)
		}
		c.to.RedirectURI = landing
	}
	return w
}

// setupLink waits for the link that a new server prints once it is ready.
func setupLink(t *testing.T, s *rig.Server) string {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for late := time.After(10 * time.Second); ; {
		if found := setupToken.FindStringSubmatch(s.Log()); found != nil {
			return "/setup?t=" + url.QueryEscape(found[1])
		}
		select {
		case <-late:
			t.Fatalf("no setup link was printed:\n%s", s.Log())
		case <-tick.C:
		}
	}
}

// need finds a program, or leaves the test out where it is missing; in CI that is a failure.
func need(t *testing.T, programs ...string) {
	t.Helper()
	for _, p := range programs {
		if _, err := exec.LookPath(p); err != nil {
			missing(t, "%v (apt-get install chromium nodejs npm)", err)
		}
	}
}

func missing(t *testing.T, format string, args ...any) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatalf(format, args...)
	}
	t.Skipf("skipped: "+format, args...)
}

// modules installs what a lockfile names, once.
func modules(t *testing.T, folder, one string) {
	t.Helper()
	need(t, "node", "npm")
	if _, err := os.Stat(filepath.Join(folder, "node_modules", one)); err == nil {
		return
	}
	cmd := exec.Command("npm", "ci", "--no-audit", "--no-fund")
	cmd.Dir = folder
	if out, err := cmd.CombinedOutput(); err != nil {
		missing(t, "npm ci: %v\n%s", err, out)
	}
}
