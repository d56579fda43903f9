package docs

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cardea-iam/cardea/test/rig"
)

// step is a file that a page tells to write, or a change of one that is there.
var step = regexp.MustCompile("(?ms)^`([a-z][^`\n]*)`\n```([a-z]+)\n(.*?)^```$")

// TestAddAFactorToTheLetter follows docs/how-to/add-a-factor.md in a copy of the source: what the page
// says is what compiles, passes the rules of the house, and signs a person in.
func TestAddAFactorToTheLetter(t *testing.T) {
	root, err := rig.Root()
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(filepath.Join(root, "docs/how-to/add-a-factor.md"))
	if err != nil {
		t.Fatal(err)
	}
	tree := filepath.Join(t.TempDir(), "cardea")
	copySource(t, root, tree)
	steps := step.FindAllStringSubmatch(string(page), -1)
	if len(steps) < 15 || len(steps) != strings.Count(string(page), "\n```\n")-strings.Count(string(page), "\n```sh\n") {
		t.Fatalf("%d steps: a block has no file name above it", len(steps))
	}
	for _, s := range steps {
		follow(t, filepath.Join(tree, s[1]), s[2], s[3])
	}
	binary := filepath.Join(tree, "bin", "cardea")
	execute(t, tree, "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", binary, "./cmd/cardea")
	execute(t, tree, "go", "vet", "-trimpath", "./internal/factor/word", "./internal/ui/word", "./test/access")
	execute(t, tree, "go", "test", "-trimpath", "-run", "Floors|EveryRouteIsClassified|EveryActionIsSaid|Message", "./internal", "./internal/app", "./internal/ui")

	s, err := rig.NewServer(binary, filepath.Join(t.TempDir(), "data"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Stop(); err != nil {
			t.Error(err)
		}
	})
	for _, block := range fence.FindAllStringSubmatch(string(page), -1) {
		if block[1] == "sh" {
			execute(t, tree, "bash", "-c", fmt.Sprintf("set -e; cardea() { %q --data %q \"$@\"; }\n%s", binary, s.Data, block[2]))
		}
	}
	if _, err := s.CreateAccount(t.Context(), "ann", "quiet otter paints seven lamps"); err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	first := rig.NewAgent()
	at := passwordFor(ctx, t, first, s.URL+"/account/security/word")
	if at.URL.Path != "/account/security/word" {
		t.Fatalf("the thing is set up at %s:\n%s", at.URL, at.Body)
	}
	made := press(ctx, t, first, at, "make", nil)
	text, ok := made.Element("seed")
	seed, err := base32.StdEncoding.DecodeString(text)
	if !ok || err != nil {
		t.Fatalf("no seed: %v\n%s", err, made.Body)
	}
	second := rig.NewAgent()
	if at = passwordFor(ctx, t, second, s.URL+"/account"); at.URL.Path != "/signin/word" {
		t.Fatalf("the password leads to %s:\n%s", at.URL, at.Body)
	}
	at = press(ctx, t, second, at, "submit", url.Values{"word": {"abracada"}})
	if at.URL.Path != "/signin/word" || !bytes.Contains(at.Body, []byte("not right")) {
		t.Fatalf("a wrong word leads to %s:\n%s", at.URL, at.Body)
	}
	word := shown(seed)
	if at = press(ctx, t, second, at, "submit", url.Values{"word": {word}}); at.URL.Path != "/account" {
		t.Fatalf("the word leads to %s:\n%s", at.URL, at.Body)
	}
	third := rig.NewAgent()
	at = press(ctx, t, third, passwordFor(ctx, t, third, s.URL+"/account"), "submit", url.Values{"word": {word}})
	if at.URL.Path != "/signin/word" {
		t.Fatalf("a word that was used leads to %s", at.URL)
	}
}

// shown is what the thing in the pocket shows.
func shown(seed []byte) string {
	m := hmac.New(sha256.New, seed)
	m.Write(binary.BigEndian.AppendUint64(nil, uint64(time.Now().Unix()/60)))
	return strings.ToLower(base32.StdEncoding.EncodeToString(m.Sum(nil))[:8])
}

// copySource copies what belongs to the source of a tree.
func copySource(t *testing.T, from, to string) {
	t.Helper()
	if err := filepath.WalkDir(from, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, name)
		if err != nil {
			return err
		}
		if d.IsDir() {
			if slices.Contains([]string{".git", "node_modules", "artefacts", "bin"}, d.Name()) {
				return filepath.SkipDir
			}
			return os.MkdirAll(filepath.Join(to, rel), 0o750)
		}
		if !d.Type().IsRegular() || d.Name() == ".git" {
			return nil
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(to, rel), text, 0o600)
	}); err != nil {
		t.Fatal(err)
	}
}

// follow writes a file anew, or changes one as a diff says: what stands before and after the change
// occurs once.
func follow(t *testing.T, name, kind, text string) {
	t.Helper()
	if kind == "diff" {
		before, after := "", ""
		for line := range strings.SplitSeq(strings.TrimSuffix(text, "\n"), "\n") {
			switch line[:1] {
			case "-":
				before += line[1:] + "\n"
			case "+":
				after += line[1:] + "\n"
			case " ":
				before, after = before+line[1:]+"\n", after+line[1:]+"\n"
			default:
				t.Fatalf("%s: %q is no line of a diff", name, line)
			}
		}
		old, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		before, after = strings.TrimSuffix(before, "\n"), strings.TrimSuffix(after, "\n")
		if n := strings.Count(string(old), before); n != 1 {
			t.Fatalf("%s has %d times what the page changes:\n%s", name, n, before)
		}
		text = strings.Replace(string(old), before, after, 1)
	}
	if err := os.MkdirAll(filepath.Dir(name), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// execute runs a program in a folder.
func execute(t *testing.T, dir, program string, args ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program, args...) //nolint:gosec // the page's own words
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s %s: %v\n%s", program, strings.Join(args, " "), err, out)
	}
}

// passwordFor opens a page and signs in with the name and the password where it is asked for.
func passwordFor(ctx context.Context, t *testing.T, a *rig.Agent, target string) *rig.Page {
	t.Helper()
	at, err := a.Follow(ctx, target, "")
	if err != nil {
		t.Fatal(err)
	}
	at = press(ctx, t, a, at, "submit", url.Values{"username": {"ann"}})
	return press(ctx, t, a, at, "submit", url.Values{"username": {"ann"}, "password": {"quiet otter paints seven lamps"}})
}

// press fills in the form that has the button and presses it.
func press(ctx context.Context, t *testing.T, a *rig.Agent, at *rig.Page, button string, fields url.Values) *rig.Page {
	t.Helper()
	for _, f := range at.Forms() {
		for _, b := range f.Buttons {
			if b.ID != button {
				continue
			}
			for name, values := range fields {
				f.Fields[name] = values
			}
			next, err := a.Press(ctx, f, b, "")
			if err != nil {
				t.Fatal(err)
			}
			return next
		}
	}
	t.Fatalf("%s has no button %s:\n%s", at.URL, button, at.Body)
	return nil
}
