package jose

import (
	"encoding/json"
	"errors"
	"testing"
	"time"
)

// Payload of RFC 7515 A.1 to A.3 and RFC 7519 §3.1, which expired in 2011.
var joeTime = time.Unix(1300819379, 0)

const (
	// RFC 7519 §3.1 and RFC 7515 A.1.
	vectorHS256    = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
	vectorHS256Key = `{"kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"}`
	// RFC 7515 A.2.
	vectorRS256    = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw"
	vectorRS256Key = `{"kty":"RSA","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ","e":"AQAB"}`
	// RFC 7515 A.3.
	vectorES256    = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"
	vectorES256Key = `{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}`
)

func TestVectorsRFC7515(t *testing.T) {
	for what, v := range map[string]struct {
		token, key string
		alg        Algorithm
	}{"A.2": {vectorRS256, vectorRS256Key, RS256}, "A.3": {vectorES256, vectorES256Key, ES256}} {
		key, err := ParsePublicKey([]byte(v.key))
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		set, _ := NewJWKS(key)
		e := Expect{AnyTyp: true, Issuer: "joe", NoAudience: true, Algorithms: []Algorithm{v.alg}, Keys: set, Now: joeTime}
		c, err := new(Verifier).Verify(v.token, e)
		if err != nil || c.Issuer != "joe" || c.Expiry.Unix() != 1300819380 {
			t.Errorf("%s: got %+v, %v", what, c, err)
		}
		var private struct {
			Root bool `json:"http://example.com/is_root"`
		}
		if err := c.Decode(&private); err != nil || !private.Root {
			t.Errorf("%s: got %+v, %v", what, private, err)
		}
		e.Now = joeTime.Add(time.Second)
		if _, err := new(Verifier).Verify(v.token, e); !errors.Is(err, ErrExpired) || !errors.Is(err, ErrInvalidToken) {
			t.Errorf("%s on the second of its expiry: %v", what, err)
		}
		e.Now = joeTime
		if _, err := new(Verifier).Verify(v.token[:len(v.token)-4]+"AAAA", e); !errors.Is(err, ErrInvalidToken) {
			t.Errorf("%s with another signature: %v", what, err)
		}
	}
}

func TestVectorRFC7519(t *testing.T) {
	key, err := ParseHMACKey([]byte(vectorHS256Key))
	if err != nil {
		t.Fatal(err)
	}
	e := Expect{Typ: "JWT", Issuer: "joe", NoAudience: true, Now: joeTime}
	if c, err := VerifyHMAC(vectorHS256, key, e); err != nil || c.Issuer != "joe" {
		t.Errorf("got %+v, %v", c, err)
	}
	for what, token := range map[string]string{"other payload": vectorHS256[:60] + "A" + vectorHS256[61:], "RS256": vectorRS256, "cut": vectorHS256[:len(vectorHS256)-1]} {
		if c, err := VerifyHMAC(token, key, e); !errors.Is(err, ErrInvalidToken) || c.Issuer != "" {
			t.Errorf("%s: got %+v, %v", what, c, err)
		}
	}
	for _, jwk := range []string{vectorES256Key, `{"kty":"oct","k":""}`, `{"kty":"oct","k":"YQ"}`, `{"kty":"oct","alg":"HS512","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"}`} {
		if _, err := ParseHMACKey([]byte(jwk)); err == nil {
			t.Errorf("%s became an HMAC key", jwk)
		}
	}
}

func TestVectorRFC7638(t *testing.T) {
	key, err := ParsePublicKey([]byte(`{"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw","e":"AQAB","alg":"RS256","kid":"2011-04-29"}`))
	if err != nil {
		t.Fatal(err)
	}
	if key.Thumbprint() != "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs" || key.ID() != "2011-04-29" {
		t.Errorf("got %q, %q", key.Thumbprint(), key.ID())
	}
}

func TestVectorRFC8037(t *testing.T) {
	key, err := ParsePrivateKey([]byte(`{"kty":"OKP","crv":"Ed25519","alg":"EdDSA","d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}`))
	if err != nil {
		t.Fatal(err)
	}
	// A.3: the thumbprint, which is the key id where none is given.
	if key.ID() != "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k" {
		t.Errorf("got %q", key.ID())
	}
	// A.4: the signature of a payload that is no JSON.
	const input = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc"
	signature, err := key.signature([]byte(input))
	want, _ := decode("hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg")
	if err != nil || string(signature) != string(want) {
		t.Errorf("got %x, %v", signature, err)
	}
	public, err := json.Marshal(key.Public())
	if want := `{"use":"sig","kty":"OKP","kid":"kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k","crv":"Ed25519","alg":"EdDSA","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}`; err != nil || string(public) != want {
		t.Errorf("got %s, %v", public, err)
	}
}
