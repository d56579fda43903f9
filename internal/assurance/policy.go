package assurance

import (
	_ "embed" // the built-in policies
	"errors"
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/client"
	"github.com/cardea-iam/cardea/internal/geo"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/membership"
	"github.com/cardea-iam/cardea/internal/policy"
	"github.com/cardea-iam/cardea/internal/reputation"
	"github.com/cardea-iam/cardea/internal/role"
	"github.com/cardea-iam/cardea/internal/store"
)

//go:embed builtin/signin.cedarschema
var schemaText []byte

//go:embed builtin/signin.cedar
var builtinText string

// floor is the built-in policy that cannot be switched off.
const floor PolicyID = "signin-floor"

// PolicyID names a policy: "apo_…" one of the tenant's own, "signin-…" a built-in one.
type PolicyID string

// Policy is one policy of sign-in.
type Policy struct {
	ID      PolicyID `json:"id"`
	Name    string   `json:"name"` // unique in the tenant; 1–64 of a–z, 0–9 and inner . _ -
	Source  string   `json:"source"`
	Says    []string `json:"says"` // what its statements do, in plain words
	Enabled bool     `json:"enabled"`
	Builtin bool     `json:"builtin"`

	CreatedAt time.Time `json:"created_at,omitzero"` // zero for built-in ones
	UpdatedAt time.Time `json:"updated_at,omitzero"`
	Version   int64     `json:"version"`
}

// Room decides sign-ins. It is safe for concurrent use.
type Room struct {
	guard      *guard.Guard
	schema     *policy.Schema
	builtin    []policy.Statement
	geo        *geo.Database
	reputation *reputation.List

	mu   sync.Mutex
	sets map[id.Tenant]versioned
}

type versioned struct {
	version int64
	set     *policy.Set
}

// maxSets bounds the tenants whose compiled policies are kept.
const maxSets = 1000

// Options are what the operator may give. Each may be nil: then nothing is known.
type Options struct {
	Geo        *geo.Database
	Reputation *reputation.List
}

// New compiles the built-in policies. An error is meant to stop the start.
func New(g *guard.Guard, o Options) (*Room, error) {
	room := &Room{guard: g, geo: o.Geo, reputation: o.Reputation, sets: map[id.Tenant]versioned{}}
	var err error
	if room.schema, err = policy.ParseSchema("signin.cedarschema", schemaText); err != nil {
		return nil, err
	}
	if room.builtin, err = room.schema.Parse(builtinText); err != nil {
		return nil, fmt.Errorf("signin.cedar: %w", err)
	}
	for _, s := range room.builtin {
		if !strings.HasPrefix(s.ID, "signin-") || s.Says == "" || s.Forbids == (s.ID == string(floor)) {
			return nil, fmt.Errorf("signin.cedar: %q is not a forbid with an @id and @says", s.ID)
		}
	}
	set, err := policy.NewSet(room.builtin...)
	if err != nil {
		return nil, err
	}
	return room, room.fits(set)
}

// fits holds the circumstances that Decide gives against the schema: a field that one of them
// lacks would make policies fail at sign-ins.
func (room *Room) fits(set *policy.Set) error {
	for _, a := range []Attempt{{}, {Address: netip.IPv6Loopback()}} {
		h := hearingOf(set, nil, a, contexts{})
		for _, action := range []string{signIn, silently, unchanged} {
			q, err := h.question(action, ladder[0])
			if err != nil {
				return err
			}
			if err := room.schema.Fits(q); err != nil {
				return err
			}
		}
	}
	return nil
}

// set returns the tenant's compiled policies in the version that r sees.
func (room *Room) set(r *store.Reader, tenant id.Tenant) (*policy.Set, error) {
	version, err := versionOf(r, tenant)
	if err != nil {
		return nil, err
	}
	room.mu.Lock()
	kept, ok := room.sets[tenant]
	room.mu.Unlock()
	if ok && kept.version == version {
		return kept.set, nil
	}
	set, err := room.compile(r, tenant, nil)
	if err != nil {
		return nil, err
	}
	room.mu.Lock()
	defer room.mu.Unlock()
	if len(room.sets) >= maxSets {
		clear(room.sets)
	}
	room.sets[tenant] = versioned{version, set}
	return set, nil
}

// compile puts together what is enabled, after change has had its way with it.
func (room *Room) compile(r *store.Reader, tenant id.Tenant, change func([]Policy) []Policy) (*policy.Set, error) {
	list, err := room.all(r, tenant)
	if err != nil {
		return nil, err
	}
	if change != nil {
		list = change(list)
	}
	var statements []policy.Statement
	for _, p := range list {
		switch {
		case !p.Enabled:
		case p.Builtin:
			statements = append(statements, room.builtin[room.find(p.ID)])
		default:
			own, err := room.parse(p.ID, p.Source)
			if err != nil {
				// Fail closed and say where to look: a policy that was accepted by an older
				// version of the schema is switched off or rewritten by an administrator.
				return nil, fmt.Errorf("policy %s of tenant %s no longer compiles: %w", p.ID, tenant, err)
			}
			statements = append(statements, own...)
		}
	}
	return policy.NewSet(statements...)
}

// all lists the built-in policies, then the tenant's own in order of id.
func (room *Room) all(r *store.Reader, tenant id.Tenant) ([]Policy, error) {
	off, err := switchedOff(r, tenant)
	if err != nil {
		return nil, err
	}
	list := make([]Policy, len(room.builtin))
	for i, s := range room.builtin {
		list[i] = Policy{ID: PolicyID(s.ID), Name: s.ID, Source: s.Source, Says: []string{s.Says}, Builtin: true, Enabled: !slices.Contains(off, PolicyID(s.ID)), Version: 1}
	}
	own, err := policies(r, tenant)
	if err != nil {
		return nil, err
	}
	for i := range own {
		own[i].Says = room.says(own[i])
	}
	return append(list, own...), nil
}

