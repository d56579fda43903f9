package access

import (
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/cardea-iam/cardea/test/rig"
)

// leastScore is what the acceptance asks of Lighthouse, of 100.
const leastScore = 95

// TestLighthouse asks Lighthouse for its accessibility score of the pages that people see most.
// It takes two minutes and starts browsers of its own: make lighthouse runs it.
func TestLighthouse(t *testing.T) {
	if os.Getenv("CARDEA_LIGHTHOUSE") == "" {
		t.Skip("make lighthouse")
	}
	need(t, "chromium")
	modules(t, "lighthouse", "lighthouse")
	w := newWorld(t)
	person := &rig.Person{Agent: rig.NewAgent(), Username: string(ann), Password: password}
	if _, err := person.Authorize(t.Context(), w.own.Attempt(nil).URL, w.own.RedirectURI); err != nil {
		t.Fatal(err)
	}
	signIn, err := rig.NewAgent().Get(t.Context(), w.URL+"/account")
	if err != nil {
		t.Fatal(err)
	}
	cookies := person.CookieHeader(w.URL)
	if cookies == "" || signIn.Location() == nil {
		t.Fatal("nobody is signed in, or nobody has to")
	}
	var table strings.Builder
	for _, p := range []struct{ name, url, cookies string }{
		{"sign-in", w.URL + "/account", ""},
		{"sign-in for an app", asks()(w), ""},
		{"account", w.URL + "/account", cookies},
		{"profile", w.URL + "/account/profile", cookies},
		{"password", w.URL + "/account/password", cookies},
	} {
		for _, form := range []string{"desktop", "mobile"} {
			score, lost := audit(t, p.url, p.cookies, form)
			fmt.Fprintf(&table, "%-20s %-8s %3.0f %s\n", p.name, form, score, strings.Join(lost, ", "))
			if score < leastScore {
				t.Errorf("%s (%s) scores %.0f for %v", p.name, form, score, lost)
			}
		}
	}
	t.Logf("accessibility by Lighthouse:\n%s", &table)
	keep(t, "lighthouse.txt", table.String())
}

// audit is the score of a page in 0 to 100, and the audits that cost points.
func audit(t *testing.T, page, cookies, form string) (score float64, lost []string) {
	t.Helper()
	out := filepath.Join(t.TempDir(), "report.json")
	args := []string{page, "--quiet", "--only-categories=accessibility", "--output=json", "--output-path=" + out,
		"--chrome-flags=--headless=new --no-sandbox --disable-gpu --disable-quic --user-data-dir=" + t.TempDir()}
	if form == "desktop" {
		args = append(args, "--preset=desktop")
	}
	if cookies != "" {
		header, err := json.Marshal(map[string]string{"Cookie": cookies})
		if err != nil {
			t.Fatal(err)
		}
		args = append(args, "--extra-headers="+string(header))
	}
	cmd := exec.Command(filepath.Join("lighthouse", "node_modules", ".bin", "lighthouse"), args...) //nolint:gosec // from our lockfile
	cmd.Env = append(os.Environ(), "CHROME_PATH="+chromium(t))
	if said, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	text, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	var report struct {
		Shown  string `json:"finalDisplayedUrl"`
		Audits map[string]struct {
			Score *float64 `json:"score"`
		} `json:"audits"`
		Categories struct {
			Accessibility struct {
				Score  float64 `json:"score"`
				Audits []struct {
					ID     string  `json:"id"`
					Weight float64 `json:"weight"`
				} `json:"auditRefs"`
			} `json:"accessibility"`
		} `json:"categories"`
	}
	if err := json.Unmarshal(text, &report); err != nil {
		t.Fatal(err)
	}
	at, err := url.Parse(report.Shown)
	if err != nil || (at.Path == "/signin") != (cookies == "") {
		t.Fatalf("Lighthouse looked at %s, not at %s: %v", report.Shown, page, err)
	}
	for _, a := range report.Categories.Accessibility.Audits {
		if s := report.Audits[a.ID].Score; a.Weight > 0 && s != nil && *s < 1 {
			lost = append(lost, a.ID)
		}
	}
	slices.Sort(lost)
	return 100 * report.Categories.Accessibility.Score, lost
}

func chromium(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Fatal(err)
	}
	return path
}
