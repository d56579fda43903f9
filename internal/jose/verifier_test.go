package jose

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"
)

var noon = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)

const issuer, audienceAPI = "https://as.example", "https://api.example"

type claimSet map[string]any

func goodClaims() claimSet {
	return claimSet{"iss": issuer, "sub": "acc_1", "aud": audienceAPI, "exp": noon.Add(time.Hour).Unix(), "iat": noon.Unix(), "jti": "t1"}
}

func (c claimSet) with(name string, value any) claimSet {
	c[name] = value
	if value == nil {
		delete(c, name)
	}
	return c
}

func expect(keys ...PublicKey) Expect {
	set, err := NewJWKS(keys...)
	if err != nil {
		panic(err)
	}
	return Expect{Typ: "at+jwt", Issuer: issuer, Audience: audienceAPI, Algorithms: algorithms, Keys: set, Now: noon, Leeway: 10 * time.Second}
}

func sign(t testing.TB, key PrivateKey, typ string, claims any) string {
	t.Helper()
	token, err := key.Sign(typ, claims)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// forge signs any header, as an attacker with a key of his own, or ours, could.
func forge(t testing.TB, key PrivateKey, header string, claims any) string {
	t.Helper()
	payload, err := json.Marshal(claims)
	if err != nil {
		t.Fatal(err)
	}
	input := base64.RawURLEncoding.EncodeToString([]byte(header)) + "." + base64.RawURLEncoding.EncodeToString(payload)
	signature, err := key.signature([]byte(input))
	if err != nil {
		t.Fatal(err)
	}
	return input + "." + base64.RawURLEncoding.EncodeToString(signature)
}

func refused(t *testing.T, what, token string, e Expect) {
	t.Helper()
	for _, v := range []*Verifier{{}, NewVerifier(4)} {
		for range 2 {
			c, err := v.Verify(token, e)
			if !errors.Is(err, ErrInvalidToken) {
				t.Errorf("%s: got %v", what, err)
			}
			if c.Issuer != "" || c.Subject != "" || c.Audience != nil || c.payload != nil {
				t.Errorf("%s: a refused token gave claims %+v", what, c)
			}
		}
	}
}

func TestVerifyEveryAlgorithm(t *testing.T) {
	for alg, key := range testKeys() {
		for _, v := range []*Verifier{{}, NewVerifier(4)} {
			for range 2 {
				c, err := v.Verify(sign(t, key, "at+jwt", goodClaims().with("aud", []string{"x", audienceAPI})), expect(key.Public()))
				if err != nil || c.Issuer != issuer || c.Subject != "acc_1" || c.ID != "t1" || len(c.Audience) != 2 || c.KeyID != key.ID() ||
					!c.Expiry.Equal(noon.Add(time.Hour)) || !c.IssuedAt.Equal(noon) || !c.NotBefore.IsZero() {
					t.Errorf("%s: got %+v, %v", alg, c, err)
				}
			}
		}
		header, _, _ := strings.Cut(sign(t, key, "at+jwt", goodClaims()), ".")
		raw, _ := decode(header)
		if want := fmt.Sprintf(`{"alg":"%s","typ":"at+jwt","kid":"%s"}`, alg, key.ID()); string(raw) != want {
			t.Errorf("header %s, want %s", raw, want)
		}
	}
	key := testKeys()[ES256]
	if _, err := new(Verifier).Verify(forge(t, key, `{"alg":"ES256","typ":"application/at+jwt"}`, goodClaims()), expect(key.Public())); err != nil {
		t.Errorf("application/at+jwt: %v", err)
	}
	for _, typ := range []string{"", `a"b`, "a b", "a/b"} {
		if _, err := key.Sign(typ, goodClaims()); err == nil {
			t.Errorf("signed with typ %q", typ)
		}
	}
	if _, err := (PrivateKey{}).Sign("JWT", goodClaims()); err == nil {
		t.Error("signed without a key")
	}
	if _, err := key.Sign("JWT", func() {}); err == nil {
		t.Error("signed a function")
	}
}

func TestJW01_AlgNone(t *testing.T) {
	key := testKeys()[ES256]
	e := expect(key.Public())
	payload, _ := json.Marshal(goodClaims())
	body := base64.RawURLEncoding.EncodeToString(payload)
	signature := strings.Split(sign(t, key, "at+jwt", goodClaims()), ".")[2]
	for _, alg := range []string{`"none"`, `"noNE"`, `"NONE "`, `"None"`, `""`, `null`, `["none"]`, `["ES256"]`, `{}`, `0`, `true`, `"es256"`, `"ES256 "`, `"ES384"`, `"HS256"`} {
		header := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":` + alg + `,"typ":"at+jwt"}`))
		for _, s := range []string{"", "AA", signature} {
			refused(t, alg, header+"."+body+"."+s, e)
		}
		refused(t, alg+" signed", forge(t, key, `{"alg":`+alg+`,"typ":"at+jwt"}`, goodClaims()), e)
	}
	refused(t, "no alg", forge(t, key, `{"typ":"at+jwt"}`, goodClaims()), e)
	refused(t, "odd case name", forge(t, key, `{"ALG":"ES256","typ":"at+jwt"}`, goodClaims()), e)
}

func TestJW02_PublicKeyAsSecret(t *testing.T) {
	for _, alg := range []Algorithm{RS256, ES256} {
		public := testKeys()[alg].Public()
		der, err := x509.MarshalPKIXPublicKey(public.key)
		if err != nil {
			t.Fatal(err)
		}
		jwk, _ := json.Marshal(public)
		payload, _ := json.Marshal(goodClaims())
		for what, secret := range map[string][]byte{
			"DER": der, "PEM": pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}), "JWK": jwk, "empty": {},
		} {
			input := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"HS256","typ":"at+jwt"}`)) + "." + base64.RawURLEncoding.EncodeToString(payload)
			mac := hmac.New(sha256.New, secret)
			mac.Write([]byte(input))
			refused(t, string(alg)+" "+what, input+"."+base64.RawURLEncoding.EncodeToString(mac.Sum(nil)), expect(public))
		}
		if _, err := ParseHMACKey(jwk); err == nil {
			t.Error("a public key was read as an HMAC key")
		}
	}
	// One key, one algorithm: an RS256 key does not verify PS256, though the mathematics would do.
	rs := testKeys()[RS256]
	ps, err := newPrivateKey(PS256, rs.ID(), rs.signer)
	if err != nil {
		t.Fatal(err)
	}
	refused(t, "PS256 by an RS256 key", sign(t, ps, "at+jwt", goodClaims()), expect(rs.Public()))
	e := expect(rs.Public())
	e.Algorithms = []Algorithm{ES256, PS256}
	refused(t, "RS256 where it is not allowed", sign(t, rs, "at+jwt", goodClaims()), e)
}

func TestJW03_Crit(t *testing.T) {
	key := testKeys()[ES256]
	for _, extra := range []string{`"crit":["x"],"x":1`, `"crit":[]`, `"crit":null`, `"crit":["b64"],"b64":false`, `"b64":false`, `"b64":true`, `"crit":["alg"]`, `"crit":"exp"`} {
		refused(t, extra, forge(t, key, `{"alg":"ES256","typ":"at+jwt",`+extra+`}`, goodClaims()), expect(key.Public()))
	}
	// An unknown header that is not critical is ignored (RFC 7515 §4).
	if _, err := new(Verifier).Verify(forge(t, key, `{"alg":"ES256","typ":"at+jwt","x":1}`, goodClaims()), expect(key.Public())); err != nil {
		t.Error(err)
	}
}

func TestJW04_OnlyCompact(t *testing.T) {
	key := testKeys()[ES256]
	good := sign(t, key, "at+jwt", goodClaims())
	p := strings.Split(good, ".")
	for what, token := range map[string]string{
		"flattened": `{"payload":"` + p[1] + `","protected":"` + p[0] + `","signature":"` + p[2] + `"}`,
		"general":   `{"payload":"` + p[1] + `","signatures":[{"protected":"` + p[0] + `","signature":"` + p[2] + `"}]}`,
		"header":    `{"payload":"` + p[1] + `","header":{"alg":"ES256"},"signature":"` + p[2] + `"}`,
		"space":     " " + good, "space after": good + " ", "line end": good + "\n", "inside": p[0] + ".\n" + p[1] + "." + p[2], "semicolon": good + ";", "padding": good + "=",
		"tab": p[0] + "\t." + p[1] + "." + p[2], "NUL": good + "\x00", "standard alphabet": strings.NewReplacer("-", "+", "_", "/").Replace(good) + "+", "percent": p[0] + "%2e" + p[1] + "." + p[2],
		"empty": "", "one": p[0], "two": p[0] + "." + p[1], "four": good + ".", "four parts": good + "." + p[0], "dots": "..", "no payload": p[0] + ".." + p[2], "no signature": p[0] + "." + p[1] + ".", "no header": "." + p[1] + "." + p[2],
		"Bearer": "Bearer " + good, "letter beyond ASCII": p[0] + "é." + p[1] + "." + p[2],
	} {
		refused(t, what, token, expect(key.Public()))
	}
	// The bits that base64url leaves over make no second spelling of a signature.
	last := good[len(good)-1]
	alphabet := "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	for i := range len(alphabet) {
		if alphabet[i] != last {
			refused(t, "other last letter", good[:len(good)-1]+alphabet[i:i+1], expect(key.Public()))
		}
	}
}

func TestJW05_KeyFromToken(t *testing.T) {
	key := testKeys()[ES256]
	mallory, err := GenerateKey(ES256)
	if err != nil {
		t.Fatal(err)
	}
	jwk, _ := json.Marshal(mallory.Public())
	for _, extra := range []string{`"jwk":` + string(jwk), `"jwk":null`, `"jku":"http://127.0.0.1:1/jwks"`, `"x5u":"http://127.0.0.1:1/x"`, `"x5c":["MIIB"]`, `"x5c":[]`} {
		for signer, k := range map[string]PrivateKey{"own": mallory, "ours": key} {
			for _, kid := range []string{"", `"kid":"` + key.ID() + `",`} {
				refused(t, signer+" "+extra, forge(t, k, `{"alg":"ES256","typ":"at+jwt",`+kid+extra+`}`, goodClaims()), expect(key.Public()))
			}
		}
	}
	refused(t, "another's signature", forge(t, mallory, `{"alg":"ES256","typ":"at+jwt","kid":"`+key.ID()+`"}`, goodClaims()), expect(key.Public()))
}

func TestJW06_KidInjection(t *testing.T) {
	key, other := testKeys()[ES256], testKeys()[EdDSA]
	e := expect(key.Public(), other.Public())
	for _, kid := range []string{"../", "../../etc/passwd", "' or 1=1", "http://127.0.0.1/", strings.Repeat("k", 10<<10), strings.Repeat("k", 300), "x"} {
		text, _ := json.Marshal(kid)
		refused(t, kid, forge(t, key, `{"alg":"ES256","typ":"at+jwt","kid":`+string(text)+`}`, goodClaims()), e)
	}
	refused(t, "no kid, two keys", forge(t, key, `{"alg":"ES256","typ":"at+jwt"}`, goodClaims()), e)
	refused(t, "kid is a number", forge(t, key, `{"alg":"ES256","typ":"at+jwt","kid":1}`, goodClaims()), e)

	// Two issuers use one kid: the keys come with the expectation, also when a token is remembered.
	a, _ := newPrivateKey(ES256, "1", key.signer)
	bKey, _ := GenerateKey(ES256)
	b, _ := newPrivateKey(ES256, "1", bKey.signer)
	v := NewVerifier(10)
	token := sign(t, a, "at+jwt", goodClaims())
	ea, eb := expect(a.Public()), expect(b.Public())
	for range 2 {
		if _, err := v.Verify(token, ea); err != nil {
			t.Error(err)
		}
		if _, err := v.Verify(token, eb); !errors.Is(err, ErrInvalidToken) {
			t.Errorf("issuer B's key of the same name accepted A's token: %v", err)
		}
	}
}

func TestJW07_RemovedKeyIsForgotten(t *testing.T) {
	key, next := testKeys()[ES256], testKeys()[EdDSA]
	v := NewVerifier(10)
	token := sign(t, key, "at+jwt", goodClaims())
	if _, err := v.Verify(token, expect(key.Public(), next.Public())); err != nil {
		t.Fatal(err)
	}
	if _, err := v.Verify(token, expect(next.Public())); !errors.Is(err, ErrInvalidToken) {
		t.Errorf("a remembered token outlived its key: %v", err)
	}
}

func TestJW08_PBES2(t *testing.T) {
	key := testKeys()[ES256]
	header := `{"alg":"PBES2-HS256+A128KW","enc":"A128CBC-HS256","p2c":2147483648,"p2s":"AAAAAAAAAAA","typ":"at+jwt"}`
	began := time.Now()
	refused(t, "three parts", forge(t, key, header, goodClaims()), expect(key.Public()))
	refused(t, "five parts", base64.RawURLEncoding.EncodeToString([]byte(header))+".AAAA.AAAA.AAAA.AAAA", expect(key.Public()))
	if d := time.Since(began); d > time.Second {
		t.Errorf("took %v", d)
	}
}

func TestJW09_Zip(t *testing.T) {
	key := testKeys()[ES256]
	for _, extra := range []string{`"zip":"DEF"`, `"zip":null`, `"enc":"A128GCM","zip":"DEF"`} {
		refused(t, extra, forge(t, key, `{"alg":"ES256","typ":"at+jwt",`+extra+`}`, goodClaims()), expect(key.Public()))
	}
}

func TestJW10_SizeAndDots(t *testing.T) {
	key := testKeys()[ES256]
	e := expect(key.Public())
	refused(t, "just too long", sign(t, key, "at+jwt", goodClaims().with("x", strings.Repeat("x", MaxTokenSize))), e)
	for what, token := range map[string]string{"a million dots": strings.Repeat(".", 1<<20), "8 kB of dots": strings.Repeat(".", MaxTokenSize), "a million letters": strings.Repeat("A", 1<<20)} {
		refused(t, what, token, e)
		var before, after runtime.MemStats
		v := NewVerifier(4)
		runtime.ReadMemStats(&before)
		_, _ = v.Verify(token, e)
		runtime.ReadMemStats(&after)
		if grown := after.TotalAlloc - before.TotalAlloc; grown > 64<<10 {
			t.Errorf("%s: allocated %d bytes", what, grown)
		}
	}
	for _, header := range []string{`{}`, `null`, `[]`, `""`, `{"alg":"ES256","typ":"at+jwt","kid":null`, `{"alg":"ES256","alg":"ES256","typ":"at+jwt"}`} {
		refused(t, header, forge(t, key, header, goodClaims()), e)
	}
}

func TestJW11_NoClaimsOnError(t *testing.T) {
	key := testKeys()[ES256]
	expired := sign(t, key, "at+jwt", goodClaims().with("exp", noon.Add(-time.Hour).Unix()))
	bad := expired[:len(expired)-6] + "AAAAAA"
	refused(t, "expired", expired, expect(key.Public()))
	refused(t, "expired and forged", bad, expect(key.Public()))
	if _, err := new(Verifier).Verify(bad, expect(key.Public())); errors.Is(err, ErrExpired) {
		t.Error("the expiry of a forged token was reported")
	}
	e := expect(key.Public())
	e.IgnoreExpiry = true
	if _, err := new(Verifier).Verify(expired, e); err != nil {
		t.Errorf("IgnoreExpiry: %v", err)
	}
	refused(t, "forged, expiry ignored", bad, e)
}

func TestJW12_Audience(t *testing.T) {
	key := testKeys()[ES256]
	e := expect(key.Public())
	for _, aud := range []any{nil, []string{}, "", []string{""}, "https://api.exampl", "https://api.example/", "https://other.example", []string{"a", "b"}, 7, []any{1}, []any{audienceAPI, 1}, map[string]string{"a": audienceAPI}, []any{[]string{audienceAPI}}, audienceAPI + " x"} {
		refused(t, fmt.Sprint(aud), sign(t, key, "at+jwt", goodClaims().with("aud", aud)), e)
	}
	token := sign(t, key, "at+jwt", goodClaims())
	for what, change := range map[string]func(*Expect){
		"audience": func(e *Expect) { e.Audience = "" }, "issuer": func(e *Expect) { e.Issuer = "" }, "typ": func(e *Expect) { e.Typ = "" },
		"algorithms": func(e *Expect) { e.Algorithms = nil }, "empty algorithm": func(e *Expect) { e.Algorithms = []Algorithm{ES256, ""} }, "keys": func(e *Expect) { e.Keys = nil },
		"now": func(e *Expect) { e.Now = time.Time{} }, "leeway": func(e *Expect) { e.Leeway = -1 }, "long leeway": func(e *Expect) { e.Leeway = time.Hour },
		"both audiences": func(e *Expect) { e.NoAudience = true }, "both issuers": func(e *Expect) { e.AnyIssuer = true }, "both types": func(e *Expect) { e.AnyTyp = true },
	} {
		e := expect(key.Public())
		change(&e)
		if c, err := new(Verifier).Verify(token, e); err == nil || errors.Is(err, ErrInvalidToken) || c.Issuer != "" {
			t.Errorf("unset %s: got %+v, %v", what, c, err)
		}
	}
	refused(t, "zero JWKS", token, Expect{Typ: "at+jwt", Issuer: issuer, Audience: audienceAPI, Algorithms: algorithms, Keys: JWKS{}, Now: noon})
}

func TestJW13_EncryptedTaken(t *testing.T) {
	key := testKeys()[ES256]
	for _, header := range []string{`{"alg":"dir","enc":"A128GCM"}`, `{"alg":"RSA-OAEP","enc":"A256GCM","cty":"JWT"}`, `{"alg":"ES256","typ":"at+jwt"}`} {
		h := base64.RawURLEncoding.EncodeToString([]byte(header))
		refused(t, header, h+".AAAA.AAAA.AAAA.AAAA", expect(key.Public()))
		refused(t, header, h+"..AAAA.AAAA.AAAA", expect(key.Public()))
	}
}

func TestJW14_Signatures(t *testing.T) {
	key := testKeys()[ES256]
	good := sign(t, key, "at+jwt", goodClaims())
	input := good[:strings.LastIndex(good, ".")+1]
	raw, _ := decode(good[len(input):])
	order := []byte("\xff\xff\xff\xff\x00\x00\x00\x00\xff\xff\xff\xff\xff\xff\xff\xff\xbc\xe6\xfa\xad\xa7\x17\x9e\x84\xf3\xb9\xca\xc2\xfc\x63\x25\x51")
	for what, signature := range map[string][]byte{
		"r=s=0": make([]byte, 64), "r=0": append(make([]byte, 32), raw[32:]...), "s=0": append(append([]byte{}, raw[:32]...), make([]byte, 32)...),
		"r=n": append(append([]byte{}, order...), raw[32:]...), "s=n": append(append([]byte{}, raw[:32]...), order...), "r=s=n": append(append([]byte{}, order...), order...),
		"63 bytes": raw[:63], "65 bytes": append(append([]byte{}, raw...), 0), "96 bytes": append(append([]byte{}, raw...), make([]byte, 32)...), "1 byte": {0},
		"ASN.1": {0x30, 6, 2, 1, 1, 2, 1, 1}, "swapped": append(append([]byte{}, raw[32:]...), raw[:32]...),
	} {
		refused(t, what, input+base64.RawURLEncoding.EncodeToString(signature), expect(key.Public()))
	}
	var texts []string
	for _, header := range []string{`{"alg":"RSA1_5","enc":"A128CBC-HS256"}`, `{"alg":"ECDH-ES","enc":"A128GCM","epk":{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}}`} {
		_, err := new(Verifier).Verify(base64.RawURLEncoding.EncodeToString([]byte(header))+".AAAA.AAAA.AAAA.AAAA", expect(key.Public()))
		texts = append(texts, fmt.Sprint(err))
	}
	if texts[0] != texts[1] || texts[0] == "<nil>" {
		t.Errorf("encrypted tokens are told apart: %q", texts)
	}
}

func TestJW17_ClaimsStrict(t *testing.T) {
	key := testKeys()[ES256]
	payload, _ := json.Marshal(goodClaims())
	for what, text := range map[string]string{
		"duplicate": strings.Replace(string(payload), `"sub"`, `"sub":"x","sub"`, 1), "NUL": strings.Replace(string(payload), "acc_1", `a\u0000`, 1),
		"UTF-8": strings.Replace(string(payload), "acc_1", "\xff", 1), "odd case": strings.Replace(string(payload), `"iss"`, `"ISS"`, 1), "list": `[]`, "null": `null`, "text": `x`, "trailing": string(payload) + "{}",
	} {
		token, err := key.SignPayload("at+jwt", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		refused(t, what, token, expect(key.Public()))
	}
}

func TestTypes(t *testing.T) {
	key := testKeys()[ES256]
	for _, typ := range []string{"JWT", "at", "AT+JWT", "at+jwt2", "application"} {
		refused(t, typ, sign(t, key, typ, goodClaims()), expect(key.Public()))
	}
	for _, header := range []string{`{"alg":"ES256"}`, `{"alg":"ES256","typ":null}`, `{"alg":"ES256","typ":"APPLICATION/at+jwt"}`, `{"alg":"ES256","typ":"x/at+jwt"}`, `{"alg":"ES256","typ":["at+jwt"]}`} {
		refused(t, header, forge(t, key, header, goodClaims()), expect(key.Public()))
	}
}

func TestTimes(t *testing.T) {
	key := testKeys()[ES256]
	e := expect(key.Public()) // leeway 10 s
	at := func(d time.Duration) int64 { return noon.Add(d).Unix() }
	for _, c := range []struct {
		claim string
		value any
		good  bool
	}{
		{"exp", at(time.Second), true}, {"exp", at(-9 * time.Second), true}, {"exp", at(-10 * time.Second), false}, {"exp", nil, false}, {"exp", 0, false}, {"exp", -1, false},
		{"exp", "4102444800", false}, {"exp", 1e30, false}, {"exp", float64(at(0)) + 0.5, true}, {"exp", true, false}, {"exp", []int{1}, false},
		{"nbf", at(10 * time.Second), true}, {"nbf", at(11 * time.Second), false}, {"nbf", "x", false}, {"nbf", nil, true},
		{"iat", at(10 * time.Second), true}, {"iat", at(11 * time.Second), false}, {"iat", at(-1e6 * time.Second), true}, {"iat", nil, true},
		{"iss", nil, false}, {"iss", issuer + "/", false}, {"iss", 1, false}, {"sub", 1, false}, {"sub", nil, true},
	} {
		token := sign(t, key, "at+jwt", goodClaims().with(c.claim, c.value))
		if _, err := new(Verifier).Verify(token, e); (err == nil) != c.good {
			t.Errorf("%s = %v: %v", c.claim, c.value, err)
		}
	}
}
