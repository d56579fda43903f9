package guard

import (
	"cmp"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/policy"
	"github.com/cardea-iam/cardea/internal/store"
)

// Classes of actions; see policy.Class.
const (
	Public     = policy.Public
	Issue      = policy.Issue
	Self       = policy.Self
	Inspect    = policy.Inspect
	Administer = policy.Administer
	Own        = policy.Own
	System     = policy.System
)

// Info describes a declared action.
type Info struct {
	Name  string // "account.disable"
	Kind  string // its noun: "account"
	Class policy.Class
	Doc   string // one sentence for administrators
	Mode  store.Mode
	// ToPeople says that it is done to accounts, or that its detail names one.
	ToPeople bool

	claimed bool  // see Claimed
	person  []int // the detail's member account, nil for none
}

// Action is a verb on resources identified by R, logged with the closed struct D.
type Action[R ~string, D any] struct{ info *Info }

// Option changes how an action runs.
type Option func(*Info)

// Conditional declares that every invariant of the action is one conditional statement, so that
// it may run at read committed on PostgreSQL. Each such action has a race test.
func Conditional(i *Info) { i.Mode = store.Conditional }

// Claimed declares that a caller who is nobody yet may merely say whose account it is, as with the
// attempt at a password: what is personal of the event is a stranger's, not that account's.
func Claimed(i *Info) { i.claimed = true }

// None is the detail of actions that have none.
type None struct{}

var (
	declared = map[string]*Info{}
	nameForm = regexp.MustCompile(`^[a-z]+(_[a-z]+)*\.[a-z]+(_[a-z]+)*$`)
)

// Declare makes an action. It is called while packages initialise, in a room's actions.go; a
// name that is malformed or taken stops the program. A member "account" of D is the person whom
// the event concerns, where the resource is not an account itself.
func Declare[R ~string, D any](name string, class policy.Class, doc string, options ...Option) Action[R, D] {
	if !nameForm.MatchString(name) || doc == "" || declared[name] != nil {
		panic(fmt.Sprintf("guard: action %q is malformed, undocumented or declared twice", name))
	}
	noun, _, _ := strings.Cut(name, ".")
	i := &Info{Name: name, Kind: noun, Class: class, Doc: doc, person: accountOf(reflect.TypeFor[D]())}
	i.ToPeople = i.person != nil || strings.HasSuffix(reflect.TypeFor[R]().PkgPath(), "/account")
	for _, o := range options {
		o(i)
	}
	declared[name] = i
	return Action[R, D]{i}
}

// Actions lists what the rooms of this program have declared, by name.
func Actions() []Info {
	out := make([]Info, 0, len(declared))
	for _, i := range declared {
		out = append(out, *i)
	}
	slices.SortFunc(out, func(a, b Info) int { return cmp.Compare(a.Name, b.Name) })
	return out
}

// Name is the action's name, as policy and the log know it.
func (a Action[R, D]) Name() string { return a.info.Name }

// On says what the action is done to. detail may be filled in while the operation runs; it is
// written to the log as it stands at the end. nil is an empty detail.
func (a Action[R, D]) On(tenant id.Tenant, resource R, detail *D) Deed {
	d := Deed{info: a.info, tenant: tenant, resource: string(resource)}
	if detail != nil {
		d.detail = detail
	}
	return d
}

// Deed is an action on a resource, ready to be done.
type Deed struct {
	info     *Info
	tenant   id.Tenant
	resource string
	detail   any
}

// kind is the kind of the resource, as policies see it: accounts and sessions are recognised by
// their ids whatever the action's noun is, so that rules about people hold for consents and
// passwords too.
func (d Deed) kind() string {
	switch prefix, _, _ := strings.Cut(d.resource, "_"); prefix {
	case "acc":
		return "account"
	case "ses":
		return "session"
	}
	return d.info.Kind
}

// accountOf finds the member of a detail that names an account.
func accountOf(detail reflect.Type) []int {
	if detail.Kind() != reflect.Struct {
		return nil
	}
	for _, f := range reflect.VisibleFields(detail) {
		if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name == "account" && f.Type.Kind() == reflect.String {
			return f.Index
		}
	}
	return nil
}

// person is the account that the deed concerns: the one that it is done to, else the one that its
// detail names, else the one that does it; "" for none.
func (d Deed) person(c caller.Caller) string {
	if d.kind() == "account" && strings.HasPrefix(d.resource, "acc_") {
		return d.resource
	}
	if d.info.person != nil && d.detail != nil {
		if who := reflect.ValueOf(d.detail).Elem().FieldByIndex(d.info.person).String(); who != "" {
			return who
		}
	}
	if c.Kind == caller.Account {
		return c.ID
	}
	return ""
}
