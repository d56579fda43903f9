package guard_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/cardea-iam/cardea/internal/audit"
	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/policy"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/store/storetest"
)

type noteID string

type noteDetail struct {
	Words int `json:"words"`
}

var (
	write = guard.Declare[noteID, noteDetail]("note.write", guard.Self, "Write a note")
	hand  = guard.Declare[noteID, guard.None]("note.hand", guard.Public, "Hand a note in")
)

var schema = []store.Migrations{audit.Migrations, {Room: "note", Files: fstest.MapFS{"migrations/20261121_note.sql": {Data: []byte(
	"CREATE TABLE note (tenant TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (tenant, id));\n")}}}}

func owner(_ *store.Reader, q policy.Request, f *policy.Facts) error {
	if q.Resource == "mine" {
		f.ResourceOwner = "acc_1"
	}
	return nil
}

func insert(tx *store.Tx, name string) error {
	_, err := tx.Exec("INSERT INTO note (tenant, id) VALUES ($1, $2)", tx.Tenant(), name)
	return err
}

func notes(t *testing.T, s *store.Store) string {
	t.Helper()
	var names []string
	if err := s.Read(t.Context(), "a", func(r *store.Reader) (err error) {
		names, err = store.Collect(r, func(row store.Row) (n string, err error) { return n, row.Scan(&n) }, "SELECT id FROM note WHERE tenant = $1 ORDER BY id", "a")
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return strings.Join(names, " ")
}

func events(t *testing.T, s *store.Store) (out []string) {
	t.Helper()
	if _, err := audit.NewLog(nil).SequenceAll(t.Context(), s, "node"); err != nil {
		t.Fatal(err)
	}
	if err := s.Read(t.Context(), "a", func(r *store.Reader) error {
		list, err := audit.NewLog(nil).Follow(r, "a", 0, 100)
		for _, e := range list {
			out = append(out, e.Action+" "+string(e.Outcome)+" "+e.Caller.Subject()+" "+e.Resource+" "+string(e.Detail))
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestHowDoEnds(t *testing.T) {
	person := caller.Person("acc_1", "", "", "", "")
	storetest.Each(t, schema, func(t *testing.T, s *store.Store) {
		engine, err := policy.New(owner)
		if err != nil {
			t.Fatal(err)
		}
		g := guard.New(s, engine)
		do := func(d guard.Deed, fn func(*store.Tx) error) error { return g.Do(context.Background(), person, d, fn) }

		detail := noteDetail{}
		if err := do(write.On("a", "mine", &detail), func(tx *store.Tx) error { detail.Words = 3; return insert(tx, "done") }); err != nil {
			t.Fatal(err)
		}
		var denied *guard.Denied
		if err := do(write.On("a", "yours", nil), func(tx *store.Tx) error { return insert(tx, "denied") }); !errors.As(err, &denied) {
			t.Fatalf("want a denial, got %v", err)
		}
		var problem *guard.Problem
		if err := do(hand.On("a", "mine", nil), func(tx *store.Tx) error {
			tx.OnRefusal(func(tx *store.Tx) error { return insert(tx, "scar") })
			if err := insert(tx, "refused"); err != nil {
				return err
			}
			return guard.Conflict("There is one already.")
		}); !errors.As(err, &problem) {
			t.Fatalf("want a refusal, got %v", err)
		}
		if err := do(hand.On("a", "mine", nil), func(tx *store.Tx) error {
			tx.OnRefusal(func(tx *store.Tx) error { return insert(tx, "scar of a fault") })
			if err := insert(tx, "fault"); err != nil {
				return err
			}
			return errors.New("disk on fire")
		}); err == nil || errors.As(err, &problem) {
			t.Fatalf("want a fault, got %v", err)
		}

		if got := notes(t, s); got != "done scar" {
			t.Errorf("rows: %s", got)
		}
		want := []string{
			`note.write done account:acc_1 mine {"words":3}`,
			`note.write denied account:acc_1 yours {"code":"access_denied"}`,
			`note.hand refused account:acc_1 mine {"code":"conflict"}`,
		}
		if got := events(t, s); strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Errorf("events:\n%s", strings.Join(got, "\n"))
		}
	})
}

func TestSeeDecidesAndWritesNothing(t *testing.T) {
	storetest.Each(t, schema, func(t *testing.T, s *store.Store) {
		engine, err := policy.New(owner)
		if err != nil {
			t.Fatal(err)
		}
		g := guard.New(s, engine)
		seen := 0
		look := func(*store.Reader) error { seen++; return nil }
		if err := g.See(t.Context(), caller.Person("acc_1", "", "", "", ""), write.On("a", "mine", nil), look); err != nil || seen != 1 {
			t.Fatalf("%v, seen %d", err, seen)
		}
		if err := g.See(t.Context(), caller.Person("acc_2", "", "", "", ""), write.On("a", "mine", nil), look); err == nil || seen != 1 {
			t.Fatalf("%v, seen %d", err, seen)
		}
		if got := events(t, s); len(got) != 0 {
			t.Fatalf("events: %v", got)
		}
	})
}

func TestNoTransactionWithoutEvent(t *testing.T) {
	storetest.Each(t, schema, func(t *testing.T, s *store.Store) {
		engine, err := policy.New(owner)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Write(t.Context(), id.AllTenants, store.Serializable, func(tx *store.Tx) error {
			_, err := tx.Exec("ALTER TABLE event RENAME TO event_gone")
			return err
		}); err != nil {
			t.Fatal(err)
		}
		err = guard.New(s, engine).Do(t.Context(), caller.Nobody("", ""), hand.On("a", "x", nil), func(tx *store.Tx) error { return insert(tx, "x") })
		if err == nil || notes(t, s) != "" {
			t.Fatalf("written without an event: %v %q", err, notes(t, s))
		}
	})
}

// Only these may open a write transaction: guard, the migrations, and the jobs that keep the
// log's and the outbox's own books.
func TestOnlyGuardOpensTransactions(t *testing.T) {
	out, err := exec.Command("grep", "-rlE", `[sS]tore(\(\))?\.Write\(|\.Write\(.*store\.(Serializable|Conditional)`, "--include=*.go", "..").Output()
	if err != nil {
		t.Fatal(err)
	}
	allowed := []string{"../guard/guard.go", "../store/", "../outbox/worker.go", "../audit/job.go", "../oauth/oauthtest/", "../factor/factortest/"}
	for _, file := range strings.Fields(string(out)) {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		ok := false
		for _, a := range allowed {
			ok = ok || strings.HasPrefix(file, a)
		}
		if !ok {
			t.Errorf("%s opens a write transaction: go through guard.Do", file)
		}
	}
	if _, err := os.Stat("guard.go"); err != nil {
		t.Fatal("the test runs in the wrong folder")
	}
}
