package access

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
)

// finding is one rule that a page breaks.
type finding struct {
	Rule   string   `json:"rule"`
	Impact string   `json:"impact"` // minor, moderate, serious, critical
	Help   string   `json:"help"`
	Where  []string `json:"where"` // the elements, and what is wrong with each
}

func (f finding) grave() bool { return f.Impact == "serious" || f.Impact == "critical" }

func (f finding) String() string {
	return fmt.Sprintf("%s (%s): %s\n\t%s", f.Rule, f.Impact, f.Help, strings.Join(f.Where, "\n\t"))
}

// axe is axe-core as a script, read once.
func axe(t *testing.T) string {
	t.Helper()
	modules(t, ".", "axe-core")
	text, err := os.ReadFile("node_modules/axe-core/axe.min.js")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// runAxe applies every rule of WCAG 2.0 to 2.2 A and AA and the best practices. Incomplete
// findings are those that axe-core leaves to a person; they are not counted.
const runAxe = `axe.run(document, {resultTypes: ["violations"], rules: {"target-size": {enabled: true}}}).then(r => JSON.stringify(r.violations.map(v => ({
	rule: v.id, impact: v.impact, help: v.help,
	where: v.nodes.map(n => n.target.join(" ") + ": " + n.failureSummary.replace(/\s+/g, " ") + " " + n.html.slice(0, 160)),
}))))`

// check runs axe-core in the window, and looks whether the page is wider than it.
func (w *window) check(script string) []finding {
	w.t.Helper()
	if evaluate[bool](w, "typeof axe === 'undefined'") {
		evaluate[bool](w, script+"; true")
	}
	var found []finding
	if err := json.Unmarshal([]byte(evaluate[string](w, runAxe)), &found); err != nil {
		w.t.Fatal(err)
	}
	// WCAG 2.2 §1.4.10: nothing has to be read by scrolling in two directions.
	if over := evaluate[int](w, "document.scrollingElement.scrollWidth - innerWidth"); over > 0 {
		found = append(found, finding{"reflow", "serious", "The page is wider than its window", []string{fmt.Sprintf("by %d px", over)}})
	}
	return found
}
