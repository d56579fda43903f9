package oauth

import (
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
	"time"
)

func TestClosedValues(t *testing.T) {
	parse := map[string]func(string) (string, error){
		"grant":    func(s string) (string, error) { v, err := ParseGrantType(s); return string(v), err },
		"response": func(s string) (string, error) { v, err := ParseResponseType(s); return string(v), err },
		"mode":     func(s string) (string, error) { v, err := ParseResponseMode(s); return string(v), err },
		"auth":     func(s string) (string, error) { v, err := ParseClientAuthMethod(s); return string(v), err },
		"subject":  func(s string) (string, error) { v, err := ParseSubjectType(s); return string(v), err },
		"hint":     func(s string) (string, error) { return string(ParseTokenTypeHint(s)), nil },
		"prompt":   func(s string) (string, error) { v, err := ParsePrompt(s); return v.String(), err },
		"resource": func(s string) (string, error) { v, err := ParseResource(s); return string(v), err },
	}
	for _, c := range []struct {
		kind, raw, want string
		code            Code
	}{
		{"grant", "authorization_code", "authorization_code", ""}, {"grant", "refresh_token", "refresh_token", ""}, {"grant", "client_credentials", "client_credentials", ""},
		{"grant", "", "", CodeInvalidRequest}, {"grant", "password", "", CodeUnsupportedGrantType}, {"grant", "implicit", "", CodeUnsupportedGrantType}, {"grant", "Refresh_Token", "", CodeUnsupportedGrantType},
		{"response", "code", "code", ""}, {"response", "", "", CodeInvalidRequest}, {"response", "token", "", CodeUnsupportedResponseType}, {"response", "id_token", "", CodeUnsupportedResponseType},
		{"response", "code id_token", "", CodeUnsupportedResponseType}, {"response", "code token", "", CodeUnsupportedResponseType}, {"response", "none", "", CodeUnsupportedResponseType}, {"response", "code ", "", CodeUnsupportedResponseType},
		{"mode", "", "query", ""}, {"mode", "query", "query", ""}, {"mode", "form_post", "form_post", ""}, {"mode", "fragment", "", CodeInvalidRequest}, {"mode", "query.jwt", "", CodeInvalidRequest},
		{"auth", "none", "none", ""}, {"auth", "client_secret_basic", "client_secret_basic", ""}, {"auth", "client_secret_post", "client_secret_post", ""}, {"auth", "", "", CodeInvalidRequest}, {"auth", "client_secret_jwt", "", CodeInvalidRequest},
		{"subject", "public", "public", ""}, {"subject", "pairwise", "pairwise", ""}, {"subject", "", "", CodeInvalidRequest},
		{"hint", "access_token", "access_token", ""}, {"hint", "refresh_token", "refresh_token", ""}, {"hint", "id_token", "", ""},
		{"prompt", "", "", ""}, {"prompt", "none", "none", ""}, {"prompt", "consent login", "login consent", ""}, {"prompt", "select_account", "select_account", ""},
		{"prompt", "none login", "", CodeInvalidRequest}, {"prompt", "Login", "", CodeInvalidRequest}, {"prompt", "login  consent", "", CodeInvalidRequest}, {"prompt", "create", "", CodeInvalidRequest},
		{"resource", "https://api.example/v1", "https://api.example/v1", ""}, {"resource", "urn:example:api", "urn:example:api", ""}, {"resource", "http://api.internal:8082", "http://api.internal:8082", ""},
		{"resource", "https://api.example/#x", "", CodeInvalidTarget}, {"resource", "/api", "", CodeInvalidTarget}, {"resource", "", "", CodeInvalidTarget}, {"resource", "https://u@api.example", "", CodeInvalidTarget}, {"resource", "https://api.example/a b", "", CodeInvalidTarget},
	} {
		got, err := parse[c.kind](c.raw)
		if got != c.want || CodeOf(err) != c.code || (err != nil) != (c.code != "") {
			t.Errorf("%s %q: got %q, %v", c.kind, c.raw, got, err)
		}
	}
}

func TestPromptSet(t *testing.T) {
	p, _ := ParsePrompt("login consent")
	if !p.Has(PromptLogin) || p.Has(PromptNone) || p.Without(PromptLogin).String() != "consent" {
		t.Errorf("got %q", p)
	}
	text, _ := p.MarshalText()
	var read Prompt
	if err := read.UnmarshalText(text); err != nil || read != p {
		t.Errorf("stored as %q, read as %q, %v", text, read, err)
	}
}

