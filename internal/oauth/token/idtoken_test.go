package token_test

import (
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"

	"github.com/cardea-iam/cardea/internal/client"
	"github.com/cardea-iam/cardea/internal/oauth"
)

// header decodes a JWT's header, unchecked.
func header(t *testing.T, token string) (h struct{ Alg, Typ, Kid string }) {
	t.Helper()
	first, _, _ := strings.Cut(token, ".")
	raw, err := base64.RawURLEncoding.DecodeString(first)
	if err == nil {
		err = json.Unmarshal(raw, &h)
	}
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// OpenID Connect Core 1.0 §2: RS256 unless the client chose another algorithm; §3.1.3.6: at_hash
// by that algorithm's hash function.
func TestIDTokenAlgorithms(t *testing.T) {
	each(t, func(t *testing.T, s *scene) {
		for chosen, expected := range map[string]string{"": "RS256", "ES256": "ES256", "EdDSA": "EdDSA"} {
			app := s.MakeClient(func(c *client.Client) { c.IDTokenAlg = chosen })
			a := s.redeem(app, s.Code(s.Authorization(s.ada, app, "openid")))
			want(t, a, 200, "")
			access, id := a.Text("access_token"), a.Text("id_token")
			if h := header(t, id); h.Alg != expected || h.Typ != "JWT" || h.Kid == "" {
				t.Errorf("ID token's header for %q: %+v", chosen, h)
			}
			// RFC 9068 §2.1: the access token's type is its own
			if h := header(t, access); h.Alg != "ES256" || h.Typ != "at+jwt" {
				t.Errorf("access token's header: %+v", h)
			}
			sum := sha256.Sum256([]byte(access))
			half := sum[:16]
			if expected == "EdDSA" {
				long := sha512.Sum512([]byte(access))
				half = long[:32]
			}
			if got := s.Verify("JWT", string(app.ID), id)["at_hash"]; got != base64.RawURLEncoding.EncodeToString(half) {
				t.Errorf("%s: at_hash %v", expected, got)
			}
		}
	})
}

func TestPairwiseSubjects(t *testing.T) {
	each(t, func(t *testing.T, s *scene) {
		seen := map[any]string{}
		for _, sector := range []string{"one.example", "two.example"} {
			app := s.MakeClient(func(c *client.Client) { c.SubjectType, c.Sector = oauth.SubjectPairwise, sector })
			a := s.redeem(app, s.Code(s.Authorization(s.ada, app, "openid")))
			want(t, a, 200, "")
			b := s.refresh(app, a.Text("refresh_token"))
			want(t, b, 200, "")
			sub := s.Verify("JWT", string(app.ID), a.Text("id_token"))["sub"]
			// OpenID Connect Core 1.0 §8.1: stable for the sector, in every token, and never the account's id
			for _, other := range []any{
				s.Verify("at+jwt", s.URL, a.Text("access_token"))["sub"],
				s.Verify("JWT", string(app.ID), b.Text("id_token"))["sub"],
			} {
				if other != sub || sub == string(s.ada.ID) || sub == "" {
					t.Errorf("sub %v beside %v", other, sub)
				}
			}
			if before, taken := seen[sub]; taken {
				t.Errorf("sectors %s and %s know the person by the same sub", before, sector)
			}
			seen[sub] = sector
		}
	})
}
