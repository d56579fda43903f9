package verify_test

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
)

func b64(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }

func TestGoodToken(t *testing.T) {
	i := newTestIssuer(t)
	v := newVerifier(t, i.config())
	now := i.clock()
	got := wantAccepted(t, v, i.token(map[string]any{
		"aud": []string{"https://other.example", audience}, "acr": "pwd", "amr": []string{"pwd"}, "auth_time": now.Unix() - 60,
		"act": map[string]any{"sub": "agent-1", "act": map[string]any{"sub": "agent-0"}},
	}, nil))
	if got.Subject != "acc_ada" || got.ClientID != "hireme123" || got.ID != "t1" || got.ACR != "pwd" {
		t.Errorf("token = %+v", got)
	}
	if !slices.Equal(got.Scopes, []string{"openid", "read:events"}) || !got.HasScope("read:events") || got.HasScope("read:events", "write:events") {
		t.Errorf("scopes = %v", got.Scopes)
	}
	if !got.ExpiresAt.Equal(now.Add(5*time.Minute)) || !got.IssuedAt.Equal(now) || !got.AuthTime.Equal(now.Add(-time.Minute)) {
		t.Errorf("times = %v %v %v", got.IssuedAt, got.ExpiresAt, got.AuthTime)
	}
	if got.Actor == nil || got.Actor.Subject != "agent-1" || got.Actor.Actor == nil || got.Actor.Actor.Subject != "agent-0" {
		t.Errorf("actor = %+v", got.Actor)
	}
}

func TestAcceptedAlgorithms(t *testing.T) {
	i := newTestIssuer(t)
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	_, edKey, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	i.keys = append(i.keys,
		jose.JSONWebKey{Key: rsaKey, KeyID: "r", Algorithm: "RS256"},
		jose.JSONWebKey{Key: rsaKey, KeyID: "p", Algorithm: "PS256"},
		jose.JSONWebKey{Key: edKey, KeyID: "e", Algorithm: "EdDSA"})
	v := newVerifier(t, i.config())
	payload, err := json.Marshal(i.claims(nil))
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range i.keys {
		wantAccepted(t, v, sign(t, key, payload, nil))
	}
	// One key, one algorithm: the RS256 key makes no PS256 signature.
	crossed := i.keys[1]
	crossed.Algorithm = "PS256"
	wantRefused(t, v, sign(t, crossed, payload, nil))
}

func TestJW01_AlgorithmNone(t *testing.T) {
	i := newTestIssuer(t)
	v := newVerifier(t, i.config())
	payload, err := json.Marshal(i.claims(nil))
	if err != nil {
		t.Fatal(err)
	}
	_, signature, _ := strings.Cut(i.token(nil, nil), ".")
	_, signature, _ = strings.Cut(signature, ".")
	for _, alg := range []string{`"none"`, `"noNE"`, `"NONE "`, `["none"]`, `null`, `""`, `"es256"`, `"ES256 "`} {
		head := b64(`{"typ":"at+jwt","kid":"k1","alg":` + alg + `}`)
		wantRefused(t, v, head+"."+b64(string(payload))+".")
		wantRefused(t, v, head+"."+b64(string(payload))+"."+signature)
	}
	wantRefused(t, v, b64(`{"typ":"at+jwt","kid":"k1"}`)+"."+b64(string(payload))+"."+signature)
}

func TestJW02_PublicKeyAsHMACSecret(t *testing.T) {
	i := newTestIssuer(t)
	v := newVerifier(t, i.config())
	payload, err := json.Marshal(i.claims(nil))
	if err != nil {
		t.Fatal(err)
	}
	public := i.keys[0].Public()
	der, err := x509.MarshalPKIXPublicKey(public.Key.(*ecdsa.PublicKey))
	if err != nil {
		t.Fatal(err)
	}
	text, err := public.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range [][]byte{der, pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}), text} {
		wantRefused(t, v, sign(t, jose.JSONWebKey{Key: secret, KeyID: "k1", Algorithm: "HS256"}, payload, nil))
	}
	// A symmetric key in the published set verifies nothing either.
	secret := jose.JSONWebKey{Key: []byte(strings.Repeat("s", 32)), KeyID: "sym", Algorithm: "HS256"}
	i.do(func() { i.metadata["jwks_uri"] = serveJSON(t, map[string]any{"keys": []any{secret}}) })
	wantRefused(t, newVerifier(t, i.config()), sign(t, secret, payload, nil))
}

func serveJSON(t *testing.T, v any) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if err := json.NewEncoder(w).Encode(v); err != nil {
			t.Errorf("serve: %v", err)
		}
	}))
	t.Cleanup(s.Close)
	return s.URL + "/doc"
}

func TestJW03_UnknownCriticalExtension(t *testing.T) {
	i := newTestIssuer(t)
	v := newVerifier(t, i.config())
	for _, extra := range []string{`"crit":["x"],"x":1`, `"crit":[]`, `"crit":null`, `"b64":false,"crit":["b64"]`, `"b64":false`, `"zip":"DEF"`} {
		wantRefused(t, v, signRaw(t, i, `{"alg":"ES256","typ":"at+jwt","kid":"k1",`+extra+`}`))
	}
}

