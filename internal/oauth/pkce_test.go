package oauth

import (
	"strings"
	"testing"
)

// RFC 7636 appendix B.
const (
	vectorVerifier  = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
	vectorChallenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
)

func TestPKCEVector(t *testing.T) {
	c, err := ParseCodeChallenge("S256", vectorChallenge)
	if err != nil {
		t.Fatal(err)
	}
	v, err := ParseCodeVerifier(vectorVerifier)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Verify(v); err != nil {
		t.Error(err)
	}
	if v.S256() != c {
		t.Errorf("S256 gives %q", v.S256())
	}
	text, _ := c.MarshalText()
	var read CodeChallenge
	if err := read.UnmarshalText(text); err != nil || read != c {
		t.Errorf("stored as %q, read as %q, %v", text, read, err)
	}
}

func TestCG06_PKCEDowngrade(t *testing.T) {
	c, _ := ParseCodeChallenge("S256", vectorChallenge)
	v, _ := ParseCodeVerifier(vectorVerifier)
	other, _ := ParseCodeVerifier(strings.Repeat("a", 43))
	for what, err := range map[string]error{
		"challenge, no verifier": c.Verify(CodeVerifier{}),
		"verifier, no challenge": CodeChallenge{}.Verify(v),
		"other verifier":         c.Verify(other),
	} {
		if CodeOf(err) != CodeInvalidGrant {
			t.Errorf("%s: %v", what, err)
		}
	}
	if err := (CodeChallenge{}).Verify(CodeVerifier{}); err != nil {
		t.Errorf("no PKCE at all: %v", err)
	}
	for _, p := range [][2]string{{"plain", vectorVerifier}, {"", vectorChallenge}, {"s256", vectorChallenge}, {"S512", vectorChallenge}, {"S256 ", vectorChallenge},
		{"S256", ""}, {"plain", ""}, {"S256", vectorChallenge + "="}, {"S256", vectorChallenge[:42]}, {"S256", vectorChallenge + "A"},
		{"S256", strings.Replace(vectorChallenge, "-", "+", 1)}, {"S256", vectorChallenge[:42] + "N"}, {"S256", vectorChallenge[:20] + "\n" + vectorChallenge[20:]}} {
		if c, err := ParseCodeChallenge(p[0], p[1]); CodeOf(err) != CodeInvalidRequest || !c.IsZero() {
			t.Errorf("method %q, challenge %q: got %q, %v", p[0], p[1], c, err)
		}
	}
}

func TestCG07_VerifierForm(t *testing.T) {
	for _, raw := range []string{"a", strings.Repeat("a", 42), strings.Repeat("a", 129), strings.Repeat("a", 42) + " ", strings.Repeat("a", 42) + "=",
		strings.Repeat("a", 42) + "+", strings.Repeat("a", 42) + "/", strings.Repeat("a", 42) + "\x00", strings.Repeat("é", 30), strings.Repeat("a", 43) + "\n"} {
		if v, err := ParseCodeVerifier(raw); CodeOf(err) != CodeInvalidGrant || !v.IsZero() {
			t.Errorf("%q was accepted: %v", raw, err)
		}
	}
	for _, raw := range []string{strings.Repeat("a", 43), strings.Repeat("~", 128), "-._~" + strings.Repeat("Z9", 20)} {
		if _, err := ParseCodeVerifier(raw); err != nil {
			t.Errorf("%q: %v", raw, err)
		}
	}
}
