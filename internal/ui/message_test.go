package ui_test

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/cardea-iam/cardea/internal/ui/part"
)

func readMessages(t *testing.T, l part.Locale) map[string]string {
	t.Helper()
	names, err := filepath.Glob("part/messages/" + string(l) + "/*.json")
	if err != nil || len(names) == 0 {
		t.Fatalf("no messages in %s: %v", l, err)
	}
	m := map[string]string{}
	for _, name := range names {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(raw, &m); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	return m
}

var (
	keyLiteral  = regexp.MustCompile(`"([a-z_]+(?:\.[a-z_]+)+)"`)
	placeholder = regexp.MustCompile(`\{[a-z]+\}`)
)

// usedKeys finds every message key written in a template or a Go file.
func usedKeys(t *testing.T, english map[string]string) map[string]string {
	t.Helper()
	used := map[string]string{}
	err := fs.WalkDir(os.DirFS("."), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(path, "_test.go") || strings.HasSuffix(path, "doc.go") ||
			!(strings.HasSuffix(path, ".go") || strings.HasSuffix(path, ".html")) {
			return err
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for line := range strings.Lines(string(raw)) {
			if strings.HasPrefix(strings.TrimSpace(line), "//") {
				continue
			}
			for _, m := range keyLiteral.FindAllStringSubmatch(line, -1) {
				if strings.HasPrefix(filepath.Base(path), "http") && english[m[1]] == "" {
					continue // handlers name routes too, which look alike
				}
				switch m[1][strings.LastIndexByte(m[1], '.'):] {
				case ".html", ".css", ".js", ".svg", ".json":
				default:
					used[m[1]] = path
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return used
}

func TestEveryMessageExistsAndIsUsed(t *testing.T) {
	english := readMessages(t, part.English)
	used := usedKeys(t, english)
	for _, l := range part.Locales() {
		messages := readMessages(t, l)
		for key, path := range used {
			if strings.TrimSpace(messages[key]) == "" {
				t.Errorf("%s uses %s, which %s lacks", path, key, l)
			}
		}
		for key, text := range messages {
			if used[key] == "" {
				t.Errorf("%s: %s is used nowhere", l, key)
			}
			got, want := placeholder.FindAllString(text, -1), placeholder.FindAllString(english[key], -1)
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(slices.Compact(got), slices.Compact(want)) {
				t.Errorf("%s: %s has the placeholders %v, English has %v", l, key, got, want)
			}
			if strings.ContainsAny(text, "<>&") || strings.Contains(text, "{{") {
				t.Errorf("%s: %s is not plain text", l, key)
			}
		}
	}
}

func TestNoLanguageIsACopyOfEnglish(t *testing.T) {
	same := map[part.Locale][]string{ // what two languages truly say alike
		part.German: {"form.optional", "error.from", "profile.group.names", "way.passkey", "security.passkeys", "overview.passkeys"},
		part.French: {"account.nav.sessions", "way.email"},
	}
	english := readMessages(t, part.English)
	for _, l := range part.Locales()[1:] {
		translated := readMessages(t, l)
		for key, text := range english {
			words := placeholder.ReplaceAllString(text, "")
			if strings.TrimSpace(words) != "" && translated[key] == text && !slices.Contains(same[l], key) {
				t.Errorf("%s: %s is not translated: %q", l, key, text)
			}
		}
		for _, key := range same[l] {
			if translated[key] != english[key] {
				t.Errorf("%s: %s is listed as the same and is not", l, key)
			}
		}
	}
}

// narrow is the narrow no-break space that French sets before its high punctuation.
const narrow = "\u202f"

// Signs that a keyboard offers in place of what print uses, and what each language sets around
// its punctuation.
func TestTypographyOfEachLanguage(t *testing.T) {
	french := regexp.MustCompile(`(?:^|[^` + narrow + `])[;?!»]|[^` + narrow + `]:(?:\s|$)|«[^` + narrow + `]`)
	for _, l := range part.Locales() {
		for key, text := range readMessages(t, l) {
			if strings.ContainsAny(text, "'\"`") || strings.Contains(text, "...") || strings.Contains(text, "  ") {
				t.Errorf("%s: %s has the signs of a typewriter: %q", l, key, text)
			}
			if l == part.French && french.MatchString(text) {
				t.Errorf("%s: %s lacks a narrow no-break space: %q", l, key, text)
			}
			if l != part.French && strings.Contains(text, narrow) {
				t.Errorf("%s: %s has a French space: %q", l, key, text)
			}
			if l == part.Spanish && (strings.Count(text, "?") != strings.Count(text, "¿") || strings.Count(text, "!") != strings.Count(text, "¡")) {
				t.Errorf("%s: %s opens no question: %q", l, key, text)
			}
		}
	}
}

// Pages speak to people formally in every language that knows the difference.
func TestAddressIsFormal(t *testing.T) {
	familiar := map[part.Locale]*regexp.Regexp{
		part.German:  regexp.MustCompile(`\b(?i:du|dich|dir|deine?[mnrs]?)\b`),
		part.French:  regexp.MustCompile(`(?i)(?:^|[\s’])(?:tu|toi|tes|ton|ta)(?:$|[\s.,])`),
		part.Spanish: regexp.MustCompile(`(?i)(?:^|[\s¿¡])(?:tú|tu|tus|ti|contigo)(?:$|[\s.,?!])`),
	}
	for l, words := range familiar {
		for key, text := range readMessages(t, l) {
			if found := words.FindString(text); found != "" {
				t.Errorf("%s: %s says %q: %q", l, key, found, text)
			}
		}
	}
}
