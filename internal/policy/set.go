package policy

import (
	"errors"
	"fmt"
	"net/netip"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	cedar "github.com/cedar-policy/cedar-go"
	"github.com/cedar-policy/cedar-go/types"
	"github.com/cedar-policy/cedar-go/x/exp/ast"
	"github.com/cedar-policy/cedar-go/x/exp/schema"
	"github.com/cedar-policy/cedar-go/x/exp/schema/validate"
)

// Schema is the vocabulary of policies that administrators write: which entities, actions and
// fields of the context there are. It is immutable and safe for concurrent use.
type Schema struct{ validator *validate.Validator }

// ParseSchema reads a schema in Cedar's form; name is what errors call it.
func ParseSchema(name string, text []byte) (*Schema, error) {
	var s schema.Schema
	s.SetFilename(name)
	if err := s.UnmarshalCedar(text); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	resolved, err := s.Resolve()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return &Schema{validate.New(resolved)}, nil
}

// Statement is one policy: a permit or a forbid.
type Statement struct {
	ID      string // unique in a Set
	Says    string // its @says: what it does, in plain words
	Forbids bool
	Source  string // the statement alone, in canonical form
	Line    int    // where it begins in the text, counted from 1
	// Mentions are the entities that it names, such as Group::"payroll".
	Mentions []Entity

	compiled *cedar.Policy
}

// TextError says what is wrong with the text of a policy, and where.
type TextError struct {
	Line, Column int // counted from 1; 0 where it is the text as a whole
	Problem      string
}

// Error implements error.
func (e *TextError) Error() string {
	if e.Line == 0 {
		return e.Problem
	}
	return fmt.Sprintf("line %d, column %d: %s", e.Line, e.Column, e.Problem)
}

// Parse reads the statements of a text and holds them against the schema in Cedar's strict mode:
// what it returns cannot fail on a question that fits the schema, but for overflow. A statement's
// ID is its @id, "" without one. The error is a *TextError.
func (s *Schema) Parse(text string) ([]Statement, error) {
	list, err := cedar.NewPolicyListFromBytes("", []byte(text))
	if err != nil {
		return nil, parseError(err)
	}
	out := make([]Statement, len(list))
	for i, p := range list {
		if err := s.validator.Policy("", (*ast.Policy)(p.AST())); err != nil {
			return nil, locate(text, p, list[i+1:], err)
		}
		notes := p.Annotations()
		out[i] = Statement{
			ID: string(notes["id"]), Says: string(notes["says"]), Forbids: p.Effect() == cedar.Forbid,
			Source: string(p.MarshalCedar()), Line: p.Position().Line, compiled: p,
		}
		out[i].Mentions = mentions(out[i].Source)
	}
	return out, nil
}

var (
	position  = regexp.MustCompile(`(?s)<input>:(\d+):(\d+):? (.*)$`)
	instead   = regexp.MustCompile(`^".*": exact got (.*) want (.*)$`)
	mentioned = regexp.MustCompile(`\b([A-Za-z_]\w*)::("(?:[^"\\]|\\.)*")`)
	quoted    = regexp.MustCompile("`([^`]+)`")
	ofAction  = regexp.MustCompile(" (in context )?for (Action::\"\\w+\")")
)

// parseError takes the position out of the parser's words.
func parseError(err error) error {
	m := position.FindStringSubmatch(err.Error())
	if m == nil {
		return &TextError{Problem: "not in the form of Cedar: " + strings.TrimPrefix(err.Error(), "parser error: ")}
	}
	line, _ := strconv.Atoi(m[1])
	column, _ := strconv.Atoi(m[2])
	return &TextError{line, column, "not in the form of Cedar: " + instead.ReplaceAllString(m[3], "$2 is expected in the place of $1")}
}

// locate finds what the validator complains about in the text: the first thing that it names,
// else the statement.
func locate(text string, p *cedar.Policy, behind cedar.PolicyList, err error) error {
	problem, _, _ := strings.Cut(err.Error(), "\n")
	at := p.Position()
	found := &TextError{at.Line, at.Column, ofAction.ReplaceAllString(problem, " in the context of $2")}
	end := len(text)
	if len(behind) > 0 {
		end = behind[0].Position().Offset
	}
	name := quoted.FindStringSubmatch(problem)
	if name == nil || at.Offset > end {
		return found
	}
	i := strings.Index(text[at.Offset:end], name[1])
	if i < 0 {
		return found
	}
	before := text[:at.Offset+i]
	found.Line = 1 + strings.Count(before, "\n")
	found.Column = 1 + len([]rune(before[strings.LastIndexByte(before, '\n')+1:]))
	return found
}

// mentions finds entities in canonical text, where quotes inside of strings are escaped.
func mentions(text string) []Entity {
	var out []Entity
	for _, m := range mentioned.FindAllStringSubmatch(text, -1) {
		if name, err := strconv.Unquote(m[2]); err == nil && !slices.Contains(out, Entity{m[1], name}) {
			out = append(out, Entity{m[1], name})
		}
	}
	return out
}

