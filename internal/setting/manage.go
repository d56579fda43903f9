package setting

import (
	"context"
	"encoding/json"
	"reflect"

	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/store"
)

// Document is a setting of a tenant as administrators see it.
type Document struct {
	Name     Name            `json:"name"`
	Doc      string          `json:"doc"`      // what it is about
	Document json.RawMessage `json:"document"` // the members and their values
	Version  int64           `json:"version"`  // 0 for one that was never changed
}

var (
	errNone  = guard.NotFound("There is no such setting. `cardea setting list` shows those that there are.")
	errMoved = guard.Conflict("Somebody changed this setting meanwhile. Look at it again and repeat your change.")
)

func (i *info) document(r *store.Reader, tenant id.Tenant) (Document, error) {
	stored, version, err := read(r, tenant, i.name)
	if err != nil {
		return Document{}, err
	}
	whole, err := i.apply(stored, nothing)
	return Document{i.name, i.doc, whole, version}, err
}

// Page lists all settings of a tenant for whoever may inspect.
func Page(ctx context.Context, g *guard.Guard, c caller.Caller, tenant id.Tenant) (out []Document, err error) {
	err = g.See(ctx, c, ListAll.On(tenant, "", nil), func(r *store.Reader) error {
		for _, n := range names() {
			d, err := declared[n].document(r, tenant)
			if err != nil {
				return err
			}
			out = append(out, d)
		}
		return nil
	})
	return out, err
}

// Look returns one setting. Refusal: not_found.
func Look(ctx context.Context, g *guard.Guard, c caller.Caller, tenant id.Tenant, name Name) (out Document, err error) {
	err = g.See(ctx, c, Show.On(tenant, name, nil), func(r *store.Reader) error {
		i := declared[name]
		if i == nil {
			return errNone
		}
		out, err = i.document(r, tenant)
		return err
	})
	return out, err
}

// Update writes a merge patch (RFC 7396) over a setting, if it still has the version; a negative
// version stands for whichever it has. Refusals: not_found, invalid, conflict, and what
// strictjson says of the patch.
func Update(ctx context.Context, g *guard.Guard, c caller.Caller, tenant id.Tenant, name Name, patch json.RawMessage, version int64) (out Document, err error) {
	i := declared[name]
	if i != nil { // names and types are judged before anything is looked up
		if _, err := i.apply(nothing, patch); err != nil && !isProblem(err) {
			return out, err
		}
	}
	detail := &Detail{}
	err = g.Do(ctx, c, Change.On(tenant, name, detail), func(tx *store.Tx) error {
		if i == nil {
			return errNone
		}
		stored, had, err := read(tx.Read(), tenant, name)
		if err != nil {
			return err
		}
		if version >= 0 && version != had {
			return errMoved
		}
		before, err := i.apply(stored, nothing)
		if err != nil {
			return err
		}
		whole, err := i.apply(stored, patch)
		if err != nil {
			return err
		}
		if detail.Changed, err = difference(before, whole); err != nil {
			return err
		}
		if err := put(tx, tenant, name, whole, had+1); err != nil {
			return err
		}
		out = Document{name, i.doc, whole, had + 1}
		return tx.Touch(topic)
	})
	return out, err
}

func isProblem(err error) bool {
	_, is := err.(*guard.Problem) //nolint:errorlint // checks return it bare
	return is
}

// difference lists the members whose values differ, with the new ones.
func difference(before, after json.RawMessage) (map[string]any, error) {
	var was, is map[string]any
	if err := json.Unmarshal(before, &was); err != nil {
		return nil, err
	}
	if err := json.Unmarshal(after, &is); err != nil {
		return nil, err
	}
	out := map[string]any{}
	for name, value := range is {
		if !reflect.DeepEqual(value, was[name]) {
			out[name] = value
		}
	}
	return out, nil
}

func put(tx *store.Tx, tenant id.Tenant, name Name, document json.RawMessage, version int64) error {
	_, err := tx.Exec(`INSERT INTO setting (tenant, name, document, version, updated_at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (tenant, name) DO UPDATE SET document = excluded.document, version = excluded.version, updated_at = excluded.updated_at`,
		tenant, name, string(document), version, tx.Now())
	return err
}