// signRaw signs a good payload under a header given as text.
func signRaw(t *testing.T, i *testIssuer, head string) string {
	t.Helper()
	payload, err := json.Marshal(i.claims(nil))
	if err != nil {
		t.Fatal(err)
	}
	input := b64(head) + "." + b64(string(payload))
	return input + "." + rawES256(t, i.keys[0].Key.(*ecdsa.PrivateKey), input)
}

func TestJW04_OtherSerialisations(t *testing.T) {
	i := newTestIssuer(t)
	v := newVerifier(t, i.config())
	good := i.token(nil, nil)
	part := strings.Split(good, ".")
	for _, bad := range []string{
		`{"payload":"` + part[1] + `","protected":"` + part[0] + `","signature":"` + part[2] + `"}`,
		good + "\n", " " + good, good + ";", part[0] + ". " + part[1] + "." + part[2], good + "=", part[0] + "=." + part[1] + "." + part[2],
		part[0] + "." + part[1], good + ".", "." + good, "..", "", "....", "ünïcode",
	} {
		wantRefused(t, v, bad)
	}
}

func TestJW05_KeyFromTheToken(t *testing.T) {
	i := newTestIssuer(t)
	v := newVerifier(t, i.config())
	trap := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("a URL from a token was asked") }))
	defer trap.Close()
	own := newKey(t, "own")
	payload, err := json.Marshal(i.claims(nil))
	if err != nil {
		t.Fatal(err)
	}
	for _, kid := range []string{"own", "k1"} {
		own.KeyID = kid
		for name, value := range map[jose.HeaderKey]any{
			"jwk": own.Public(), "jku": trap.URL + "/jwks", "x5u": trap.URL + "/cert", "x5c": []string{b64("certificate")},
		} {
			wantRefused(t, v, sign(t, own, payload, map[jose.HeaderKey]any{name: value}))
		}
	}
}

func TestJW06_KeyNamesOfTwoIssuers(t *testing.T) {
	one, two := newTestIssuer(t), newTestIssuer(t)
	v, w := newVerifier(t, one.config()), newVerifier(t, two.config())
	wantAccepted(t, v, one.token(nil, nil))
	wantAccepted(t, w, two.token(nil, nil))
	// Same kid, other issuer, even when the claims lie about where they come from.
	wantRefused(t, v, two.token(nil, nil))
	wantRefused(t, v, two.token(map[string]any{"iss": one.server.URL}, nil))
	for _, kid := range []string{"../", "' or 1=1 --", strings.Repeat("k", 5000), "k1\x00"} {
		head, err := json.Marshal(map[string]string{"alg": "ES256", "typ": "at+jwt", "kid": kid})
		if err != nil {
			t.Fatal(err)
		}
		wantRefused(t, v, signRaw(t, one, string(head)))
	}
	if n := one.count("/jwks"); n > 2 {
		t.Errorf("%d requests for keys", n)
	}
}

func TestJW08_PBES2Bomb(t *testing.T) {
	i := newTestIssuer(t)
	v := newVerifier(t, i.config())
	head := b64(`{"alg":"PBES2-HS256+A128KW","enc":"A128GCM","p2c":2147483647,"p2s":"AAAA","typ":"at+jwt"}`)
	wantRefused(t, v, head+".AAAA.AAAA.AAAA.AAAA")
	wantRefused(t, v, head+".AAAA.AAAA")
	if i.count("/jwks") != 0 {
		t.Error("keys were fetched for an algorithm that is not accepted")
	}
}

func TestJW10_EnormousToken(t *testing.T) {
	i := newTestIssuer(t)
	v := newVerifier(t, i.config())
	dots := strings.Repeat(".", 1<<20)
	allocated := testing.Benchmark(func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			wantRefused(t, v, dots)
		}
	}).AllocedBytesPerOp()
	if allocated > 64<<10 {
		t.Errorf("a megabyte of dots allocates %d bytes", allocated)
	}
	wantRefused(t, v, i.token(map[string]any{"pad": strings.Repeat("x", 9000)}, nil))
}

func TestJW11_BadSignatureAndExpired(t *testing.T) {
	i := newTestIssuer(t)
	v := newVerifier(t, i.config())
	payload, err := json.Marshal(i.claims(map[string]any{"exp": i.clock().Unix() - 10}))
	if err != nil {
		t.Fatal(err)
	}
	forged := sign(t, newKey(t, "k1"), payload, nil)
	if e := wantRefused(t, v, forged); strings.Contains(e.Description, "expired") {
		t.Errorf("claims were judged before the signature: %v", e)
	}
}

