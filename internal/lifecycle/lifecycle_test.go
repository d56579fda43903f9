package lifecycle_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/audit"
	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/credential"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/guard/guardtest"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/lifecycle"
	"github.com/cardea-iam/cardea/internal/membership"
	"github.com/cardea-iam/cardea/internal/policy"
	"github.com/cardea-iam/cardea/internal/role"
	"github.com/cardea-iam/cardea/internal/secret"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/store/storetest"
	"github.com/cardea-iam/cardea/internal/tenant"
)

var (
	schema   = []store.Migrations{audit.Migrations, tenant.Migrations, account.Migrations, credential.Migrations, role.Migrations, membership.Migrations}
	operator = caller.Local("")
	root     = secret.NewRoot([32]byte{7})
)

type world struct {
	*guard.Guard
	t *testing.T
	l *lifecycle.Lifecycle
}

// The effect under test takes the account's credentials, as a room of sessions would take those.
func each(t *testing.T, fn func(t *testing.T, w *world)) {
	storetest.Each(t, schema, func(t *testing.T, s *store.Store) {
		engine, err := policy.New(membership.Facts)
		if err != nil {
			t.Fatal(err)
		}
		g := guard.New(s, engine)
		fn(t, &world{g, t, lifecycle.New(g, func(tx *store.Tx, in id.Tenant, who account.ID) error {
			_, err := credential.DeleteAll(tx, in, who)
			return err
		})})
	})
}

func (w *world) person(name string, roles ...membership.Role) account.ID {
	w.t.Helper()
	a, err := account.Create(w.t.Context(), w.Guard, operator, id.Default, account.New{Username: name})
	if err != nil {
		w.t.Fatal(err)
	}
	for _, r := range roles {
		if err := membership.Bind(w.t.Context(), w.Guard, operator, id.Default, r, membership.Subject{Account: a.ID}); err != nil {
			w.t.Fatal(err)
		}
	}
	if err := w.Store().Write(w.t.Context(), id.Default, store.Serializable, func(tx *store.Tx) error {
		c := credential.Credential{Account: a.ID, Kind: "password", ID: credential.Only, Data: []byte("x")}
		return credential.Put(tx, id.Default, c, credential.Seal(root, id.Default, c))
	}); err != nil {
		w.t.Fatal(err)
	}
	return a.ID
}

// state says whether the account is there and enabled, its epoch, and its credentials.
func (w *world) state(who account.ID) (out string) {
	w.t.Helper()
	if err := w.Store().Read(w.t.Context(), id.Default, func(r *store.Reader) error {
		a, err := account.Get(r, id.Default, who)
		if errors.Is(err, store.ErrNotFound) {
			out = "gone"
			return nil
		}
		if err != nil {
			return err
		}
		kinds, err := credential.Kinds(r, id.Default, who)
		out = fmt.Sprint(a.Enabled(), " ", a.Epoch, " ", kinds)
		return err
	}); err != nil {
		w.t.Fatal(err)
	}
	return out
}

func as(who account.ID) caller.Caller { return caller.Person(string(who), "", "", "", "") }

var code = guardtest.Code

func TestJoinAndLeave(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx, ann := t.Context(), w.person("ann")
		for i, step := range []struct {
			do   func() error
			want string
		}{
			{func() error { return nil }, "true 1 [password]"},
			{func() error { return w.l.Disable(ctx, operator, id.Default, ann) }, "false 2 []"},
			{func() error { return w.l.Enable(ctx, operator, id.Default, ann) }, "true 2 []"},
			{func() error { return w.l.Delete(ctx, operator, id.Default, ann) }, "gone"},
		} {
			if err := step.do(); err != nil {
				t.Fatal(err)
			}
			if got := w.state(ann); got != step.want {
				t.Errorf("step %d: %s, want %s", i, got, step.want)
			}
		}
		for _, who := range []account.ID{ann, "", "acc_\x00"} {
			for name, err := range map[string]error{
				"disable": w.l.Disable(ctx, operator, id.Default, who), "enable": w.l.Enable(ctx, operator, id.Default, who), "delete": w.l.Delete(ctx, operator, id.Default, who),
			} {
				if code(err) != "not_found" {
					t.Errorf("%s %q: %v", name, who, err)
				}
			}
		}
	})
}

