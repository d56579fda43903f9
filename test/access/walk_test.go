package access

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"text/tabwriter"

	"github.com/cardea-iam/cardea/test/rig"
)

// looks are the ways in which each page is seen.
var looks = []struct {
	name, scheme string
	width        int64
}{
	{"light 1280", "light", 1280}, {"dark 1280", "dark", 1280}, {"light 390", "light", 390}, {"dark 390", "dark", 390},
}

// TestEveryPageIsAccessible walks every page and prints a table of what was found.
func TestEveryPageIsAccessible(t *testing.T) {
	script := axe(t)
	w := newWorld(t)
	b := newBrowsers(t, w)
	mux, shown, _ := routes(t)
	covered := map[string]bool{}
	seen := func(path string) { covered[pattern(mux, path)] = true }
	var table strings.Builder
	tab := tabwriter.NewWriter(&table, 0, 0, 2, ' ', 0)
	fmt.Fprint(tab, "page")
	for _, l := range looks {
		fmt.Fprint(tab, "\t", l.name)
	}
	fmt.Fprintln(tab, "\tkeys 390\tkeys 1280")
	walked := 0
	for _, p := range w.pages() {
		row := ""
		t.Run(p.name, func(t *testing.T) {
			walked, row = walked+1, p.name
			win := b.of(t, p.who, seen)
			for _, s := range p.steps {
				s(win)
			}
			if !win.says(p.says) {
				t.Fatalf("the page does not say %q but:\n%.600s", p.says, win.content())
			}
			verdict := func(where string, found []finding) {
				row += "\t" + summary(found)
				for _, f := range found {
					if f.grave() {
						t.Errorf("%s: %v", where, f)
					} else {
						t.Logf("%s: %v", where, f)
					}
				}
			}
			for _, l := range looks {
				win.look(l.scheme, l.width)
				verdict(l.name, win.check(script))
			}
			verdict("keys 390", win.keyboard())
			win.look("light", 1280)
			verdict("keys 1280", win.keyboard())
		})
		if row != "" {
			fmt.Fprintln(tab, row)
		}
	}
	if err := tab.Flush(); err != nil {
		t.Fatal(err)
	}
	t.Logf("what axe-core and the keyboard found:\n%s", &table)
	keep(t, "access.txt", table.String())
	if walked < len(w.pages()) {
		return // -run chose some of them
	}
	for _, route := range shown {
		if !covered[route] {
			t.Errorf("GET %s has no line in pages_test.go: say how a person comes to it", route)
		}
	}
}

// summary counts findings by their weight: "ok", or "2 serious, 1 minor".
func summary(found []finding) string {
	count := map[string]int{}
	for _, f := range found {
		count[f.Impact]++
	}
	var parts []string
	for _, impact := range []string{"critical", "serious", "moderate", "minor"} {
		if n := count[impact]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, impact))
		}
	}
	if len(parts) == 0 {
		return "ok"
	}
	return strings.Join(parts, ", ")
}

// keep leaves a result where CI collects it.
func keep(t *testing.T, name, text string) {
	t.Helper()
	root, err := rig.Root()
	if err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(root, "test", "artefacts")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
