package verify_test

import (
	"slices"
	"sync"
	"testing"
	"time"
)

func (i *testIssuer) opaque(name string, changes map[string]any) string {
	c := i.claims(changes)
	if _, set := c["active"]; !set {
		c["active"] = true
	}
	i.do(func() { i.answers[name] = c })
	return name
}

func TestWithdrawnGrantIsRefusedWithinOneSecond(t *testing.T) {
	i := newTestIssuer(t)
	v := newVerifier(t, i.liveConfig())
	signed := i.opaque(i.token(nil, nil), nil)
	opaque := i.opaque("cardea_at_opaque", nil)
	for _, token := range []string{signed, opaque} {
		wantAccepted(t, v, token)
		wantAccepted(t, v, token)
	}
	if n := i.count("/introspect"); n != 2 {
		t.Errorf("%d questions for two tokens within a second", n)
	}
	i.do(func() { clear(i.answers) })
	i.advance(999 * time.Millisecond)
	wantAccepted(t, v, signed)
	i.advance(time.Millisecond)
	wantRefused(t, v, signed)
	wantRefused(t, v, opaque)
}

func TestFreshnessNegativeAsksEveryTime(t *testing.T) {
	i := newTestIssuer(t)
	cfg := i.liveConfig()
	cfg.Freshness = -1
	v := newVerifier(t, cfg)
	token := i.opaque("opaque", nil)
	wantAccepted(t, v, token)
	i.do(func() { clear(i.answers) })
	wantRefused(t, v, token)
}

func TestIntrospectionOutOfReachOpensNothing(t *testing.T) {
	i := newTestIssuer(t)
	v := newVerifier(t, i.liveConfig())
	token := i.opaque(i.token(nil, nil), nil)
	wantAccepted(t, v, token)
	i.do(func() { i.down = true })
	i.advance(time.Second)
	wantUnavailable(t, v, token)
	i.do(func() { i.down = false })
	wantAccepted(t, v, token)
}

func TestWrongIntrospectionSecretIsAFault(t *testing.T) {
	i := newTestIssuer(t)
	cfg := i.liveConfig()
	cfg.Introspection.ClientSecret = "wrong"
	wantUnavailable(t, newVerifier(t, cfg), i.opaque("opaque", nil))
}

func TestOpaqueAnswerIsJudged(t *testing.T) {
	i := newTestIssuer(t)
	v := newVerifier(t, i.liveConfig())
	now := i.clock().Unix()
	for name, changes := range map[string]map[string]any{
		"inactive":             {"active": false},
		"active as text":       {"active": "true"},
		"JW12 no audience":     {"aud": nil},
		"JW12 other audience":  {"aud": "https://other.example"},
		"no subject":           {"sub": nil},
		"no client":            {"client_id": nil},
		"expired":              {"exp": now},
		"not yet":              {"nbf": now + 5},
		"other issuer":         {"iss": "https://other.example"},
		"bound":                {"cnf": map[string]any{"jkt": "x"}},
		"DPoP":                 {"token_type": "DPoP"},
		"other case of active": {"active": false, "Active": true},
	} {
		t.Run(name, func(t *testing.T) {
			token := i.opaque("opaque-"+slices.Collect(keysOf(changes))[0]+"-"+b64(name), changes)
			if _, err := v.Verify(t.Context(), token); err == nil {
				t.Error("accepted")
			}
		})
	}
	got := wantAccepted(t, v, i.opaque("good", map[string]any{"exp": nil, "iat": nil, "jti": nil, "token_type": "bearer"}))
	if !got.ExpiresAt.IsZero() || got.Subject != "acc_ada" {
		t.Errorf("token = %+v", got)
	}
}

func keysOf(m map[string]any) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

func TestOpaqueTokenWithoutIntrospection(t *testing.T) {
	i := newTestIssuer(t)
	wantRefused(t, newVerifier(t, i.config()), i.opaque("opaque", nil))
}

func TestForgedTokenIsNotAskedAbout(t *testing.T) {
	i := newTestIssuer(t)
	v := newVerifier(t, i.liveConfig())
	stranger := newTestIssuer(t)
	forged := i.opaque(stranger.token(map[string]any{"iss": i.server.URL}, nil), nil)
	wantRefused(t, v, forged)
	if i.count("/introspect") != 0 {
		t.Error("a token with a wrong signature reached the issuer")
	}
}

func TestIssuerNowGrantsLessOrContradicts(t *testing.T) {
	i := newTestIssuer(t)
	v := newVerifier(t, i.liveConfig())
	signed := i.token(map[string]any{"scope": "read:events write:events"}, nil)
	got := wantAccepted(t, v, i.opaque(signed, map[string]any{"scope": "read:events admin"}))
	if !slices.Equal(got.Scopes, []string{"read:events"}) {
		t.Errorf("scopes = %v", got.Scopes)
	}
	for name, changes := range map[string]map[string]any{
		"subject":  {"sub": "acc_eve"},
		"client":   {"client_id": "other"},
		"audience": {"aud": "https://other.example"},
	} {
		t.Run(name, func(t *testing.T) {
			wantRefused(t, v, i.opaque(i.token(map[string]any{"jti": name}, nil), changes))
		})
	}
}

func TestConcurrentCallersShareOneQuestion(t *testing.T) {
	i := newTestIssuer(t)
	v := newVerifier(t, i.liveConfig())
	i.hold = make(chan struct{})
	token := i.opaque("opaque", nil)
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			if _, err := v.Verify(t.Context(), token); err != nil {
				t.Errorf("refused: %v", err)
			}
		})
	}
	i.await("/introspect")
	close(i.hold)
	wg.Wait()
	if n := i.count("/introspect"); n != 1 {
		t.Errorf("%d questions", n)
	}
}

func TestSlowOldQuestionIsNotJoined(t *testing.T) {
	i := newTestIssuer(t)
	v := newVerifier(t, i.liveConfig())
	hold := make(chan struct{})
	i.hold = hold
	token := i.opaque("opaque", nil)
	first := make(chan error, 1)
	go func() {
		_, err := v.Verify(t.Context(), token)
		first <- err
	}()
	i.await("/introspect")
	i.advance(1001 * time.Millisecond)
	i.do(func() { clear(i.answers); i.hold = nil })
	wantRefused(t, v, token)
	close(hold)
	if err := <-first; err == nil {
		t.Error("the first question was answered after the withdrawal, and yet accepted")
	}
}

// The same text may be a token of two issuers, and a token may serve one audience and not
// another: a remembered answer is an answer to one question.
func TestCG15_RememberedAnswerServesOneQuestion(t *testing.T) {
	one, two := newTestIssuer(t), newTestIssuer(t)
	v, w := newVerifier(t, one.liveConfig()), newVerifier(t, two.liveConfig())
	token := one.opaque("same-text", nil)
	wantAccepted(t, v, token)
	wantRefused(t, w, token)

	other := one.liveConfig()
	other.Audience += "/other"
	wantRefused(t, newVerifier(t, other), token)
	wantAccepted(t, v, token)

	longer := one.opaque("same-text-and-more", map[string]any{"scope": "nothing:else"})
	got, err := v.Verify(t.Context(), longer)
	if err != nil || got.HasScope("read:events") {
		t.Fatalf("%v %v", got.Scopes, err)
	}
}
