package oauthtest

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// Answer is an HTTP answer.
type Answer struct {
	Status int
	Header http.Header
	Body   string
	JSON   map[string]any // nil if the body is no JSON object
}

// Text is a member of the JSON object that is a string, else "".
func (a Answer) Text(name string) string {
	s, _ := a.JSON[name].(string)
	return s
}

// Error is the error code of the answer, "" if it has none.
func (a Answer) Error() string { return a.Text("error") }

// Form makes a form of names and values.
func Form(pairs ...string) url.Values {
	v := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Add(pairs[i], pairs[i+1])
	}
	return v
}

// As says how the client authenticates: it changes the request.
type As func(r *http.Request, form url.Values)

// Basic authenticates by client_secret_basic (RFC 6749 §2.3.1).
func Basic(clientID, text string) As {
	return func(r *http.Request, _ url.Values) { r.SetBasicAuth(url.QueryEscape(clientID), url.QueryEscape(text)) }
}

// By authenticates a client as it is registered.
func By(c App) As {
	if !c.Public() {
		return Basic(string(c.ID), c.Secret)
	}
	return func(_ *http.Request, form url.Values) { form.Set("client_id", string(c.ID)) }
}

// Bearer presents an access token.
func Bearer(token string) As {
	return func(r *http.Request, _ url.Values) { r.Header.Set("Authorization", "Bearer "+token) }
}

// Post sends a form to a path of the world's tenant.
func (w *World) Post(path string, as As, form url.Values) Answer {
	w.TB.Helper()
	r, err := http.NewRequest(http.MethodPost, w.Issuer().URL+path, nil)
	w.check(err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if form == nil {
		form = url.Values{}
	}
	if as != nil {
		as(r, form)
	}
	body := form.Encode()
	r.Body, r.ContentLength = io.NopCloser(strings.NewReader(body)), int64(len(body))
	return w.Send(r)
}

// Get asks for a path of the world's tenant.
func (w *World) Get(path string, as As) Answer {
	w.TB.Helper()
	r, err := http.NewRequest(http.MethodGet, w.Issuer().URL+path, nil)
	w.check(err)
	if as != nil {
		as(r, nil)
	}
	return w.Send(r)
}

// Send sends a request and reads the answer.
func (w *World) Send(r *http.Request) Answer {
	w.TB.Helper()
	res, err := w.server.Client().Do(r)
	w.check(err)
	defer res.Body.Close() //nolint:errcheck // read to its end
	body, err := io.ReadAll(res.Body)
	w.check(err)
	a := Answer{Status: res.StatusCode, Header: res.Header, Body: string(body)}
	if json.Unmarshal(body, &a.JSON) != nil {
		a.JSON = nil
	}
	return a
}
