package metadata_test

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/cardea-iam/cardea/internal/audit"
	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/factor"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/jose"
	"github.com/cardea-iam/cardea/internal/key"
	"github.com/cardea-iam/cardea/internal/oauth/metadata"
	"github.com/cardea-iam/cardea/internal/policy"
	"github.com/cardea-iam/cardea/internal/secret"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/store/storetest"
	"github.com/cardea-iam/cardea/internal/web"
)

var update = flag.Bool("update", false, "write the golden files anew")

const issuer = "https://id.example"

type world struct {
	ring   *key.Ring
	server *web.Server
}

func build(tb testing.TB, s *store.Store) world {
	tb.Helper()
	engine, err := policy.New()
	if err != nil {
		tb.Fatal(err)
	}
	ring := key.NewRing(guard.New(s, engine), secret.NewRoot([32]byte{1}), key.DefaultPeriods)
	room := metadata.New(ring, metadata.Options{Locales: []string{"en", "de", "fr", "es"}, Reach: factor.Strength{Level: 1}})
	server, err := web.NewServer(web.Options{
		PublicURL: issuer, Listen: "127.0.0.1:0", Log: slog.New(slog.DiscardHandler),
		TrustedProxies: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")},
		Resolve: func(_ context.Context, name string) (web.Tenant, error) {
			switch name {
			case "":
				return web.Tenant{ID: string(id.Default), Issuer: issuer}, nil
			case "acme":
				return web.Tenant{ID: "ten_acme", Name: name, Issuer: issuer + "/t/acme"}, nil
			}
			return web.Tenant{}, web.ErrNoTenant
		},
	}, room.Routes())
	if err != nil {
		tb.Fatal(err)
	}
	return world{ring, server}
}

func (w world) get(t *testing.T, path string, headers ...string) *http.Response {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, issuer+path, nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	rec := httptest.NewRecorder()
	w.server.ServeHTTP(rec, r)
	return rec.Result()
}

func body(t *testing.T, r *http.Response) []byte {
	t.Helper()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

var rooms = []store.Migrations{audit.Migrations, key.Migrations}

func each(t *testing.T, fn func(t *testing.T, w world)) {
	storetest.Each(t, rooms, func(t *testing.T, s *store.Store) { fn(t, build(t, s)) })
}

func TestMetadataGolden(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		var pretty bytes.Buffer
		if err := json.Indent(&pretty, body(t, w.get(t, "/.well-known/openid-configuration")), "", "  "); err != nil {
			t.Fatal(err)
		}
		pretty.WriteByte('\n')
		const golden = "testdata/discovery.golden.json"
		if *update {
			if err := os.WriteFile(golden, pretty.Bytes(), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(pretty.Bytes(), want) {
			t.Errorf("the metadata changed; with -update the golden file follows:\n%s", pretty.String())
		}
	})
}

func TestMetadataInAllForms(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		for path, want := range map[string]string{
			"/.well-known/openid-configuration":                issuer,
			"/.well-known/oauth-authorization-server":          issuer,
			"/t/acme/.well-known/openid-configuration":         issuer + "/t/acme",
			"/t/acme/.well-known/oauth-authorization-server":   issuer + "/t/acme",
			"/.well-known/openid-configuration/t/acme":         issuer + "/t/acme",
			"/.well-known/oauth-authorization-server/t/acme":   issuer + "/t/acme",
			"/.well-known/oauth-authorization-server/t/nobody": "",
		} {
			r := w.get(t, path)
			if want == "" {
				if r.StatusCode != http.StatusNotFound {
					t.Errorf("%s: %s", path, r.Status)
				}
				continue
			}
			var d struct {
				Issuer string `json:"issuer"`
				Token  string `json:"token_endpoint"`
			}
			if err := json.Unmarshal(body(t, r), &d); err != nil || d.Issuer != want || d.Token != want+"/oauth/token" {
				t.Errorf("%s: issuer %q, token endpoint %q, %v", path, d.Issuer, d.Token, err)
			}
		}
	})
}

// The suite's Config OP plan.
func TestOIDCC_discovery_endpoint_verification(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		r := w.get(t, "/.well-known/openid-configuration")
		if r.StatusCode != http.StatusOK || r.Header.Get("Content-Type") != "application/json" {
			t.Fatalf("%s, %s", r.Status, r.Header.Get("Content-Type"))
		}
		var d map[string]any
		if err := json.Unmarshal(body(t, r), &d); err != nil {
			t.Fatal(err)
		}
		if d["issuer"] != issuer {
			t.Errorf("issuer %v", d["issuer"])
		}
		for _, name := range []string{"authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri"} {
			text, _ := d[name].(string)
			if u, err := url.Parse(text); err != nil || u.Scheme != "https" || u.Host == "" || u.Fragment != "" {
				t.Errorf("%s is %q", name, text)
			}
		}
		for name, member := range map[string]string{
			"response_types_supported": "code", "grant_types_supported": "authorization_code", "subject_types_supported": "public",
			"id_token_signing_alg_values_supported": "RS256", "scopes_supported": "openid", "claims_supported": "sub",
			"token_endpoint_auth_methods_supported": "client_secret_basic", "code_challenge_methods_supported": "S256",
			"response_modes_supported": "form_post", "ui_locales_supported": "en", "acr_values_supported": "aal1",
		} {
			list, ok := d[name].([]any)
			if !ok || !slices.Contains(list, any(member)) {
				t.Errorf("%s is %v, without %s", name, d[name], member)
			}
		}
		for name, want := range map[string]bool{
			"claims_parameter_supported": true, "request_parameter_supported": false, "request_uri_parameter_supported": false,
			"authorization_response_iss_parameter_supported": true,
		} {
			if d[name] != want {
				t.Errorf("%s is %v", name, d[name])
			}
		}
		checkKeys(t, body(t, w.get(t, "/oauth/jwks")))
	})
}

