package main

import (
	"fmt"
	"os"
	"strings"
)

// module is one module of the OpenID Foundation's suite.
type module struct{ plan, name string }

// testName is what our test of the module is called.
func (m module) testName() string {
	return "TestOIDCC_" + strings.ReplaceAll(strings.TrimPrefix(m.name, "oidcc-"), "-", "_")
}

// row is one line of the regression list.
type row struct{ id, title, out string }

func lines(name string) ([]string, error) {
	text, err := os.ReadFile(name) //nolint:gosec // the source tree
	if err != nil {
		return nil, err
	}
	var out []string
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			out = append(out, line)
		}
	}
	return out, nil
}

func readModules(name string) ([]module, error) {
	list, err := lines(name)
	if err != nil {
		return nil, err
	}
	var out []module
	seen := map[string]bool{}
	for _, line := range list {
		plan, mod, ok := strings.Cut(line, " ")
		if !ok || !strings.HasPrefix(mod, "oidcc-") || seen[mod] {
			return nil, fmt.Errorf("%s: %q is no plan and module, or is there twice", name, line)
		}
		seen[mod] = true
		out = append(out, module{plan, mod})
	}
	return out, nil
}

func readRows(name string) ([]row, error) {
	list, err := lines(name)
	if err != nil {
		return nil, err
	}
	var out []row
	seen := map[string]bool{}
	for _, line := range list {
		id, title, ok := strings.Cut(line, " ")
		if !ok || seen[id] {
			return nil, fmt.Errorf("%s: %q is no id and title, or is there twice", name, line)
		}
		seen[id] = true
		title, reason, _ := strings.Cut(title, " | out: ")
		out = append(out, row{id, title, reason})
	}
	return out, nil
}

// testsOf lists the tests of a row, by name.
func (t tree) testsOf(id string) []test {
	var out []test
	for _, x := range t.tests {
		if strings.HasPrefix(x.name, "Test"+id+"_") {
			out = append(out, x)
		}
	}
	return out
}

// testNamed finds a test.
func (t tree) testNamed(name string) (test, bool) {
	for _, x := range t.tests {
		if x.name == name {
			return x, true
		}
	}
	return test{}, false
}
