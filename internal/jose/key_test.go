package jose

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
)

var algorithms = []Algorithm{ES256, RS256, PS256, EdDSA}

// testKeys are made once: RSA keys take their time.
var testKeys = sync.OnceValue(func() map[Algorithm]PrivateKey {
	keys := map[Algorithm]PrivateKey{}
	for _, alg := range algorithms {
		key, err := GenerateKey(alg)
		if err != nil {
			panic(err)
		}
		keys[alg] = key
	}
	return keys
})

func TestKeysStoreAndPrint(t *testing.T) {
	for alg, key := range testKeys() {
		jwk, err := key.MarshalJWK()
		if err != nil {
			t.Fatal(err)
		}
		read, err := ParsePrivateKey(jwk)
		if err != nil || read.ID() != key.ID() || read.Algorithm() != alg || read.Public().Thumbprint() != key.ID() {
			t.Errorf("%s: read as %v, %v", alg, read, err)
		}
		var fields struct {
			D string `json:"d"`
		}
		if err := json.Unmarshal(jwk, &fields); err != nil || fields.D == "" {
			t.Fatalf("%s: no private part in the private JWK", alg)
		}
		wrapped, _ := json.Marshal(struct{ K PrivateKey }{key})
		for _, text := range []string{fmt.Sprintf("%v %+v %s %#v", key, key, key, key), string(wrapped)} {
			if strings.Contains(text, fields.D) || !strings.Contains(text, "private key") {
				t.Errorf("%s: prints as %s", alg, text)
			}
		}
		public, err := json.Marshal(key.Public())
		if err != nil || strings.Contains(string(public), fields.D) {
			t.Errorf("%s: the public JWK is %s, %v", alg, public, err)
		}
	}
	if _, err := GenerateKey("HS256"); err == nil {
		t.Error("an HS256 key was made")
	}
	if _, err := (PrivateKey{}).MarshalJWK(); err == nil {
		t.Error("no key was marshalled")
	}
	if _, err := json.Marshal(PublicKey{}); err == nil {
		t.Error("no key was marshalled")
	}
}

func TestPrivateKeyStrict(t *testing.T) {
	es, _ := testKeys()[ES256].MarshalJWK()
	public, _ := json.Marshal(testKeys()[ES256].Public())
	for what, jwk := range map[string]string{
		"public":          string(public),
		"no alg":          strings.Replace(string(es), `"alg":"ES256",`, "", 1),
		"other alg":       strings.Replace(string(es), "ES256", "EdDSA", 1),
		"RSA alg":         strings.Replace(string(es), "ES256", "RS256", 1),
		"duplicate":       strings.Replace(string(es), `"alg"`, `"alg":"ES256","alg"`, 1),
		"symmetric":       `{"kty":"oct","alg":"HS256","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"}`,
		"empty":           `{}`,
		"not JSON":        `-----BEGIN EC PRIVATE KEY-----`,
		"long key id":     strings.Replace(string(es), `"kid":"`, `"kid":"`+strings.Repeat("k", 300), 1),
		"point off curve": `{"kty":"EC","crv":"P-256","alg":"ES256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"}`,
	} {
		if key, err := ParsePrivateKey([]byte(jwk)); err == nil {
			t.Errorf("%s: read as %v", what, key)
		}
	}
}

func TestJWKSStrict(t *testing.T) {
	var keys []PublicKey
	for _, alg := range algorithms {
		keys = append(keys, testKeys()[alg].Public())
	}
	set, err := NewJWKS(keys...)
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(set)
	if err != nil {
		t.Fatal(err)
	}
	read, err := ParseJWKS(text)
	if err != nil || len(read.Keys()) != len(keys) {
		t.Fatalf("read %d keys, %v", len(read.Keys()), err)
	}
	for _, want := range keys {
		got, ok := read.Key(want.ID())
		if !ok || got.Thumbprint() != want.Thumbprint() || got.Algorithm() != want.Algorithm() {
			t.Errorf("%s: got %+v, %v", want.ID(), got, ok)
		}
	}
	if _, ok := read.Key(""); ok {
		t.Error("a token without kid found a key among four")
	}
	if _, err := NewJWKS(keys[0], keys[0]); err == nil {
		t.Error("one key id twice")
	}
	if _, err := NewJWKS(PublicKey{}); err == nil {
		t.Error("a missing key")
	}
	empty, err := json.Marshal(JWKS{})
	if err != nil || string(empty) != `{"keys":[]}` {
		t.Errorf("the empty set is %s, %v", empty, err)
	}

	es, _ := json.Marshal(keys[0])
	private, _ := testKeys()[ES256].MarshalJWK()
	for what, doc := range map[string]string{
		"private key":       `{"keys":[` + string(es) + `,` + strings.Replace(string(private), keys[0].ID(), "x", 1) + `]}`,
		"symmetric key":     `{"keys":[{"kty":"oct","kid":"a","k":"AAAA"}]}`,
		"one id twice":      `{"keys":[` + string(es) + `,` + string(es) + `]}`,
		"other algorithm":   `{"keys":[` + strings.Replace(string(es), "ES256", "RS256", 1) + `]}`,
		"off the curve":     `{"keys":[{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"}]}`,
		"small RSA":         `{"keys":[{"kty":"RSA","n":"sXchDaQebHnPiGvyDOAT4saGEUetSyo9MKLOoWFsueri23bOdgWp4Dy1WlUzewbgBHod5pcM9H95GQRV3JDXboIRROSBigeC5yjU1hGzHHyXss8UDprecbAYxknTcQkhslANGRUZmdTOQ5qTRsLAt6BTYuyvVRdhS8exSZEy_c4","e":"AQAB"}]}`,
		"no keys":           `{}`,
		"odd case":          `{"Keys":[]}`,
		"duplicate":         `{"keys":[],"keys":[]}`,
		"list":              `[]`,
		"duplicate in key":  `{"keys":[{"kty":"EC","kty":"RSA"}]}`,
		"empty coordinates": `{"keys":[{"kty":"EC","crv":"P-256","x":"","y":""}]}`,
	} {
		if got, err := ParseJWKS([]byte(doc)); err == nil {
			t.Errorf("%s: read %d keys", what, len(got.Keys()))
		}
	}
	// Keys of other kinds and for other uses are left out (RFC 7517 §5).
	got, err := ParseJWKS([]byte(`{"keys":[{"kty":"AKP","alg":"ML-DSA-44"},{"kty":"EC","crv":"P-384","x":"AA","y":"AA"},{"kty":"EC","crv":"P-256","alg":"ECDH-ES","x":"AA","y":"AA"},` +
		strings.Replace(string(es), `"use":"sig"`, `"use":"enc"`, 1) + `,` + vectorRS256Key + `]}`))
	if err != nil || len(got.Keys()) != 1 || got.Keys()[0].Algorithm() != RS256 {
		t.Errorf("got %+v, %v", got.Keys(), err)
	}
	if _, ok := got.Key(""); !ok {
		t.Error("a token without kid did not find the only key")
	}
}
