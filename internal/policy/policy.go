package policy

import (
	"embed"
	"fmt"
	"slices"
	"strings"

	cedar "github.com/cedar-policy/cedar-go"
	"github.com/cedar-policy/cedar-go/types"

	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/store"
)

//go:embed builtin/*.cedar
var builtin embed.FS

// Class is the sort of an action: who, in principle, may do it.
type Class string

// The classes; builtin/<class>.cedar says what each means.
const (
	Public     Class = "public"
	Issue      Class = "issue"
	Self       Class = "self"
	Inspect    Class = "inspect"
	Administer Class = "administer"
	Own        Class = "own"
	System     Class = "system"
)

// Classes lists all classes.
var Classes = []Class{Public, Issue, Self, Inspect, Administer, Own, System}

// Role is a built-in role of the administration.
type Role string

// The built-in roles.
const (
	Owner   Role = "owner"   // governs the tenant
	Admin   Role = "admin"   // runs it day by day
	Auditor Role = "auditor" // sees all, changes nothing
)

// BuiltinRoles lists the built-in roles, strongest first.
var BuiltinRoles = []Role{Owner, Admin, Auditor}

// Request is a question to decide.
type Request struct {
	Caller   caller.Caller
	Action   string // "account.disable"
	Class    Class
	Kind     string // kind of the resource: "account"
	Resource string // its id
}

// Facts are what the policies may look at besides the request itself.
type Facts struct {
	CallerRoles   []string // built-in roles of the calling account
	ResourceOwner string   // account id of the person whom the resource belongs to, or who it is
	ResourceRoles []string // built-in roles of that person
}

// Loader adds the facts that its room knows to f. It reads inside the deciding transaction.
type Loader func(r *store.Reader, q Request, f *Facts) error

// Decision is Cedar's answer.
type Decision struct {
	Allowed  bool
	Policies []string // ids of the policies that determined it
}

// Engine holds the compiled policies. It is immutable and safe for concurrent use.
type Engine struct {
	sets    map[Class]*cedar.PolicySet
	loaders []Loader
}

// New compiles the built-in policies.
func New(loaders ...Loader) (*Engine, error) {
	e := &Engine{sets: map[Class]*cedar.PolicySet{}, loaders: loaders}
	for _, c := range Classes {
		name := "builtin/" + string(c) + ".cedar"
		text, err := builtin.ReadFile(name)
		if err != nil {
			return nil, err
		}
		list, err := cedar.NewPolicyListFromBytes(name, text)
		if err != nil {
			return nil, err
		}
		set := cedar.NewPolicySet()
		for _, p := range list {
			policyID, ok := p.Annotations()["id"]
			if !ok || !set.Add(cedar.PolicyID(policyID), p) {
				return nil, fmt.Errorf("%s: each policy needs an @id of its own", name)
			}
		}
		e.sets[c] = set
	}
	return e, nil
}

// Facts loads what the policies of the request's class may look at.
func (e *Engine) Facts(r *store.Reader, q Request) (Facts, error) {
	var f Facts
	switch q.Class {
	case Public, Issue, System:
		return f, nil // their policies look at the request alone
	case Self, Inspect, Administer, Own:
	}
	if q.Kind == "account" {
		f.ResourceOwner = q.Resource
	}
	for _, load := range e.loaders {
		if err := load(r, q, &f); err != nil {
			return f, fmt.Errorf("load facts for %s: %w", q.Action, err)
		}
	}
	return f, nil
}

// Decide answers the request. An unknown class, a caller of no kind, and any error while
// evaluating are denials.
func (e *Engine) Decide(q Request, f Facts) Decision {
	set := e.sets[q.Class]
	if set == nil || q.Caller.Kind == "" || q.Action == "" {
		return Decision{}
	}
	principal := cedar.EntityUID{Type: entityType(string(q.Caller.Kind)), ID: cedar.String(q.Caller.ID)}
	world := entities{
		action:    types.NewEntityUID("Action", cedar.String(q.Action)),
		class:     types.NewEntityUID("Action", cedar.String(q.Class)),
		principal: types.Entity{UID: principal, Parents: roles(f.CallerRoles)},
		resource:  types.Entity{UID: cedar.EntityUID{Type: entityType(q.Kind), ID: cedar.String(q.Resource)}, Parents: roles(f.ResourceRoles)},
	}
	if f.ResourceOwner != "" {
		world.resource.Attributes = types.NewRecord(types.RecordMap{"owner": types.NewEntityUID("Account", cedar.String(f.ResourceOwner))})
	}
	decision, diagnostic := cedar.Authorize(set, &world, cedar.Request{Principal: principal, Action: world.action, Resource: world.resource.UID})
	d := Decision{Allowed: decision == cedar.Allow && len(diagnostic.Errors) == 0}
	for _, r := range diagnostic.Reasons {
		d.Policies = append(d.Policies, string(r.PolicyID))
	}
	slices.Sort(d.Policies)
	return d
}

// entities is the small world of one request.
type entities struct {
	action, class       types.EntityUID
	principal, resource types.Entity
}

// Get implements types.EntityGetter.
func (w *entities) Get(uid types.EntityUID) (types.Entity, bool) {
	switch uid {
	case w.action:
		return types.Entity{UID: uid, Parents: types.NewEntityUIDSet(w.class)}, true
	case w.principal.UID:
		if uid == w.resource.UID { // an account acting on itself
			both := w.principal
			both.Attributes = w.resource.Attributes
			return both, true
		}
		return w.principal, true
	case w.resource.UID:
		return w.resource, true
	}
	return types.Entity{}, false
}

func roles(names []string) types.EntityUIDSet {
	if len(names) == 0 {
		return types.EntityUIDSet{}
	}
	uids := make([]types.EntityUID, len(names))
	for i, n := range names {
		uids[i] = types.NewEntityUID("Role", cedar.String(n))
	}
	return types.NewEntityUIDSet(uids...)
}

// entityType is the kind with a capital: "account" is Cedar's type Account.
func entityType(kind string) types.EntityType {
	switch kind {
	case "account":
		return "Account"
	case "client":
		return "Client"
	case "":
		return "None"
	}
	return types.EntityType(strings.ToUpper(kind[:1]) + kind[1:])
}
