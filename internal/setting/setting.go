package setting

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/strictjson"
)

//go:embed migrations
var files embed.FS

// Migrations are the room's tables.
var Migrations = store.Migrations{Room: "setting", Files: files}

// Name names a setting: "registration".
type Name string

// Setting is a declared subject with the documents' type.
type Setting[T any] struct{ info *info }

// info is a subject without its type.
type info struct {
	name    Name
	doc     string
	initial json.RawMessage
	// apply writes a merge patch over a stored document and returns the whole, checked.
	apply func(stored, patch json.RawMessage) (json.RawMessage, error)
}

var (
	declared = map[Name]*info{}
	nameForm = regexp.MustCompile(`^[a-z]+(_[a-z]+)*$`)
)

// Declare makes a setting. It is called while packages initialise; a name that is malformed or
// taken, or an initial document that its own check refuses, stops the program. check may be nil.
// It returns a refusal, made by guard.Invalid.
func Declare[T any](name, doc string, initial T, check func(T) error) *Setting[T] {
	text, err := json.Marshal(initial)
	if err != nil || !nameForm.MatchString(name) || doc == "" || declared[Name(name)] != nil {
		panic(fmt.Sprintf("setting: %q is malformed, undocumented or declared twice (%v)", name, err))
	}
	i := &info{name: Name(name), doc: doc, initial: text}
	i.apply = func(stored, patch json.RawMessage) (json.RawMessage, error) {
		var v T
		for _, layer := range []json.RawMessage{i.initial, stored} {
			if err := json.Unmarshal(layer, &v); err != nil {
				return nil, fmt.Errorf("the setting %s: %w", name, err)
			}
		}
		if err := strictjson.Unmarshal(patch, &v); err != nil { // RFC 7396 §2: members that are there replace
			return nil, err
		}
		if check != nil {
			if err := check(v); err != nil {
				return nil, err
			}
		}
		return json.Marshal(v)
	}
	if _, err := i.apply(nothing, nothing); err != nil {
		panic(fmt.Sprintf("setting: the initial %s: %v", name, err))
	}
	for _, word := range []string{"secret", "password", "token", "key"} {
		if strings.Contains(string(text), word+`":`) {
			panic(fmt.Sprintf("setting: %s has a %s; auditors read settings, and the log keeps them", name, word))
		}
	}
	declared[i.name] = i
	return &Setting[T]{i}
}

// nothing is the patch that changes nothing.
var nothing = json.RawMessage("{}")

// Name is the setting's name.
func (s *Setting[T]) Name() Name { return s.info.name }

// Get reads the tenant's document.
func (s *Setting[T]) Get(r *store.Reader, tenant id.Tenant) (v T, err error) {
	stored, _, err := read(r, tenant, s.info.name)
	if err != nil {
		return v, err
	}
	return s.parse(stored)
}

func (s *Setting[T]) parse(stored json.RawMessage) (v T, err error) {
	for _, layer := range []json.RawMessage{s.info.initial, stored} {
		if err := json.Unmarshal(layer, &v); err != nil {
			return v, fmt.Errorf("the setting %s: %w", s.info.name, err)
		}
	}
	return v, nil
}

// Now is Get from memory.
func (s *Setting[T]) Now(ctx context.Context, d *Directory, tenant id.Tenant) (v T, err error) {
	stored, err := d.cache.Get(ctx, place{tenant, s.info.name})
	if err != nil {
		return v, err
	}
	return s.parse(stored)
}

// Directory answers from memory. It is safe for concurrent use.
type Directory struct {
	cache *store.Cache[place, json.RawMessage]
}

type place struct {
	tenant id.Tenant
	name   Name
}

// topic is touched by every change.
const topic = "setting"

// NewDirectory returns the directory of a store.
func NewDirectory(s *store.Store) *Directory {
	return &Directory{store.NewCache(s, topic, 20_000, func(ctx context.Context, at place) (stored json.RawMessage, err error) {
		err = s.Read(ctx, at.tenant, func(r *store.Reader) error {
			stored, _, err = read(r, at.tenant, at.name)
			return err
		})
		return stored, err
	})}
}

// read returns the stored document and its version; {} and 0 where there is none.
func read(r *store.Reader, tenant id.Tenant, name Name) (json.RawMessage, int64, error) {
	var text []byte
	var version int64
	err := r.One([]any{&text, &version}, "SELECT document, version FROM setting WHERE tenant = $1 AND name = $2", tenant, name)
	if errors.Is(err, store.ErrNotFound) {
		return nothing, 0, nil
	}
	return text, version, err
}

// names lists the declared settings.
func names() []Name {
	var out []Name
	for n := range declared {
		out = append(out, n)
	}
	slices.Sort(out)
	return out
}
