package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cardea-iam/cardea/internal/api/apitest"
)

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   string
}

// member is a member of the answer's JSON object, as text.
func (a answer) member(t *testing.T, name string) string {
	t.Helper()
	var v map[string]any
	if err := json.Unmarshal([]byte(a.body), &v); err != nil {
		t.Fatalf("%d %s: %v", a.status, a.body, err)
	}
	s, _ := v[name].(string)
	return s
}

// as sends a request with a person's token; as "" the operator's socket is used.
func as(t *testing.T, w *apitest.World, who, method, path, body string, headers ...string) answer {
	t.Helper()
	if who == "" {
		return send(t, socket(w), "http://cardea"+path, method, body, headers...)
	}
	return send(t, plainClient, w.URL+path, method, body, append([]string{"Authorization", "Bearer " + w.People[who].Token}, headers...)...)
}

func socket(w *apitest.World) *http.Client {
	return &http.Client{Transport: &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "unix", filepath.Join(w.Data, "cardea.sock"))
	}}}
}

var plainClient = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}

func send(t *testing.T, c *http.Client, url, method, body string, headers ...string) answer {
	t.Helper()
	var content io.Reader
	if body != "" {
		content = strings.NewReader(body)
	}
	r, err := http.NewRequestWithContext(t.Context(), method, url, content)
	if err != nil {
		t.Fatal(err)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(headers); i += 2 {
		if headers[i] == "Host" {
			r.Host = headers[i+1]
		}
		r.Header.Set(headers[i], headers[i+1])
	}
	res, err := c.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	var b bytes.Buffer
	if _, err := b.ReadFrom(res.Body); err != nil {
		t.Fatal(err)
	}
	return answer{res.StatusCode, res.Header, b.String()}
}

// want fails unless the answer has the status; it returns the answer.
func (a answer) want(t *testing.T, status int) answer {
	t.Helper()
	if a.status != status {
		t.Fatalf("status %d, want %d: %s", a.status, status, a.body)
	}
	if a.status >= 400 && a.header.Get("Content-Type") != "application/problem+json" {
		t.Fatalf("an error of type %q: %s", a.header.Get("Content-Type"), a.body)
	}
	return a
}