// Set is compiled policies that are asked together. It is immutable and safe for concurrent use.
type Set struct {
	policies   *cedar.PolicySet
	statements map[cedar.PolicyID]Statement
	types      map[string]bool
}

// NewSet puts statements together; each needs an ID of its own.
func NewSet(statements ...Statement) (*Set, error) {
	s := &Set{cedar.NewPolicySet(), map[cedar.PolicyID]Statement{}, map[string]bool{}}
	for _, st := range statements {
		if st.ID == "" || st.compiled == nil || !s.policies.Add(cedar.PolicyID(st.ID), st.compiled) {
			return nil, fmt.Errorf("policy %q: each policy needs an @id of its own", st.ID)
		}
		s.statements[cedar.PolicyID(st.ID)] = st
		for _, e := range st.Mentions {
			s.types[e.Type] = true
		}
	}
	return s, nil
}

// Mentions tells whether some statement names an entity of a type: what none looks at need not be
// loaded.
func (s *Set) Mentions(entity string) bool { return s.types[entity] }

// Entity names something: Type "Account", ID "acc_…".
type Entity struct{ Type, ID string }

func (e Entity) uid() cedar.EntityUID {
	return types.NewEntityUID(types.EntityType(e.Type), cedar.String(e.ID))
}

// Question is what a Set answers.
type Question struct {
	Principal Entity
	In        []Entity // what the principal belongs to
	Action    string
	Resource  Entity
	Context   Context
}

// Answer is the decision with the statements that determined it.
type Answer struct {
	Allowed  bool
	Because  []Statement // the forbids that matched; else the permits
	Failures []string    // statements that could not be evaluated: the answer is no
}

// Ask answers: default deny, forbid wins, and a statement that fails is a no.
func (s *Set) Ask(q Question) Answer {
	parents := make([]types.EntityUID, len(q.In))
	for i, e := range q.In {
		parents[i] = e.uid()
	}
	who := q.Principal.uid()
	world := types.EntityMap{who: {UID: who, Parents: types.NewEntityUIDSet(parents...)}}
	decision, diagnostic := cedar.Authorize(s.policies, world, cedar.Request{
		Principal: who, Action: types.NewEntityUID("Action", cedar.String(q.Action)), Resource: q.Resource.uid(), Context: q.Context.record,
	})
	a := Answer{Allowed: decision == cedar.Allow && len(diagnostic.Errors) == 0}
	for _, r := range diagnostic.Reasons {
		a.Because = append(a.Because, s.statements[r.PolicyID])
	}
	slices.SortFunc(a.Because, func(x, y Statement) int { return strings.Compare(x.ID, y.ID) })
	for _, e := range diagnostic.Errors {
		a.Failures = append(a.Failures, string(e.PolicyID))
	}
	slices.Sort(a.Failures)
	return a
}

// Fits reports whether a question is one that the schema knows; the error says why not.
func (s *Schema) Fits(q Question) error {
	return s.validator.Request(cedar.Request{
		Principal: q.Principal.uid(), Action: types.NewEntityUID("Action", cedar.String(q.Action)), Resource: q.Resource.uid(), Context: q.Context.record,
	})
}

// Context is the circumstances of a question.
type Context struct{ record types.Record }

// ContextOf makes a context of structs: each exported field becomes the one that its json tag
// names ("-" none), those of embedded structs beside it. A field is a bool, an int, a string, a []string, a
// time.Time (datetime) or a netip.Addr (ipaddr; the zero address is left out).
func ContextOf(parts ...any) (Context, error) {
	m := types.RecordMap{}
	for _, p := range parts {
		if err := fill(m, reflect.ValueOf(p)); err != nil {
			return Context{}, err
		}
	}
	return Context{types.NewRecord(m)}, nil
}

var errField = errors.New("policy: a field of a context has a type that Cedar lacks")

func fill(m types.RecordMap, v reflect.Value) error {
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if f.Anonymous {
			if err := fill(m, v.Field(i)); err != nil {
				return err
			}
			continue
		}
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "-" {
			continue
		}
		value, err := valueOf(v.Field(i))
		if err != nil {
			return fmt.Errorf("%w: %s", err, f.Name)
		}
		if value != nil {
			m[cedar.String(name)] = value
		}
	}
	return nil
}

func valueOf(v reflect.Value) (types.Value, error) {
	switch x := v.Interface().(type) {
	case time.Time:
		return types.NewDatetime(x), nil
	case netip.Addr:
		if !x.IsValid() {
			return nil, nil //nolint:nilnil // left out
		}
		x = x.Unmap().WithZone("")
		return types.IPAddr(netip.PrefixFrom(x, x.BitLen())), nil
	case []string:
		set := make([]types.Value, len(x))
		for i, s := range x {
			set[i] = types.String(s)
		}
		return types.NewSet(set...), nil
	}
	switch v.Kind() { //nolint:exhaustive // what Cedar has
	case reflect.Bool:
		return types.Boolean(v.Bool()), nil
	case reflect.Int, reflect.Int64:
		return types.Long(v.Int()), nil
	case reflect.String:
		return types.String(v.String()), nil
	}
	return nil, errField
}
