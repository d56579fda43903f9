package api

import (
	"mime"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/strictjson"
	"github.com/cardea-iam/cardea/internal/web"
)

// endpoint is one row of the API's table: the routes and the OpenAPI document are made of it.
type endpoint struct {
	name   string // "client.create"; unique
	method string
	path   string // below base
	action string // guard's name of the permission
	doc    string // one sentence
	query  []param
	in     reflect.Type // nil: no body
	out    reflect.Type // nil: 204
	patch  bool         // in is a merge patch, with If-Match
	match  bool         // takes If-Match
	status int          // 0: 200
	costly bool
	body   int64 // cap on the request body in bytes; 0: the usual one
	run    func(*call) (any, error)
}

// param is a query parameter.
type param struct {
	name, doc string
	integer   bool
}

// versioned bodies carry an entity tag.
type versioned interface{ version() int64 }

// get is an endpoint that reads.
func get[Out any](name, path string, action named, doc string, query []param, run func(*call) (Out, error)) endpoint {
	return endpoint{name: name, method: http.MethodGet, path: path, action: action.Name(), doc: doc, query: query, out: reflect.TypeFor[Out](),
		run: func(c *call) (any, error) { return run(c) }}
}

// create is an endpoint that takes a body and makes something.
func create[In, Out any](name, path string, action named, doc string, run func(*call, In) (Out, error)) endpoint {
	return endpoint{name: name, method: http.MethodPost, path: path, action: action.Name(), doc: doc, status: http.StatusCreated,
		in: reflect.TypeFor[In](), out: reflect.TypeFor[Out](),
		run: func(c *call) (any, error) {
			var in In
			if err := c.decode(&in, "application/json"); err != nil {
				return nil, err
			}
			return run(c, in)
		}}
}

// change is an endpoint that takes a merge patch: load gives the present settings and their
// version, save writes the patched ones if the version still holds.
func change[In, Out any](name, path string, action named, doc string, load func(*call) (In, int64, error), save func(*call, In, int64) (Out, error)) endpoint {
	return endpoint{name: name, method: http.MethodPatch, path: path, action: action.Name(), doc: doc, patch: true,
		in: reflect.TypeFor[In](), out: reflect.TypeFor[Out](),
		run: func(c *call) (any, error) {
			// The names in the body are judged before anything is looked up: the answer to a
			// bad body does not depend on what there is.
			body, err := c.body("application/merge-patch+json", "application/json")
			if err != nil {
				return nil, err
			}
			var blank In
			if err := strictjson.Unmarshal(body, &blank); err != nil {
				return nil, err
			}
			settings, version, err := load(c)
			if err != nil {
				return nil, err
			}
			// RFC 9110 §13.1.1: without a matching entity tag the method is not performed
			if match := c.r.Header.Values("If-Match"); len(match) > 0 && !matches(match, version) {
				return nil, &guard.Problem{Code: "version_mismatch", Public: "It was changed since you looked. Look at it again and repeat your change."}
			}
			if err := strictjson.Unmarshal(body, &settings); err != nil { // RFC 7396 §2: members that are there replace
				return nil, err
			}
			return save(c, settings, version)
		}}
}

// replace is an endpoint that puts a whole thing in the place of the former one: load gives the
// version of that, save writes if the version still holds.
func replace[In, Out any](name, path string, action named, doc string, load func(*call) (int64, error), save func(*call, In, int64) (Out, error)) endpoint {
	return endpoint{name: name, method: http.MethodPut, path: path, action: action.Name(), doc: doc, match: true,
		in: reflect.TypeFor[In](), out: reflect.TypeFor[Out](),
		run: func(c *call) (any, error) {
			var in In
			if err := c.decode(&in, "application/json"); err != nil {
				return nil, err
			}
			version, err := load(c)
			if err != nil {
				return nil, err
			}
			// RFC 9110 §13.1.1: without a matching entity tag the method is not performed
			if match := c.r.Header.Values("If-Match"); len(match) > 0 && !matches(match, version) {
				return nil, &guard.Problem{Code: "version_mismatch", Public: "It was changed since you looked. Look at it again and repeat your change."}
			}
			return save(c, in, version)
		}}
}