func TestAFailedEffectLeavesAllAsItWas(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ann := w.person("ann")
		broken := lifecycle.New(w.Guard,
			func(tx *store.Tx, in id.Tenant, who account.ID) error {
				_, err := credential.DeleteAll(tx, in, who)
				return err
			},
			func(*store.Tx, id.Tenant, account.ID) error { return errors.New("disk on fire") })
		for name, err := range map[string]error{"disable": broken.Disable(t.Context(), operator, id.Default, ann), "delete": broken.Delete(t.Context(), operator, id.Default, ann)} {
			if !strings.HasPrefix(code(err), "fault") {
				t.Errorf("%s: %v", name, err)
			}
			if got := w.state(ann); got != "true 1 [password]" {
				t.Errorf("%s: %s", name, got)
			}
		}
	})
}

// AU25: the last owner is neither disabled nor deleted.
func TestAU25_TheLastOwnerIsNotRemoved(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx, ann := t.Context(), w.person("ann", "owner")
		for name, err := range map[string]error{"disable": w.l.Disable(ctx, as(ann), id.Default, ann), "delete": w.l.Delete(ctx, operator, id.Default, ann)} {
			if !errors.Is(err, membership.ErrLastOwner) {
				t.Errorf("%s: %v", name, err)
			}
			if got := w.state(ann); got != "true 1 [password]" {
				t.Errorf("%s: %s", name, got)
			}
		}
		bob := w.person("bob", "owner")
		if err := w.l.Disable(ctx, as(ann), id.Default, bob); err != nil {
			t.Fatal(err)
		}
		if err := w.l.Delete(ctx, as(ann), id.Default, ann); !errors.Is(err, membership.ErrLastOwner) {
			t.Errorf("the other owner is disabled: %v", err)
		}
	})
}

// AD09 and AD13: across tenants there is nobody; below one's rank there is no reach.
func TestAD13_WhoMayDisableWhom(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		people := map[string]account.ID{"owner": w.person("owner", "owner"), "admin": w.person("admin", "admin"), "auditor": w.person("auditor", "auditor"), "none": w.person("none")}
		w.person("second", "owner")
		other, err := tenant.Create(ctx, w.Guard, operator, id.Default, tenant.Tenant{Name: "other"})
		if err != nil {
			t.Fatal(err)
		}
		for actor, c := range people {
			for target, who := range people {
				want := "access_denied"
				if actor == "owner" || actor == "admin" && target != "owner" {
					want = "ok"
				}
				for name, do := range map[string]func() error{
					"disable": func() error { return w.l.Disable(ctx, as(c), id.Default, who) },
					"enable":  func() error { return w.l.Enable(ctx, as(c), id.Default, who) },
				} {
					if actor == target { // disabling oneself ends the right to go on
						continue
					}
					if got := code(do()); got != want {
						t.Errorf("%s %s %s: %s, want %s", actor, name, target, got, want)
					}
				}
				if err := w.l.Enable(ctx, operator, id.Default, who); err != nil {
					t.Fatal(err)
				}
				for name, err := range map[string]error{
					"disable": w.l.Disable(ctx, operator, other.ID, who), "enable": w.l.Enable(ctx, operator, other.ID, who), "delete": w.l.Delete(ctx, operator, other.ID, who),
				} {
					if code(err) != "not_found" {
						t.Errorf("%s across tenants: %v", name, err)
					}
				}
			}
		}
	})
}