func checkKeys(t *testing.T, text []byte) {
	t.Helper()
	var set struct {
		Keys []map[string]any `json:"keys"`
	}
	if err := json.Unmarshal(text, &set); err != nil || len(set.Keys) < 2 {
		t.Fatalf("%v: %s", err, text)
	}
	seen := map[any]bool{}
	for _, k := range set.Keys {
		if k["kid"] == nil || seen[k["kid"]] || k["use"] != "sig" {
			t.Errorf("key %v", k)
		}
		seen[k["kid"]] = true
		for _, private := range []string{"d", "p", "q", "dp", "dq", "qi", "k"} {
			if k[private] != nil {
				t.Errorf("key %v shows its private member %s", k["kid"], private)
			}
		}
	}
}

func TestOIDCC_rp_initiated_logout_discovery_endpoint_verification(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		var d struct {
			Logout string `json:"end_session_endpoint"`
		}
		if err := json.Unmarshal(body(t, w.get(t, "/.well-known/openid-configuration")), &d); err != nil || d.Logout != issuer+"/oauth/logout" {
			t.Errorf("end_session_endpoint %q, %v", d.Logout, err)
		}
	})
}

func TestO7_NoImplicitNoPassword(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		text := string(body(t, w.get(t, "/.well-known/oauth-authorization-server")))
		for _, word := range []string{`"token"`, `"id_token"`, `"password"`, `"implicit"`, `"fragment"`, `"plain"`} {
			if strings.Contains(text, word) {
				t.Errorf("the metadata offers %s", word)
			}
		}
	})
}

func TestKeysFollowRotation(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		first := w.get(t, "/oauth/jwks")
		if got := first.Header.Get("Cache-Control"); got != "public, max-age=900" {
			t.Errorf("Cache-Control %q", got)
		}
		etag := first.Header.Get("Etag")
		if again := w.get(t, "/oauth/jwks", "If-None-Match", etag); again.StatusCode != http.StatusNotModified {
			t.Errorf("with the entity tag: %s", again.Status)
		}
		fresh, err := w.ring.RotateNow(t.Context(), caller.Local(""), id.Default, jose.ES256, false, false)
		if err != nil {
			t.Fatal(err)
		}
		after := w.get(t, "/oauth/jwks", "If-None-Match", etag)
		if text := body(t, after); after.StatusCode != http.StatusOK || !bytes.Contains(text, []byte(fresh.ID)) {
			t.Errorf("after the rotation: %s %s", after.Status, text)
		}
		// A tenant's keys are its own.
		if bytes.Contains(body(t, w.get(t, "/t/acme/oauth/jwks")), []byte(fresh.ID)) {
			t.Error("another tenant publishes the key")
		}
	})
}

func TestO15_DocumentsAllowEveryOrigin(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		for _, path := range []string{"/.well-known/openid-configuration", "/.well-known/oauth-authorization-server", "/oauth/jwks"} {
			r := w.get(t, path, "Origin", "https://spa.example")
			if r.Header.Get("Access-Control-Allow-Origin") != "*" || r.Header.Get("Access-Control-Allow-Credentials") != "" {
				t.Errorf("%s: %v", path, r.Header)
			}
		}
	})
}

type sink struct{ h http.Header }

func (s sink) Header() http.Header         { return s.h }
func (s sink) Write(p []byte) (int, error) { return len(p), nil }
func (s sink) WriteHeader(int)             {}

func BenchmarkDocuments(b *testing.B) {
	for _, path := range []string{"/.well-known/openid-configuration", "/oauth/jwks"} {
		b.Run(path, func(b *testing.B) {
			s, err := store.Open(b.Context(), store.Options{Path: filepath.Join(b.TempDir(), "b.db")})
			if err != nil {
				b.Fatal(err)
			}
			defer s.Close() //nolint:errcheck // a benchmark's database
			if err := s.Migrate(b.Context(), rooms); err != nil {
				b.Fatal(err)
			}
			w := build(b, s)
			b.ReportAllocs()
			for b.Loop() {
				w.server.ServeHTTP(sink{http.Header{}}, httptest.NewRequest(http.MethodGet, issuer+path, nil))
			}
		})
	}
}
