package policy

import (
	"slices"
	"testing"

	"github.com/cardea-iam/cardea/internal/caller"
)

func engine(t testing.TB) *Engine {
	t.Helper()
	e, err := New()
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestBuiltinRoles(t *testing.T) {
	e := engine(t)
	person := caller.Person("acc_1", "", "", "", "")
	for _, c := range []struct {
		name  string
		who   caller.Caller
		class Class
		kind  string
		id    string
		facts Facts
		want  bool
	}{
		{"anonymous tries a public step", caller.Nobody("", ""), Public, "interaction", "", Facts{}, true},
		{"nobody at all", caller.Caller{}, Public, "interaction", "", Facts{}, false},
		{"anonymous gets no token", caller.Nobody("", ""), Issue, "client", "c", Facts{}, false},
		{"client gets a token", caller.Application("cli_1", "", ""), Issue, "client", "cli_1", Facts{}, true},
		{"person acts on own session", person, Self, "session", "s", Facts{ResourceOwner: "acc_1"}, true},
		{"person acts on own account", person, Self, "account", "acc_1", Facts{ResourceOwner: "acc_1"}, true},
		{"person acts on another's session", person, Self, "session", "s", Facts{ResourceOwner: "acc_2"}, false},
		{"resource without owner", person, Self, "session", "s", Facts{}, false},
		{"client named like the owner", caller.Application("acc_1", "", ""), Self, "session", "s", Facts{ResourceOwner: "acc_1"}, false},
		{"person inspects", person, Inspect, "account", "acc_2", Facts{}, false},
		{"auditor inspects", person, Inspect, "account", "acc_2", Facts{CallerRoles: []string{"auditor"}}, true},
		{"auditor administers", person, Administer, "account", "acc_2", Facts{CallerRoles: []string{"auditor"}}, false},
		{"admin administers", person, Administer, "account", "acc_2", Facts{CallerRoles: []string{"admin"}}, true},
		{"admin administers an owner", person, Administer, "account", "acc_2", Facts{CallerRoles: []string{"admin"}, ResourceRoles: []string{"owner"}}, false},
		{"admin administers an admin", person, Administer, "account", "acc_2", Facts{CallerRoles: []string{"admin"}, ResourceRoles: []string{"admin"}}, false},
		{"admin administers an auditor", person, Administer, "account", "acc_2", Facts{CallerRoles: []string{"admin"}, ResourceRoles: []string{"auditor"}}, true},
		{"owner administers an admin", person, Administer, "account", "acc_2", Facts{CallerRoles: []string{"owner"}, ResourceRoles: []string{"admin"}}, true},
		{"owner administers an owner", person, Administer, "account", "acc_2", Facts{CallerRoles: []string{"owner"}, ResourceRoles: []string{"owner"}}, true},
		{"admin binds roles", person, Own, "role", "owner", Facts{CallerRoles: []string{"admin"}}, false},
		{"owner binds roles", person, Own, "role", "owner", Facts{CallerRoles: []string{"owner"}}, true},
		{"operator does all", caller.Local(""), Own, "role", "owner", Facts{}, true},
		{"person runs a job", person, System, "event", "", Facts{CallerRoles: []string{"owner"}}, false},
		{"a role of a like name", person, Administer, "client", "c", Facts{CallerRoles: []string{"Admin", "admin ", "rol_admin"}}, false},
	} {
		got := e.Decide(Request{Caller: c.who, Action: c.kind + ".x", Class: c.class, Kind: c.kind, Resource: c.id}, c.facts)
		if got.Allowed != c.want {
			t.Errorf("%s: %v by %v", c.name, got.Allowed, got.Policies)
		}
	}
}

func TestForbidNamesItsPolicy(t *testing.T) {
	d := engine(t).Decide(Request{Caller: caller.Person("acc_1", "", "", "", ""), Action: "account.disable", Class: Administer, Kind: "account", Resource: "acc_2"},
		Facts{CallerRoles: []string{"admin"}, ResourceRoles: []string{"owner"}})
	if d.Allowed || !slices.Equal(d.Policies, []string{"administer-rank"}) {
		t.Fatalf("%+v", d)
	}
}

func TestUnknownClassIsDenied(t *testing.T) {
	if engine(t).Decide(Request{Caller: caller.Local(""), Action: "x.y", Class: "anything"}, Facts{}).Allowed {
		t.Fatal("allowed")
	}
}

func BenchmarkDecide(b *testing.B) {
	e := engine(b)
	q := Request{Caller: caller.Application("cli_1", "", ""), Action: "token.issue", Class: Issue, Kind: "client", Resource: "cli_1"}
	for b.Loop() {
		if !e.Decide(q, Facts{}).Allowed {
			b.Fatal("denied")
		}
	}
}
