package jose

import (
	"errors"
	"testing"
)

func FuzzJWTVerify(f *testing.F) {
	key := testKeys()[EdDSA]
	e := expect(key.Public())
	good := sign(f, key, "at+jwt", goodClaims())
	for _, token := range []string{good, vectorES256, vectorHS256, "a.b.c", "..", good + ".", forge(f, key, `{"alg":"none"}`, goodClaims()), forge(f, key, `{"alg":"EdDSA","crit":[]}`, nil)} {
		f.Add(token)
	}
	v := NewVerifier(8)
	f.Fuzz(func(t *testing.T, token string) {
		c, err := v.Verify(token, e)
		if err == nil {
			if token != good && c.ID != "t1" {
				t.Fatalf("forged: %q", token)
			}
			return
		}
		if !errors.Is(err, ErrInvalidToken) || c.Issuer != "" || c.payload != nil {
			t.Fatalf("%q: %+v, %v", token, c, err)
		}
		_, _ = Inspect(token)
	})
}