func TestMaxAge(t *testing.T) {
	requested := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		raw  string
		ago  time.Duration
		want bool
	}{{"", time.Hour * 1e5, true}, {"3600", time.Hour, true}, {"3600", time.Hour + 1, false}, {"0", 0, true}, {"0", 1, false}, {"0", -time.Second, true}, {"9999999999", time.Hour * 1e6, true}} {
		m, err := ParseMaxAge(c.raw)
		if err != nil || m.IsSet() != (c.raw != "") || m.SatisfiedBy(requested.Add(-c.ago), requested) != c.want {
			t.Errorf("max_age %q, sign-in %v ago: %v", c.raw, c.ago, err)
		}
		text, _ := m.MarshalText()
		var read MaxAge
		if err := read.UnmarshalText(text); err != nil || read != m {
			t.Errorf("stored as %q: %v", text, err)
		}
	}
	for _, raw := range []string{"-1", "+1", "1.5", "1e3", " 1", "0x10", "99999999999", "x"} {
		if m, err := ParseMaxAge(raw); CodeOf(err) != CodeInvalidRequest || m.IsSet() {
			t.Errorf("max_age %q: %v", raw, err)
		}
	}
}

func TestErrors(t *testing.T) {
	for code, e := range map[Code]*Error{
		CodeInvalidRequest: InvalidRequest("d"), CodeUnauthorizedClient: UnauthorizedClient("d"), CodeAccessDenied: AccessDenied("d"),
		CodeUnsupportedResponseType: UnsupportedResponseType("d"), CodeInvalidScope: InvalidScope("d"), CodeServerError: ServerError("d"),
		CodeTemporarilyUnavailable: TemporarilyUnavailable("d"), CodeInvalidClient: InvalidClient("d"), CodeInvalidGrant: InvalidGrant("d"),
		CodeUnsupportedGrantType: UnsupportedGrantType("d"), CodeInvalidToken: InvalidToken("d"), CodeInsufficientScope: InsufficientScope("d"),
		CodeUnsupportedTokenType: UnsupportedTokenType("d"), CodeInvalidTarget: InvalidTarget("d"),
		CodeInsufficientUserAuthentication: InsufficientUserAuthentication("d"), CodeInteractionRequired: InteractionRequired("d"),
		CodeLoginRequired: LoginRequired("d"), CodeAccountSelectionRequired: AccountSelectionRequired("d"), CodeConsentRequired: ConsentRequired("d"),
		CodeInvalidRequestURI: InvalidRequestURI("d"), CodeInvalidRequestObject: InvalidRequestObject("d"), CodeRequestNotSupported: RequestNotSupported("d"),
		CodeRequestURINotSupported: RequestURINotSupported("d"), CodeRegistrationNotSupported: RegistrationNotSupported("d"),
		CodeUnmetAuthenticationRequirements: UnmetAuthenticationRequirements("d"),
	} {
		want := map[Code]int{CodeInvalidClient: 401, CodeInvalidToken: 401, CodeInsufficientUserAuthentication: 401, CodeInsufficientScope: 403, CodeServerError: 500, CodeTemporarilyUnavailable: 503}[code]
		if want == 0 {
			want = 400
		}
		if e.Code != code || e.Status != want || e.Description != "d" {
			t.Errorf("%s: %+v", code, e)
		}
	}
}

func TestErrorShowsNoCause(t *testing.T) {
	e := InvalidGrant("the \"code\" is\nspent \\ é").Because(io.ErrUnexpectedEOF)
	if !errors.Is(e, io.ErrUnexpectedEOF) || CodeOf(e) != CodeInvalidGrant || CodeOf(io.EOF) != "" || !strings.Contains(e.Error(), "unexpected EOF") {
		t.Errorf("the chain is broken: %v", e)
	}
	const public = "the 'code' is?spent / ?"
	body, err := json.Marshal(e)
	if want := `{"error":"invalid_grant","error_description":"` + public + `"}`; err != nil || string(body) != want {
		t.Errorf("got %s, want %s", body, want)
	}
	if v := e.Values(); v.Get("error") != "invalid_grant" || v.Get("error_description") != public || len(v) != 2 {
		t.Errorf("got %v", v)
	}
	byHand := &Error{Code: CodeInvalidToken, Description: "a\"b\r\nX: y"}
	if got, want := byHand.Challenge("Bearer", `r"r`, "scope", `a"b`), `Bearer realm="r'r", error="invalid_token", error_description="a'b??X: y", scope="a'b"`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got, want := InvalidClient("x").Challenge("Basic", "Cardea"), `Basic realm="Cardea"`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
