package policy

import (
	"errors"
	"math"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"
)

const doors = `
entity Group;
entity Person in [Group];
entity Door;
type Now = { badge: Bool, floor: Long, name: String, tags: Set<String>, address?: ipaddr, at: datetime };
action open, close appliesTo { principal: Person, resource: Door, context: Now };`

func doorSchema(t *testing.T) *Schema {
	t.Helper()
	s, err := ParseSchema("doors", []byte(doors))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func ask(t *testing.T, text string, in []Entity, circumstances ...any) Answer {
	t.Helper()
	s := doorSchema(t)
	list, err := s.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	set, err := NewSet(list...)
	if err != nil {
		t.Fatal(err)
	}
	c, err := ContextOf(circumstances...)
	if err != nil {
		t.Fatal(err)
	}
	q := Question{Principal: Entity{"Person", "ann"}, In: in, Action: "open", Resource: Entity{"Door", "cellar"}, Context: c}
	if err := s.Fits(q); err != nil {
		t.Fatal(err)
	}
	return set.Ask(q)
}

type place struct {
	Floor int    `json:"floor"`
	Name  string `json:"name"`
}

type circumstances struct {
	Badge   bool       `json:"badge"`
	Tags    []string   `json:"tags"`
	Address netip.Addr `json:"address"`
	At      time.Time  `json:"at"`
	Secret  chan int   `json:"-"`
}

func TestSetAnswers(t *testing.T) {
	const text = `
@id("yes") @says("with a badge") permit (principal, action, resource) when { context.badge };
@id("staff") @says("not for Group::\"none\"") forbid (principal, action == Action::"open", resource == Door::"cellar") unless { principal in Group::"staff" };
@id("office") forbid (principal, action, resource) when { context has address && context.address.isInRange(ip("10.0.0.0/8")) };
@id("tag") forbid (principal, action, resource) when { context.tags.contains("lost") };
@id("late") forbid (principal, action, resource) when { context.at.toTime() >= duration("20h") };
@id("sum") forbid (principal, action, resource) when { context.floor + 1 > 100 };`
	staff := []Entity{{"Group", "staff"}, {"Group", "all"}}
	noon := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	good := circumstances{Badge: true, At: noon}
	for _, c := range []struct {
		name    string
		in      []Entity
		c       circumstances
		floor   int
		allowed bool
		because string
	}{
		{"badge and group", staff, good, 1, true, "yes"},
		{"no badge: nothing permits", staff, circumstances{At: noon}, 1, false, ""},
		{"no group", nil, good, 1, false, "staff"},
		{"address", staff, circumstances{Badge: true, At: noon, Address: netip.MustParseAddr("::ffff:10.1.2.3")}, 1, false, "office"},
		{"another address", staff, circumstances{Badge: true, At: noon, Address: netip.MustParseAddr("2001:db8::1%eth0")}, 1, true, "yes"},
		{"tag", staff, circumstances{Badge: true, At: noon, Tags: []string{"red", "lost"}}, 1, false, "tag"},
		{"late", nil, circumstances{Badge: true, At: noon.Add(9 * time.Hour)}, 1, false, "late staff"},
		{"number", staff, good, 200, false, "sum"},
	} {
		a := ask(t, text, c.in, c.c, place{c.floor, "x"})
		var ids []string
		for _, s := range a.Because {
			ids = append(ids, s.ID)
		}
		if a.Allowed != c.allowed || strings.Join(ids, " ") != c.because || len(a.Failures) > 0 {
			t.Errorf("%s: %v by %v, failures %v", c.name, a.Allowed, ids, a.Failures)
		}
	}
	// A statement that fails is a no, or a forbid could be switched off by what it looks at.
	a := ask(t, text, staff, good, place{math.MaxInt64, "x"})
	if a.Allowed || !slices.Equal(a.Failures, []string{"sum"}) {
		t.Errorf("overflow: %+v", a)
	}
}

func TestSetKnowsWhatItMentions(t *testing.T) {
	list, err := doorSchema(t).Parse(`@says("Group::\"quoted\" is no mention") forbid (principal in Group::"a b", action, resource in Door::"x") when { principal in Group::"q\"uote" }; // Group::"comment"`)
	if err != nil {
		t.Fatal(err)
	}
	if want := []Entity{{"Group", "a b"}, {"Door", "x"}, {"Group", `q"uote`}}; !slices.Equal(list[0].Mentions, want) {
		t.Errorf("%q", list[0].Mentions)
	}
	list[0].ID = "one"
	set, err := NewSet(list...)
	if err != nil || !set.Mentions("Group") || set.Mentions("Person") {
		t.Error(err)
	}
	if _, err := NewSet(list[0], list[0]); err == nil {
		t.Error("two policies have one id")
	}
}

func TestTextErrorsSayWhere(t *testing.T) {
	s := doorSchema(t)
	for _, c := range []struct {
		text         string
		line, column int
		says         string
	}{
		{"permit (principal, action, resource)", 1, 37, "not in the form of Cedar"},
		{"permit (principal, action, resource)\nwhen { context.badge & };", 2, 24, "} is expected in the place of &"},
		{"permit (principal, action, resource)\n  when { context.bagde };", 2, 18, "bagde"},
		{"permit (principal, action, resource);\n\npermit (principal, action == Action::\"enter\", resource);", 3, 30, "enter"},
		{"permit (principal in Team::\"x\", action, resource);", 1, 22, "Team"},
		{"permit (principal, action, resource) when { context.floor > \"3\" };", 1, 1, "unexpected type"},
		{"permit (principal, action, resource) when { context.address.isLoopback() };", 1, 53, "optional attribute"},
		{"permit (principal, action, resource) when { principal.badge };", 1, 55, "badge"},
		{"permit (principal, action, resource) when { context.at > datetime(\"noon\") };", 1, 0, "datetime"},
		{"@says(\"open permit (principal, action, resource);", 1, 7, "not in the form of Cedar"},
	} {
		_, err := s.Parse(c.text)
		var wrong *TextError
		if !errors.As(err, &wrong) {
			t.Errorf("%q: %v", c.text, err)
			continue
		}
		if wrong.Line != c.line || c.column > 0 && wrong.Column != c.column || !strings.Contains(wrong.Error(), c.says) || strings.Contains(wrong.Error(), "<input>") {
			t.Errorf("%q: %v", c.text, wrong)
		}
	}
}

func TestContextRefusesWhatCedarLacks(t *testing.T) {
	if _, err := ContextOf(struct {
		X float64 `json:"x"`
	}{}); !errors.Is(err, errField) {
		t.Error(err)
	}
}

func FuzzParse(f *testing.F) {
	s, err := ParseSchema("doors", []byte(doors))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(`@id("a") permit (principal, action, resource) when { context.badge };`)
	f.Add("permit (principal in Group::\"x\u00fc\", action, resource)\nunless { context.flor > 1 };")
	f.Fuzz(func(t *testing.T, text string) {
		list, err := s.Parse(text)
		var wrong *TextError
		if err != nil && !errors.As(err, &wrong) {
			t.Fatalf("%v is no TextError", err)
		}
		for i := range list {
			list[i].ID = "x"
			if _, err := NewSet(list[i]); err != nil {
				t.Fatal(err)
			}
		}
	})
}