// AD18: owners who leave at once, each in another way, leave one.
func TestAD18_LeavingAtOnceLeavesAnOwner(t *testing.T) {
	const owners = 48
	each(t, func(t *testing.T, w *world) {
		var people []account.ID
		for i := range owners {
			people = append(people, w.person(fmt.Sprint("o", i), "owner"))
		}
		errs := make([]error, owners)
		var wg sync.WaitGroup
		for i, who := range people {
			wg.Go(func() {
				switch i % 3 {
				case 0:
					errs[i] = w.l.Disable(t.Context(), operator, id.Default, who)
				case 1:
					errs[i] = w.l.Delete(t.Context(), operator, id.Default, who)
				case 2:
					errs[i] = membership.Unbind(t.Context(), w.Guard, operator, id.Default, "owner", membership.Subject{Account: who})
				}
			})
		}
		wg.Wait()
		var left bool
		if err := w.Store().Read(t.Context(), id.Default, func(r *store.Reader) (err error) {
			left, err = membership.HasOwner(r, id.Default)
			return err
		}); err != nil || !left {
			t.Fatalf("owner: %v, %v", left, err)
		}
		refused := 0
		for i, err := range errs {
			if errors.Is(err, membership.ErrLastOwner) {
				refused++
			} else if err != nil {
				t.Errorf("%d: %v", i, err)
			}
		}
		if refused != 1 {
			t.Errorf("%d were refused, want 1", refused)
		}
	})
}

// AD12: a deleted tenant leaves no row in any of these rooms' tables.
func TestAD12_RowsOfADeletedTenant(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx, g := t.Context(), w.Guard
		made, err := tenant.Create(ctx, g, operator, id.Default, tenant.Tenant{Name: "gone"})
		if err != nil {
			t.Fatal(err)
		}
		in := made.ID
		a, err := account.Create(ctx, g, operator, in, account.New{Username: "ann", Email: "ann@a.example"})
		if err != nil {
			t.Fatal(err)
		}
		r, err := role.Create(ctx, g, operator, in, role.Role{Name: "r", Permissions: []role.Permission{{Resource: id.New("res", g.Store().Now()), Name: "p"}}})
		if err != nil {
			t.Fatal(err)
		}
		group, err := membership.Create(ctx, g, operator, in, membership.Group{Name: "g"})
		if err != nil {
			t.Fatal(err)
		}
		for _, err := range []error{
			membership.Join(ctx, g, operator, in, group.ID, a.ID),
			membership.Bind(ctx, g, operator, in, membership.Role(r.ID), membership.Subject{Account: a.ID}),
			membership.Bind(ctx, g, operator, in, membership.Role(r.ID), membership.Subject{Group: group.ID}),
			membership.Bind(ctx, g, operator, in, "owner", membership.Subject{Account: a.ID}),
			g.Store().Write(ctx, in, store.Serializable, func(tx *store.Tx) error {
				c := credential.Credential{Account: a.ID, Kind: "password", ID: credential.Only, Data: []byte("x")}
				return credential.Put(tx, in, c, credential.Seal(root, in, c))
			}),
		} {
			if err != nil {
				t.Fatal(err)
			}
		}
		count := func() (out string, total int) {
			if err := g.Store().Read(ctx, id.AllTenants, func(rd *store.Reader) error {
				for _, table := range []string{"account", "account_email", "credential", "role", "role_permission", "account_group", "group_member", "account_role", "group_role"} {
					var n int
					if err := rd.One([]any{&n}, "SELECT count(*) FROM "+table+" WHERE tenant = $1", in); err != nil {
						return err
					}
					out, total = out+fmt.Sprint(table, ":", n, " "), total+n
				}
				return nil
			}); err != nil {
				t.Fatal(err)
			}
			return out, total
		}
		if rows, n := count(); n != 10 {
			t.Fatalf("before: %s", rows)
		}
		if err := tenant.Delete(ctx, g, operator, id.Default, in); err != nil {
			t.Fatal(err)
		}
		if rows, n := count(); n != 0 {
			t.Errorf("after: %s", rows)
		}
	})
}
