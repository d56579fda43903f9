package jose

import (
	"encoding/json"
	"testing"

	gojose "github.com/go-jose/go-jose/v4"
)

func BenchmarkSign(b *testing.B) {
	payload, _ := json.Marshal(goodClaims())
	for _, alg := range algorithms {
		key := testKeys()[alg]
		b.Run(string(alg), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := key.SignPayload("at+jwt", payload); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkSignGoJOSE is the measure for signing with crypto/* directly.
func BenchmarkSignGoJOSE(b *testing.B) {
	key := testKeys()[ES256]
	payload, _ := json.Marshal(goodClaims())
	options := (&gojose.SignerOptions{}).WithType("at+jwt").WithHeader("kid", key.ID())
	signer, err := gojose.NewSigner(gojose.SigningKey{Algorithm: gojose.ES256, Key: key.signer}, options)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		jws, err := signer.Sign(payload)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := jws.CompactSerialize(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkVerify(b *testing.B) {
	key := testKeys()[ES256]
	token, e := sign(b, key, "at+jwt", goodClaims()), expect(key.Public())
	for name, v := range map[string]*Verifier{"first": {}, "again": NewVerifier(10)} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := v.Verify(token, e); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