func (room *Room) says(p Policy) []string {
	out := []string{}
	statements, err := room.parse(p.ID, p.Source)
	if err != nil {
		return append(out, "It no longer compiles: "+err.Error())
	}
	for _, s := range statements {
		out = append(out, s.Says)
	}
	return out
}

func (room *Room) find(p PolicyID) int {
	return slices.IndexFunc(room.builtin, func(s policy.Statement) bool { return s.ID == string(p) })
}

// The bounds of a policy.
const (
	maxSource     = 16 << 10 // bytes
	maxStatements = 20
	maxSays       = 300 // bytes
	maxPolicies   = 100 // of a tenant
)

var nameForm = regexp.MustCompile(`^[a-z0-9]([a-z0-9._-]{0,62}[a-z0-9])?$`)

// parse reads a tenant's policy. Its statements are called ID, ID/2, ID/3 and so on. Refusal:
// invalid (source).
func (room *Room) parse(p PolicyID, source string) ([]policy.Statement, error) {
	if len(source) > maxSource {
		return nil, guard.Invalid("source", "A policy has at most 16 KiB.")
	}
	list, err := room.schema.Parse(source)
	var wrong *policy.TextError
	if errors.As(err, &wrong) {
		return nil, guard.Invalid("source", wrong.Error())
	}
	if err != nil {
		return nil, err
	}
	if len(list) == 0 || len(list) > maxStatements {
		return nil, guard.Invalid("source", "A policy has 1 to 20 statements.")
	}
	for i := range list {
		at := fmt.Sprintf("line %d: ", list[i].Line)
		switch says := strings.TrimSpace(list[i].Says); {
		case !list[i].Forbids:
			return nil, guard.Invalid("source", at+"a policy of sign-in forbids: signing in is permitted unless some policy forbids it. Write forbid … unless …")
		case says == "" || len(says) > maxSays || strings.ContainsFunc(says, func(r rune) bool { return r < ' ' }):
			return nil, guard.Invalid("source", at+`say in plain words what it does, for those who ask why: put @says("…") before it, one line of at most 300 bytes.`)
		}
		list[i].ID = string(p)
		if i > 0 {
			list[i].ID = fmt.Sprintf("%s/%d", p, i+1)
		}
	}
	return list, nil
}

// known refuses a policy that names groups, roles, applications or accounts that do not exist: it would never
// match. Refusal: invalid (source).
func known(r *store.Reader, tenant id.Tenant, list []policy.Statement) error {
	for _, s := range list {
		for _, e := range s.Mentions {
			var found bool
			var err error
			switch e.Type {
			case "Group":
				var groups []membership.Group
				groups, err = membership.List(r, tenant, membership.GroupFilter{Name: e.ID}, "", 1)
				found = len(groups) > 0
				if !found && err == nil {
					_, err = membership.Get(r, tenant, membership.GroupID(e.ID))
					found = err == nil
				}
			case "Client":
				if found = e.ID == string(Pages); !found {
					_, err = client.Get(r, tenant, client.ID(e.ID))
					found = err == nil
				}
			case "Account":
				_, err = account.Get(r, tenant, account.ID(e.ID))
				found = err == nil
			case "Role":
				if found = role.Builtin(e.ID); !found {
					var roles []role.Role
					roles, err = role.List(r, tenant, role.Filter{Name: e.ID}, "", 1)
					if found = len(roles) > 0; !found && err == nil {
						_, err = role.Get(r, tenant, role.ID(e.ID))
						found = err == nil
					}
				}
			default:
				found = true // the schema knows actions
			}
			if err != nil && !errors.Is(err, store.ErrNotFound) {
				return err
			}
			if !found {
				return guard.Invalid("source", fmt.Sprintf("There is no %s::%q. Groups and roles go by name or id, applications by client_id (or \"account\" for the pages of Cardea), accounts by id.", e.Type, e.ID))
			}
		}
	}
	return nil
}

// belongs lists what an account is in, as far as the set looks at it: groups and roles by id and
// by name. A name that looks like an id counts as none, so that nobody is put into a group by
// naming another one.
func belongs(r *store.Reader, tenant id.Tenant, set *policy.Set, who account.ID) ([]policy.Entity, error) {
	var in []policy.Entity
	add := func(kind, prefix, own, name string) {
		in = append(in, policy.Entity{Type: kind, ID: own})
		if id.Check(prefix, name) != nil {
			in = append(in, policy.Entity{Type: kind, ID: name})
		}
	}
	for after := membership.GroupID(""); set.Mentions("Group"); {
		groups, err := membership.List(r, tenant, membership.GroupFilter{Member: who}, after, membership.MaxPage)
		if err != nil {
			return nil, err
		}
		for _, g := range groups {
			add("Group", "grp", string(g.ID), g.Name)
			after = g.ID
		}
		if len(groups) < membership.MaxPage {
			break
		}
	}
	if !set.Mentions("Role") {
		return in, nil
	}
	roles, err := membership.RolesOf(r, tenant, who)
	if err != nil {
		return nil, err
	}
	for _, x := range roles {
		name := string(x)
		if !x.Builtin() {
			own, err := role.Get(r, tenant, role.ID(x))
			if err != nil {
				return nil, err
			}
			name = own.Name
		}
		add("Role", "rol", string(x), name)
	}
	return in, nil
}