// act is an endpoint that does something and answers nothing.
func act(name, method, path string, action named, doc string, run func(*call) error) endpoint {
	return endpoint{name: name, method: method, path: path, action: action.Name(), doc: doc,
		run: func(c *call) (any, error) {
			if c.r.ContentLength != 0 {
				return nil, &web.Refusal{Status: http.StatusBadRequest, Public: "Send this request without a body.", Cause: errBody}
			}
			return nil, run(c)
		}}
}

// send is an endpoint that takes a body and answers nothing.
func send[In any](name, method, path string, action named, doc string, run func(*call, In) error) endpoint {
	return endpoint{name: name, method: method, path: path, action: action.Name(), doc: doc, in: reflect.TypeFor[In](),
		run: func(c *call) (any, error) {
			var in In
			if err := c.decode(&in, "application/json"); err != nil {
				return nil, err
			}
			return nil, run(c, in)
		}}
}

// named is a guard.Action of any type.
type named interface{ Name() string }

func (c *call) decode(v any, media ...string) error {
	body, err := c.body(media...)
	if err != nil {
		return err
	}
	if c.cap > 0 {
		return strictjson.Unmarshal(body, v, strictjson.MaxBytes(int(c.cap)))
	}
	return strictjson.Unmarshal(body, v)
}

func (c *call) body(media ...string) ([]byte, error) {
	given, _, err := mime.ParseMediaType(c.r.Header.Get("Content-Type"))
	ok := false
	for _, m := range media {
		ok = ok || err == nil && given == m
	}
	if !ok {
		return nil, &web.Refusal{Status: http.StatusUnsupportedMediaType, Public: "Send the body as " + media[0] + ".", Cause: err}
	}
	return c.r.ReadBody()
}

// readQuery takes each parameter once and none that the endpoint does not name.
func (c *call) readQuery(known []param) error {
	given, err := web.Query(c.r)
	if err != nil {
		return err
	}
	c.query = map[string]string{}
	for _, name := range given.Names() {
		if !slices.ContainsFunc(known, func(p param) bool { return p.name == name }) {
			return badQuery(name, "there is no such parameter.")
		}
		c.query[name] = given.Get(name)
	}
	return nil
}

func badQuery(name, public string) error {
	return &web.Refusal{Status: http.StatusBadRequest, Public: "Query parameter " + strconv.Quote(name) + ": " + public}
}

func (c *call) boolean(name string) (*bool, error) {
	switch c.query[name] {
	case "":
		return nil, nil //nolint:nilnil // not given
	case "true", "false":
		yes := c.query[name] == "true"
		return &yes, nil
	}
	return nil, badQuery(name, "true or false.")
}

func (c *call) integer(name string, otherwise int64) (int64, error) {
	if c.query[name] == "" {
		return otherwise, nil
	}
	n, err := strconv.ParseInt(c.query[name], 10, 64)
	if err != nil || n < 0 {
		return 0, badQuery(name, "a whole number that is not negative.")
	}
	return n, nil
}

// path is a path parameter as an id of the prefix; what cannot be one is not looked up.
func path[ID ~string](c *call, name, prefix string, none error) (ID, error) {
	text := c.r.PathValue(name)
	if id.Check(prefix, text) != nil {
		return "", none
	}
	return ID(text), nil
}

func etag(version int64) string { return `"` + strconv.FormatInt(version, 10) + `"` }

// matches compares strongly (RFC 9110 §8.8.3.2): a weak tag never matches.
func matches(lines []string, version int64) bool {
	for _, line := range lines {
		for tag := range strings.SplitSeq(line, ",") {
			if tag = strings.TrimSpace(tag); tag == "*" || tag == etag(version) {
				return true
			}
		}
	}
	return false
}
