package issued

import (
	"strings"
	"testing"
	"time"

	"github.com/cardea-iam/cardea/internal/secret"
)

func TestCG18_RefreshTokenIsExact(t *testing.T) {
	root := secret.NewRoot([32]byte{1})
	grant := NewGrantID(time.Unix(1_800_000_000, 0))
	token := RefreshToken(root, "default", grant, 7).Reveal()
	if g, n, err := ParseRefreshToken(root, "default", token); err != nil || g != grant || n != 7 {
		t.Fatalf("%s %d %v", g, n, err)
	}
	for i := range len(token) {
		for _, c := range []byte("A0gz_-9Z. =\x00") {
			if token[i] == c {
				continue
			}
			if _, _, err := ParseRefreshToken(root, "default", token[:i]+string(c)+token[i+1:]); err == nil {
				t.Fatalf("passes with byte %d changed to %q", i, c)
			}
		}
		if _, _, err := ParseRefreshToken(root, "default", token[:i]); err == nil {
			t.Fatalf("passes cut to %d", i)
		}
	}
	for name, text := range map[string]string{
		"longer": token + "A", "upper case": strings.ToUpper(token), "another tenant's": RefreshToken(root, "acme", grant, 7).Reveal(),
		"another installation's": RefreshToken(secret.NewRoot([32]byte{2}), "default", grant, 7).Reveal(),
		"generation 0":           RefreshToken(root, "default", grant, 0).Reveal(), "a negative generation": RefreshToken(root, "default", grant, -1).Reveal(),
	} {
		if _, _, err := ParseRefreshToken(root, "default", text); err == nil {
			t.Errorf("%s passes", name)
		}
	}
	if RefreshToken(root, "default", grant, 7).Reveal() != token || RefreshToken(root, "default", grant, 8).Reveal() == token {
		t.Error("a generation has one token, and another generation another")
	}
}

func FuzzRefreshToken(f *testing.F) {
	root := secret.NewRoot([32]byte{1})
	f.Add(RefreshToken(root, "default", NewGrantID(time.Unix(1_800_000_000, 0)), 1).Reveal())
	f.Add(refreshPrefix)
	f.Fuzz(func(t *testing.T, text string) {
		g, n, err := ParseRefreshToken(root, "default", text)
		if err == nil && RefreshToken(root, "default", g, n).Reveal() != text {
			t.Fatalf("%q is read as %s %d", text, g, n)
		}
	})
}
