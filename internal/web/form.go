package web

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"
)

// MaxParams caps the parameters of one form or query.
const MaxParams = 100

// Params are decoded parameters in the order of the request.
type Params struct{ list []param }

type param struct{ name, value string }

// Get returns the value of name, or "". RFC 6749 §3.1: a parameter sent
// without a value is treated as omitted.
func (p Params) Get(name string) string {
	for i := range p.list {
		if p.list[i].name == name {
			return p.list[i].value
		}
	}
	return ""
}

// All returns the values of a repeatable name, without empty ones.
func (p Params) All(name string) []string {
	var out []string
	for i := range p.list {
		if p.list[i].name == name && p.list[i].value != "" {
			out = append(out, p.list[i].value)
		}
	}
	return out
}

// Has reports whether name was sent with a value.
func (p Params) Has(name string) bool { return p.Get(name) != "" || len(p.All(name)) > 0 }

// Names returns the names in order of the request; a repeatable one repeats.
func (p Params) Names() []string {
	out := make([]string, len(p.list))
	for i := range p.list {
		out[i] = p.list[i].name
	}
	return out
}

// Form decodes the body, which must be application/x-www-form-urlencoded. The
// query is not looked at. Only the names in repeatable may occur more than once
// (RFC 6749 §3.1 and §3.2; RFC 8707 §2 lets "resource" repeat). Values are
// valid UTF-8 without NUL. Every error is a [*Refusal], except that of a
// connection that broke. It can be called once.
func Form(r *Request, repeatable ...string) (Params, error) {
	if err := formType(r.Header); err != nil {
		return Params{}, err
	}
	body, err := r.ReadBody()
	if err != nil {
		return Params{}, err
	}
	return decode(string(body), repeatable)
}

// Query decodes the query of the URL under the same rules as [Form].
func Query(r *Request, repeatable ...string) (Params, error) {
	return decode(r.URL.RawQuery, repeatable)
}

// ReadBody reads the whole body, at most the route's cap. Errors are [*Refusal].
func (r *Request) ReadBody() ([]byte, error) {
	var body []byte
	var err error
	if n := r.ContentLength; n >= 0 && n <= DefaultBody {
		body = make([]byte, n)
		_, err = io.ReadFull(r.Body, body)
	} else {
		body, err = io.ReadAll(r.Body)
	}
	if err == nil {
		return body, nil
	}
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return nil, refuse(http.StatusRequestEntityTooLarge, "The body is larger than %d bytes.", tooLarge.Limit)
	}
	return nil, &Refusal{Status: http.StatusBadRequest, Public: "The body could not be read.", Cause: err}
}

const formMedia = "application/x-www-form-urlencoded"

func formType(h http.Header) error {
	values := h[hType]
	if len(values) == 1 && values[0] == formMedia && len(h["Content-Encoding"]) == 0 {
		return nil
	}
	if len(h["Content-Encoding"]) > 0 {
		return refuse(http.StatusUnsupportedMediaType, "Content-Encoding is not supported.")
	}
	if len(values) == 1 {
		media, params, err := mime.ParseMediaType(values[0])
		if err == nil && media == formMedia {
			charset, ok := params["charset"]
			if len(params) == 0 || (ok && len(params) == 1 && strings.EqualFold(charset, "utf-8")) {
				return nil
			}
		}
	}
	return refuse(http.StatusUnsupportedMediaType, "Content-Type must be %s.", formMedia)
}

func decode(s string, repeatable []string) (Params, error) {
	if s == "" {
		return Params{}, nil
	}
	n := strings.Count(s, "&") + 1
	if n > MaxParams {
		return Params{}, refuse(http.StatusBadRequest, "There are more than %d parameters.", MaxParams)
	}
	p := Params{list: make([]param, 0, n)}
	for s != "" {
		var pair string
		pair, s, _ = strings.Cut(s, "&")
		if pair == "" {
			continue
		}
		rawName, rawValue, _ := strings.Cut(pair, "=")
		name, ok := unescape(rawName)
		if !ok || name == "" {
			return Params{}, refuse(http.StatusBadRequest, "A parameter name is not well-formed.")
		}
		value, ok := unescape(rawValue)
		if !ok {
			return Params{}, refuse(http.StatusBadRequest, "The value of parameter %q is not well-formed.", clip(name))
		}
		if !slices.Contains(repeatable, name) {
			for i := range p.list {
				if p.list[i].name == name {
					return Params{}, refuse(http.StatusBadRequest, "Parameter %q occurs more than once.", clip(name))
				}
			}
		}
		p.list = append(p.list, param{name, value})
	}
	return p, nil
}

// unescape decodes one name or value. A raw ';' is refused, because other
// software reads it as a separator (security row PX12).
func unescape(s string) (string, bool) {
	if strings.IndexByte(s, ';') >= 0 {
		return "", false
	}
	if strings.IndexByte(s, '%') >= 0 || strings.IndexByte(s, '+') >= 0 {
		var err error
		if s, err = url.QueryUnescape(s); err != nil {
			return "", false
		}
	}
	return s, utf8.ValidString(s) && strings.IndexByte(s, 0) < 0
}

// clip keeps an attacker's name short in a sentence about it.
func clip(s string) string {
	if len(s) > 40 {
		return strings.ToValidUTF8(s[:40], "") + "…"
	}
	return s
}
