package oidcc

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"testing"
)

// OpenID Connect Core 1.0 §5.3.1: GET with a bearer header.
func TestOIDCC_userinfo_get(t *testing.T) {
	module(t, func(t *testing.T, op *provider) {
		op.ask(t, http.MethodGet, op.flow(t, op.web, nil).Access, nil)
	})
}

// OpenID Connect Core 1.0 §5.3.1: POST with a bearer header.
func TestOIDCC_userinfo_post_header(t *testing.T) {
	module(t, func(t *testing.T, op *provider) {
		op.ask(t, http.MethodPost, op.flow(t, op.web, nil).Access, url.Values{})
	})
}

// RFC 6750 §2.2: POST with the token in a form.
func TestOIDCC_userinfo_post_body(t *testing.T) {
	module(t, func(t *testing.T, op *provider) {
		op.ask(t, http.MethodPost, "", url.Values{"access_token": {op.flow(t, op.web, nil).Access}})
	})
}

// claimsOf are the standard claims of each scope that our person has (OpenID Connect Core 1.0
// §5.4), with the type of their values (§5.1).
var claimsOf = map[string]map[string]func(any) bool{
	"profile": {
		"name": text, "given_name": text, "family_name": text, "middle_name": text, "nickname": text, "preferred_username": text,
		"profile": text, "picture": text, "website": text, "gender": text, "birthdate": text, "zoneinfo": text, "locale": text, "updated_at": number,
	},
	"email":   {"email": text, "email_verified": truth},
	"address": {"address": object},
	"phone":   {"phone_number": text, "phone_number_verified": truth},
}

func text(v any) bool   { s, ok := v.(string); return ok && s != "" }
func number(v any) bool { _, ok := v.(float64); return ok }
func truth(v any) bool  { _, ok := v.(bool); return ok }
func object(v any) bool { m, ok := v.(map[string]any); return ok && len(m) > 0 }

// arrive holds when the claims of the scopes are at userinfo, and no others.
func arrive(t *testing.T, scopes ...string) {
	module(t, func(t *testing.T, op *provider) {
		asked := "openid"
		want := map[string]func(any) bool{"sub": text}
		for _, s := range scopes {
			asked += " " + s
			maps.Copy(want, claimsOf[s])
		}
		got := op.ask(t, http.MethodGet, op.flow(t, op.web, url.Values{"scope": {asked}}).Access, nil)
		for _, name := range slices.Sorted(maps.Keys(want)) {
			if !want[name](got[name]) {
				t.Errorf("%s is %v", name, got[name])
			}
		}
		for name := range got {
			if want[name] == nil {
				t.Errorf("%s was not asked for", name)
			}
		}
	})
}

func TestOIDCC_scope_profile(t *testing.T) { arrive(t, "profile") }
func TestOIDCC_scope_email(t *testing.T)   { arrive(t, "email") }
func TestOIDCC_scope_address(t *testing.T) { arrive(t, "address") }
func TestOIDCC_scope_phone(t *testing.T)   { arrive(t, "phone") }
func TestOIDCC_scope_all(t *testing.T)     { arrive(t, "profile", "email", "address", "phone") }