func TestJW12_Audience(t *testing.T) {
	i := newTestIssuer(t)
	v := newVerifier(t, i.config())
	for _, aud := range []any{
		nil, "", []string{}, []string{""}, "http://localhost:8082", audience + "/", strings.ToUpper(audience), audience + "2",
		"x" + audience, []string{"https://other.example"}, map[string]any{audience: true}, []any{audience, 1}, 7, true,
	} {
		wantRefused(t, v, i.token(map[string]any{"aud": aud}, nil))
	}
}

func TestJW13_EncryptedTokenIsNoSignedToken(t *testing.T) {
	i := newTestIssuer(t)
	key := i.keys[0].Public()
	enc, err := jose.NewEncrypter(jose.A128GCM, jose.Recipient{Algorithm: jose.ECDH_ES, Key: key.Key, KeyID: "k1"}, (&jose.EncrypterOptions{}).WithType("at+jwt"))
	if err != nil {
		t.Fatal(err)
	}
	jwe, err := enc.Encrypt([]byte(`{"sub":"acc_ada"}`))
	if err != nil {
		t.Fatal(err)
	}
	text, err := jwe.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	i.answers[text] = map[string]any{"active": true, "sub": "acc_ada", "client_id": "x", "aud": audience}
	wantRefused(t, newVerifier(t, i.config()), text)
	wantRefused(t, newVerifier(t, i.liveConfig()), text)
}

func TestJW17_RepeatedAndOddCaseNames(t *testing.T) {
	i := newTestIssuer(t)
	v := newVerifier(t, i.config())
	good, err := json.Marshal(i.claims(nil))
	if err != nil {
		t.Fatal(err)
	}
	wantRefused(t, v, sign(t, i.keys[0], []byte(`{"sub":"acc_eve",`+string(good[1:])), nil))
	odd, err := json.Marshal(i.claims(map[string]any{"sub": nil, "SUB": "acc_eve"}))
	if err != nil {
		t.Fatal(err)
	}
	wantRefused(t, v, sign(t, i.keys[0], odd, nil))
	wantRefused(t, v, sign(t, i.keys[0], []byte(strings.Replace(string(good), "acc_ada", "acc\xff", 1)), nil))
}

func TestRFC9068_RequiredClaims(t *testing.T) {
	i := newTestIssuer(t)
	v := newVerifier(t, i.config())
	for _, name := range []string{"iss", "sub", "aud", "client_id", "jti", "iat", "exp"} {
		wantRefused(t, v, i.token(map[string]any{name: nil}, nil))
	}
	now := i.clock().Unix()
	for name, changes := range map[string]map[string]any{
		"other issuer":      {"iss": "http://localhost:1"},
		"issuer with slash": {"iss": i.server.URL + "/"},
		"expired":           {"exp": now},
		"expiry as text":    {"exp": "9999999999"},
		"negative expiry":   {"exp": -1},
		"not yet":           {"nbf": now + 1},
		"issued later":      {"iat": now + 1},
		"scope as list":     {"scope": []string{"read:events"}},
		"bound by DPoP":     {"cnf": map[string]any{"jkt": "x"}},
		"bound, but null":   {"cnf": json.RawMessage(`{}`)},
	} {
		t.Run(name, func(t *testing.T) { wantRefused(t, v, i.token(changes, nil)) })
	}
	wantAccepted(t, v, i.token(map[string]any{"exp": 1e300}, nil))
}

func TestRFC9068_Type(t *testing.T) {
	i := newTestIssuer(t)
	v := newVerifier(t, i.config())
	wantAccepted(t, v, signRaw(t, i, `{"alg":"ES256","typ":"application/at+jwt","kid":"k1"}`))
	for _, typ := range []string{`,"typ":"JWT"`, `,"typ":"at+jwt "`, `,"typ":""`, `,"typ":"dpop+jwt"`, ``, `,"TYP":"at+jwt"`} {
		wantRefused(t, v, signRaw(t, i, `{"alg":"ES256","kid":"k1"`+typ+`}`))
	}
}

func TestLeeway(t *testing.T) {
	i := newTestIssuer(t)
	cfg := i.config()
	cfg.Leeway = 0
	v := newVerifier(t, cfg)
	now := i.clock().Unix()
	wantAccepted(t, v, i.token(map[string]any{"exp": now - 9, "iat": now + 10, "nbf": now + 10}, nil))
	wantRefused(t, v, i.token(map[string]any{"exp": now - 10}, nil))
	wantRefused(t, v, i.token(map[string]any{"nbf": now + 11}, nil))
}

func FuzzVerify(f *testing.F) {
	i := newTestIssuer(f)
	v := newVerifier(f, i.config())
	good := i.token(nil, nil)
	f.Add(good)
	f.Add("a.b.c")
	f.Add(b64(`{"alg":"ES256","typ":"at+jwt"}`) + ".e30.AA")
	f.Fuzz(func(t *testing.T, raw string) {
		got, err := v.Verify(t.Context(), raw)
		if err == nil && (raw != good || got.Subject != "acc_ada") {
			t.Fatalf("accepted %q: %+v", raw, got)
		}
	})
}
