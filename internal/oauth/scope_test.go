package oauth

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
)

func scopes(t testing.TB, raw string) ScopeSet {
	t.Helper()
	s, err := ParseScopes(raw)
	if err != nil {
		t.Fatalf("%q: %v", raw, err)
	}
	return s
}

func TestScopesParse(t *testing.T) {
	for raw, want := range map[string]string{
		"": "", "a": "a", "b a": "b a", "a b a": "a b", "openid write:events ! ~": "openid write:events ! ~", "A a": "A a",
	} {
		if got := scopes(t, raw).String(); got != want {
			t.Errorf("%q: got %q, want %q", raw, got, want)
		}
	}
	many := make([]string, 101)
	for i := range many {
		many[i] = "a" + strings.Repeat("b", i)
	}
	for _, raw := range []string{" ", " a", "a ", "a  b", "a\tb", "a\nb", `a"b`, `a\b`, "é", "a\x00", "a\x7f", strings.Repeat("a", 257), strings.Join(many, " ")} {
		if s, err := ParseScopes(raw); CodeOf(err) != CodeInvalidScope || !s.IsEmpty() {
			t.Errorf("%q: got %q, %v", raw, s, err)
		}
	}
}

func TestScopesAlgebra(t *testing.T) {
	a, b := scopes(t, "openid read write"), scopes(t, "write openid admin")
	for what, pair := range map[string][2]string{
		"intersect": {a.Intersect(b).String(), "openid write"},
		"minus":     {a.Minus(b).String(), "read"},
		"union":     {a.Union(b).String(), "openid read write admin"},
		"scopes":    {Scopes("x", "y", "x").String(), "x y"},
		"untouched": {a.String(), "openid read write"},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s: got %q, want %q", what, pair[0], pair[1])
		}
	}
	if !a.Has("read") || a.Has("READ") || a.Has("") {
		t.Error("Has is wrong")
	}
	if !a.Contains(scopes(t, "write openid")) || a.Contains(b) || !a.Contains(ScopeSet{}) || (ScopeSet{}).Contains(a) {
		t.Error("Contains is wrong")
	}
	if !a.Equal(scopes(t, "write read openid")) || a.Equal(b) || a.Equal(scopes(t, "openid read")) {
		t.Error("Equal is wrong")
	}
	list := a.All()
	list[0] = "changed"
	if a.String() != "openid read write" || a.Len() != 3 {
		t.Error("the set changed through its list")
	}
}

func TestScopesStoreAsList(t *testing.T) {
	stored, err := json.Marshal(struct{ A, B ScopeSet }{scopes(t, "b a"), ScopeSet{}})
	if err != nil || string(stored) != `{"A":["b","a"],"B":[]}` {
		t.Fatalf("%s, %v", stored, err)
	}
	var read struct{ A, B ScopeSet }
	if err := json.Unmarshal(stored, &read); err != nil || !slices.Equal(read.A.All(), []Scope{"b", "a"}) || !read.B.IsEmpty() {
		t.Fatalf("%v, %v", read, err)
	}
	var e *Error
	if err := json.Unmarshal([]byte(`["a b"]`), &read.A); !errors.As(err, &e) {
		t.Errorf("a scope with a space was read: %v", err)
	}
}

func FuzzScope(f *testing.F) {
	for _, raw := range []string{"", "openid profile", "a  b", " a", `"`, "a b a"} {
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		s, err := ParseScopes(raw)
		if err != nil {
			return
		}
		again, err := ParseScopes(s.String())
		if err != nil || again.String() != s.String() || !again.Equal(s) {
			t.Fatalf("%q: %q read again is %q, %v", raw, s, again, err)
		}
		stored, _ := json.Marshal(s)
		if err := json.Unmarshal(stored, &again); err != nil || !slices.Equal(again.All(), s.All()) {
			t.Fatalf("%q: stored as %s, read as %q, %v", raw, stored, again, err)
		}
		if !s.Minus(s).IsEmpty() || !s.Intersect(s).Equal(s) || !s.Union(s).Equal(s) {
			t.Fatalf("%q: the set algebra fails", raw)
		}
	})
}
