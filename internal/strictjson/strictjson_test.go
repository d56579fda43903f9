package strictjson

import (
	stdjson "encoding/json"
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"
)

type person struct {
	Sub  string   `json:"sub"`
	List []string `json:"list"`
	Sex  *struct {
		Deep any `json:"deep"`
	} `json:"nested"`
}

func TestJW17_OddKeys(t *testing.T) {
	for what, doc := range map[string]string{
		"odd case beside":     `{"sub":"a","SUB":"b"}`,
		"odd case alone":      `{"Sub":"a"}`,
		"kelvin sign":         "{\"\u212aey\":1}",
		"long s":              "{\"\u017fub\":\"a\"}",
		"duplicate":           `{"sub":"a","sub":"a"}`,
		"duplicate by escape": `{"sub":"a","\u0073ub":"b"}`,
		"duplicate nested":    `{"nested":{"deep":{"x":1,"x":2}}}`,
		"NUL escaped in key":  `{"sub\u0000":"a"}`,
		"NUL in value":        `{"sub":"a\u0000"}`,
		"NUL raw in key":      "{\"sub\x00\":\"a\"}",
		"invalid UTF-8":       "{\"sub\":\"\xff\"}",
		"invalid UTF-8 key":   "{\"\xc0\xaf\":\"\"}",
		"lone surrogate":      `{"sub":"\ud800"}`,
		"UTF-16":              "\xff\xfe{\x00}\x00",
		"byte order mark":     "\ufeff{}",
		"trailing data":       `{"sub":"a"}{}`,
		"trailing brace":      `{"sub":"a"}}`,
		"trailing comma":      `{"sub":"a",}`,
		"comment":             `{"sub":"a"/**/}`,
		"single quotes":       `{'sub':'a'}`,
		"empty":               ``,
		"cut":                 `{"sub":"a`,
		"wrong type":          `{"sub":1}`,
		"raw line end":        "{\"sub\":\"a\nb\"}",
		"leading zero":        `{"nested":{"deep":01}}`,
		"NaN":                 `{"nested":{"deep":NaN}}`,
	} {
		var p person
		var e *Error
		if err := Unmarshal([]byte(doc), &p); !errors.As(err, &e) {
			t.Errorf("%s: got %+v, %v", what, p, err)
		}
		if what == "odd case alone" || what == "odd case beside" || what == "kelvin sign" || what == "long s" {
			// Where unknown names are ignored, an odd case is an unknown name and never the known one.
			p = person{}
			if err := Unmarshal([]byte(doc), &p, AllowUnknown()); err != nil || p.Sub == "b" || (p.Sub != "" && what != "odd case beside") {
				t.Errorf("%s, open: got %+v, %v", what, p, err)
			}
			continue
		}
		if err := Unmarshal([]byte(doc), &p, AllowUnknown()); err == nil {
			t.Errorf("%s, open: accepted", what)
		}
	}
}

func TestAD15_MassAssignment(t *testing.T) {
	var p person
	err := Unmarshal([]byte(`{"sub":"a","role":"owner"}`), &p)
	var e *Error
	if !errors.As(err, &e) || e.Pointer != "/role" || !strings.Contains(err.Error(), "unknown name") {
		t.Errorf("got %v", err)
	}
	if err := Unmarshal([]byte(`{"nested":{"deep":1,"admin":true}}`), &p); !errors.As(err, &e) || e.Pointer != "/nested/admin" {
		t.Errorf("got %v", err)
	}
}

func TestOP05_Bombs(t *testing.T) {
	nested := func(n int) string {
		return `{"nested":{"deep":` + strings.Repeat("[", n-2) + strings.Repeat("]", n-2) + `}}`
	}
	var p person
	if err := Unmarshal([]byte(nested(MaxDepth)), &p); err != nil {
		t.Errorf("depth %d: %v", MaxDepth, err)
	}
	for what, doc := range map[string]string{
		"depth 33":     nested(MaxDepth + 1),
		"depth 30000":  strings.Repeat(`{"a":`, 10000),
		"unclosed":     strings.Repeat("[", 60000),
		"huge string":  `{"sub":"` + strings.Repeat("a", DefaultBytes) + `"}`,
		"huge padding": `{}` + strings.Repeat(" ", DefaultBytes),
		"huge number":  `{"nested":{"deep":1e999}}`,
	} {
		if err := Unmarshal([]byte(doc), &p, AllowUnknown()); err == nil {
			t.Errorf("%s was accepted", what)
		}
	}
	if err := Unmarshal([]byte(`{"sub":"abcdefgh"}`), &p, MaxBytes(10)); err == nil {
		t.Error("MaxBytes was ignored")
	}
	// Brackets and quotes inside strings do not count.
	if err := Unmarshal([]byte(`{"sub":"`+strings.Repeat(`[{\"\\`, 50)+`"}`), &p); err != nil {
		t.Error(err)
	}
}

func TestReadStopsAtTheBound(t *testing.T) {
	endless := &counter{}
	var p person
	if err := Read(endless, &p, MaxBytes(1000)); err == nil || endless.n > 4096 {
		t.Errorf("read %d bytes: %v", endless.n, err)
	}
	if err := Read(strings.NewReader(`{"sub":"a","list":["b"]}`), &p); err != nil || p.Sub != "a" || !reflect.DeepEqual(p.List, []string{"b"}) {
		t.Errorf("got %+v, %v", p, err)
	}
	var e *Error
	if err := Read(iotest.ErrReader(io.ErrClosedPipe), &p); !errors.Is(err, io.ErrClosedPipe) || errors.As(err, &e) {
		t.Errorf("a broken stream is not the sender's fault: %v", err)
	}
}

type counter struct{ n int }

func (c *counter) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	c.n += len(p)
	return len(p), nil
}

func FuzzStrictJSON(f *testing.F) {
	for _, doc := range []string{`{"sub":"a","list":["b"]}`, `{"sub":"a","SUB":"b"}`, `{"nested":{"deep":[1,{"x":null}]}}`, `[`, `"\u0000"`} {
		f.Add([]byte(doc))
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		var p person
		if err := Unmarshal(doc, &p); err != nil {
			var e *Error
			if !errors.As(err, &e) {
				t.Fatalf("%q: foreign error %v", doc, err)
			}
			return
		}
		// What passes here, everybody else reads in the same way.
		var other person
		if err := stdjson.Unmarshal(doc, &other); err != nil || !reflect.DeepEqual(p, other) {
			t.Fatalf("%q: we read %+v, others %+v, %v", doc, p, other, err)
		}
	})
}
