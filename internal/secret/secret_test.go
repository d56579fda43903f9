package secret

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestOP01_SecretDoesNotShow(t *testing.T) {
	const canary = "canary-7f3a"
	s := Of(canary)
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "s", s, "in", struct{ S Secret }{s})
	j, err := json.Marshal(map[string]any{"s": s, "p": &s})
	if err != nil {
		t.Fatal(err)
	}
	all := fmt.Sprintf("%v %+v %#v %s %q %x %d", s, s, s, s, s, s, s) + log.String() + string(j) + fmt.Sprint(struct{ S Secret }{s})
	if strings.Contains(all, canary) || strings.Contains(all, fmt.Sprintf("%x", canary)) {
		t.Fatalf("the secret shows: %s", all)
	}
	if s.Reveal() != canary {
		t.Fatal("Reveal does not give the text")
	}
}

func TestCG18_TokenIsExact(t *testing.T) {
	token := RefreshToken.Mint().Reveal()
	if len(token) != RefreshToken.Length() {
		t.Fatalf("length %d, want %d", len(token), RefreshToken.Length())
	}
	if _, err := RefreshToken.Parse(token); err != nil {
		t.Fatal(err)
	}
	for i := range len(token) {
		for _, c := range []byte("AQgw_-09zZ.= \x00") {
			if token[i] == c {
				continue
			}
			if _, err := RefreshToken.Parse(token[:i] + string(c) + token[i+1:]); err == nil {
				t.Fatalf("passes with byte %d changed to %q", i, c)
			}
		}
		if _, err := RefreshToken.Parse(token[:i]); err == nil {
			t.Fatalf("passes cut to %d", i)
		}
	}
	for _, s := range []string{token + "A", " " + token, strings.ToUpper(token), strings.ToLower(token)} {
		if _, err := RefreshToken.Parse(s); err == nil {
			t.Fatalf("%q passes", s)
		}
	}
}

func TestCG01_KindsDoNotMix(t *testing.T) {
	kinds := []Kind{AuthorizationCode, AccessToken, RefreshToken, ClientSecret, SessionCookie, InteractionCookie, DeviceCookie, SetupLink, APIToken}
	root := NewRoot([32]byte{1})
	for _, a := range kinds {
		token := a.Mint()
		for _, b := range kinds {
			if _, err := b.Parse(token.Reveal()); (err == nil) != (a == b) {
				t.Errorf("%s parsed as %s: %v", a, b, err)
			}
			if a != b && bytes.Equal(root.Digest(a, token), root.Digest(b, token)) {
				t.Errorf("%s and %s share a digest", a, b)
			}
		}
	}
}

func TestOP07_SealedValueOpensOnlyInItsPlace(t *testing.T) {
	root := NewRoot([32]byte{2})
	place := Place{"credential", "data", "default", "acc_1"}
	sealed := root.Seal(place, []byte("hash"))
	if plain, err := root.Open(place, sealed); err != nil || string(plain) != "hash" {
		t.Fatalf("%q %v", plain, err)
	}
	for _, p := range []Place{
		{"credential", "data", "default", "acc_2"}, {"credential", "data", "other", "acc_1"},
		{"credential", "datb", "default", "acc_1"}, {"credentia", "ldata", "default", "acc_1"},
	} {
		if _, err := root.Open(p, sealed); err == nil {
			t.Errorf("opens at %+v", p)
		}
	}
	for i := range sealed {
		broken := bytes.Clone(sealed)
		broken[i] ^= 1
		if _, err := root.Open(place, broken); err == nil {
			t.Fatalf("opens with byte %d changed", i)
		}
	}
	if bytes.Equal(sealed, root.Seal(place, []byte("hash"))) {
		t.Fatal("sealing repeats itself")
	}
}

func TestJW15_RootKeyIsMadeOncePerInstallation(t *testing.T) {
	dir := t.TempDir()
	a, err := LoadRoot(filepath.Join(dir, "root.key"))
	if err != nil {
		t.Fatal(err)
	}
	again, err := LoadRoot(filepath.Join(dir, "root.key"))
	if err != nil {
		t.Fatal(err)
	}
	other, err := LoadRoot(filepath.Join(dir, "other.key"))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(a.Key("x"), again.Key("x")) || bytes.Equal(a.Key("x"), other.Key("x")) || bytes.Equal(a.Key("x"), a.Key("y")) {
		t.Fatal("keys are not what they should be")
	}
}

func TestOP09_RootKeyMustBePrivate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "root.key")
	if _, err := LoadRoot(path); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("%v %v", info.Mode(), err)
	}
	if err := os.Chmod(path, 0o644); err != nil { //nolint:gosec // the point of the test
		t.Fatal(err)
	}
	if _, err := LoadRoot(path); err == nil || !strings.Contains(err.Error(), "chmod 600") {
		t.Fatalf("want a refusal that says what to do, got %v", err)
	}
}
