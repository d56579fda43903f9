package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
)

const root = "../.."

func source(t *testing.T) tree {
	t.Helper()
	found, err := scan(root, "internal", "sdk", "test", "examples")
	if err != nil {
		t.Fatal(err)
	}
	if len(found.requirements) < 50 || len(found.tests) < 100 {
		t.Fatalf("only %d requirements and %d tests were found", len(found.requirements), len(found.tests))
	}
	return found
}

func TestDocumentIsUpToDate(t *testing.T) {
	want, err := write(root)
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join(root, document))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is old: run make docs", document)
	}
}

func TestEveryModuleHasATest(t *testing.T) {
	found := source(t)
	modules, err := readModules(filepath.Join(root, "test", "modules.txt"))
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range modules {
		if _, ok := found.testNamed(m.testName()); !ok {
			t.Errorf("%s has no test %s", m.name, m.testName())
		}
	}
}

var rowTest = regexp.MustCompile(`^Test((?:RU|CG|JW|AU|OP)\d{2})_`)

func TestEveryRowHasATest(t *testing.T) {
	found := source(t)
	rows, err := readRows(filepath.Join(root, "test", "rows.txt"))
	if err != nil {
		t.Fatal(err)
	}
	ids := map[string]bool{}
	for _, r := range rows {
		ids[r.id] = true
		if len(found.testsOf(r.id)) == 0 && r.out == "" {
			t.Errorf("%s (%s) has no test Test%s_…", r.id, r.title, r.id)
		}
	}
	for _, x := range found.tests {
		if m := rowTest.FindStringSubmatch(x.name); m != nil && !ids[m[1]] {
			t.Errorf("%s: %s names no row of test/rows.txt", x.file, x.name)
		}
	}
}

func TestCitations(t *testing.T) {
	for text, want := range map[string][]section{
		"RFC 6749 §4.1.3: a":                                   {{"RFC 6749", "4.1.3"}},
		"(RFC 8252 §7.3, §8.3)":                                {{"RFC 8252", "7.3"}, {"RFC 8252", "8.3"}},
		"RFC 9449 §7.1, RFC 8705 §3: a":                        {{"RFC 9449", "7.1"}, {"RFC 8705", "3"}},
		"OpenID Connect Core 1.0 §3.1.2.1, and RFC 7515 §A.1.": {{"OpenID Connect Core 1.0", "3.1.2.1"}, {"RFC 7515", "A.1"}},
		"§4 of something":                                      nil,
	} {
		if got := cited(text); !slices.Equal(got, want) {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}

func TestNumbersSort(t *testing.T) {
	sorted := []string{"2", "2.1", "2.2", "2.10", "4.1.2", "4.1.2.1", "10", "A"}
	if !slices.IsSortedFunc(sorted, compareNumbers) {
		t.Errorf("%v is not sorted", sorted)
	}
	for i := range sorted[1:] {
		if compareNumbers(sorted[i], sorted[i+1]) >= 0 {
			t.Errorf("%s is not before %s", sorted[i], sorted[i+1])
		}
	}
}

func TestModuleNames(t *testing.T) {
	for name, want := range map[string]string{
		"oidcc-server":              "TestOIDCC_server",
		"oidcc-codereuse-30seconds": "TestOIDCC_codereuse_30seconds",
	} {
		if got := (module{name: name}).testName(); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}
