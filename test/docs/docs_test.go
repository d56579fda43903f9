// Package docs runs what the documentation tells people to run.
package docs

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/cardea-iam/cardea/test/rig"
)

// issuer is where the pages say that Cardea runs.
const issuer = "http://localhost:8080"

var (
	fence = regexp.MustCompile("(?ms)^```([^\n]*)\n(.*?)^```$")
	link  = regexp.MustCompile(`\]\(([^)#:" ]+)\)`)
)

// TestEveryCommandInTheDocumentation runs the blocks of each page that are marked "sh run", in
// order, as one script against a server of the page's own, and vets each complete Go program.
func TestEveryCommandInTheDocumentation(t *testing.T) {
	for _, program := range []string{"bash", "curl", "sed"} {
		if _, err := exec.LookPath(program); err != nil {
			if os.Getenv("CI") != "" {
				t.Fatal(err)
			}
			t.Skip(err)
		}
	}
	root, err := rig.Root()
	if err != nil {
		t.Fatal(err)
	}
	bin := t.TempDir()
	binary, err := rig.Build(bin)
	if err != nil {
		t.Fatal(err)
	}
	pages, err := filepath.Glob(filepath.Join(root, "docs/how-to/*.md"))
	if err != nil || len(pages) < 9 {
		t.Fatalf("%d pages: %v", len(pages), err)
	}
	ran := 0
	for _, page := range append(pages, filepath.Join(root, "README.md")) {
		t.Run(filepath.Base(page), func(t *testing.T) {
			text, err := os.ReadFile(page)
			if err != nil {
				t.Fatal(err)
			}
			script := ""
			for _, block := range fence.FindAllStringSubmatch(string(text), -1) {
				switch info, body := block[1], block[2]; {
				case info == "sh run":
					script += body
				case info == "go" && strings.HasPrefix(body, "package main"):
					vet(t, root, body)
				}
			}
			if script != "" {
				ran++
				run(t, binary, script)
			}
		})
	}
	if ran < 4 {
		t.Errorf("only %d pages have commands: is the mark still \"sh run\"?", ran)
	}
}

func run(t *testing.T, binary, script string) {
	t.Helper()
	dir := t.TempDir()
	data := filepath.Join(dir, "cardea-data") // the default, seen from dir
	s, err := rig.NewServer(binary, data)
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
	c := exec.CommandContext(t.Context(), "bash", "-euxo", "pipefail", "-c", strings.ReplaceAll(script, issuer, s.URL))
	c.Dir = dir
	c.Env = append(rig.Environ(), "PATH="+filepath.Dir(binary)+":"+os.Getenv("PATH"))
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}

func vet(t *testing.T, root, program string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "main.go")
	if err := os.WriteFile(file, []byte(program), 0o600); err != nil {
		t.Fatal(err)
	}
	c := exec.CommandContext(t.Context(), "go", "vet", file)
	c.Dir = root
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}

// TestLinksLeadSomewhere follows the links of each page to files of this repository.
func TestLinksLeadSomewhere(t *testing.T) {
	root, err := rig.Root()
	if err != nil {
		t.Fatal(err)
	}
	var broken []string
	for _, pattern := range []string{"*.md", "docs/*.md", "docs/*/*.md", "examples/*.md", "sdk/verify/*.md", "bench/README.md"} {
		pages, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, page := range pages {
			text, err := os.ReadFile(page)
			if err != nil {
				t.Fatal(err)
			}
			for _, l := range link.FindAllStringSubmatch(string(text), -1) {
				if l[1] == "RESULTS.md" {
					continue // make bench writes it
				}
				if _, err := os.Stat(filepath.Join(filepath.Dir(page), l[1])); err != nil {
					broken = append(broken, fmt.Sprintf("%s: %s", page, l[1]))
				}
			}
		}
	}
	for _, b := range broken {
		t.Error(b)
	}
}
