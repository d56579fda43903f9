package argon

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"strings"
	"testing"

	"github.com/cardea-iam/cardea/internal/factor/password/plaintext"
	"golang.org/x/crypto/argon2"
)

var (
	azure = Pepper{ID: "azure", Key: bytes.Repeat([]byte{1}, 32)}
	brass = Pepper{ID: "brass", Key: bytes.Repeat([]byte{2}, 32)}
	cheap = Params{Memory: 7168, Passes: 5, Threads: 1}
)

func newHasher(t testing.TB, c Config) *Hasher {
	t.Helper()
	if c.Current.ID == "" {
		c.Current = azure
	}
	c.IdleRelease = -1
	h, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func pw(t testing.TB, raw string) plaintext.Password {
	t.Helper()
	p, err := plaintext.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func hash(t testing.TB, h *Hasher, raw string) string {
	t.Helper()
	s, err := h.Hash(t.Context(), pw(t, raw))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func verify(t testing.TB, h *Hasher, raw, stored string) (ok, rehash bool) {
	t.Helper()
	ok, rehash, err := h.Verify(t.Context(), pw(t, raw), stored)
	if err != nil {
		t.Fatal(err)
	}
	return ok, rehash
}

func TestHashAndVerify(t *testing.T) {
	h := newHasher(t, Config{})
	s := hash(t, h, "correct horse battery")
	if !strings.HasPrefix(s, "$argon2id$v=19$m=19456,t=2,p=1,keyid=YXp1cmU$") {
		t.Errorf("encoded = %s", s)
	}
	if ok, rehash := verify(t, h, "correct horse battery", s); !ok || rehash {
		t.Errorf("right password: ok %v rehash %v", ok, rehash)
	}
	if ok, rehash := verify(t, h, "correct horse batterz", s); ok || rehash {
		t.Errorf("wrong password: ok %v rehash %v", ok, rehash)
	}
	if again := hash(t, h, "correct horse battery"); again == s {
		t.Error("two hashes share a salt")
	}
}

func TestN1_ComposedAndDecomposedSignIn(t *testing.T) {
	h := newHasher(t, Config{})
	s := hash(t, h, "cr\u00e8me br\u00fbl\u00e9e")
	if ok, _ := verify(t, h, "cre\u0300me bru\u0302le\u0301e", s); !ok {
		t.Error("decomposed form refused")
	}
	if ok, _ := verify(t, h, "creme brulee", s); ok {
		t.Error("accents ignored")
	}
}

func TestN4_SaltLengthAndKeyedStep(t *testing.T) {
	h := newHasher(t, Config{})
	s := hash(t, h, "correct horse battery")
	e, err := parse(s)
	if err != nil {
		t.Fatal(err)
	}
	if len(e.salt) != 32 || len(e.tag) != 32 {
		t.Errorf("salt %d bytes, tag %d bytes", len(e.salt), len(e.tag))
	}
	bare := argon2.IDKey([]byte("correct horse battery"), e.salt, 2, 19456, 1, 32)
	if bytes.Equal(bare, e.tag) {
		t.Error("the pepper has no effect: the database alone allows guessing")
	}
	other := newHasher(t, Config{Current: Pepper{ID: azure.ID, Key: brass.Key}})
	if ok, _ := verify(t, other, "correct horse battery", s); ok {
		t.Error("verified under another key")
	}
}

func TestN4_RehashAfterParameterChange(t *testing.T) {
	old := newHasher(t, Config{Params: cheap})
	s := hash(t, old, "correct horse battery")
	now := newHasher(t, Config{})
	if !now.NeedsRehash(s) {
		t.Error("NeedsRehash = false after the parameters changed")
	}
	if ok, rehash := verify(t, now, "correct horse battery", s); !ok || !rehash {
		t.Errorf("ok %v rehash %v, want both", ok, rehash)
	}
	if ok, rehash := verify(t, now, "wrong horse battery", s); ok || rehash {
		t.Errorf("wrong password: ok %v rehash %v", ok, rehash)
	}
	fresh := hash(t, now, "correct horse battery")
	if now.NeedsRehash(fresh) {
		t.Error("a fresh hash needs a rehash")
	}
	if !now.NeedsRehash("$2a$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy") {
		t.Error("a foreign string needs no rehash")
	}
}

func TestN4_PepperRotates(t *testing.T) {
	s := hash(t, newHasher(t, Config{Current: azure}), "correct horse battery")
	rotated := newHasher(t, Config{Current: brass, Previous: []Pepper{azure}})
	if ok, rehash := verify(t, rotated, "correct horse battery", s); !ok || !rehash {
		t.Errorf("after rotation: ok %v rehash %v, want both", ok, rehash)
	}
	dropped := newHasher(t, Config{Current: brass})
	_, _, err := dropped.Verify(t.Context(), pw(t, "correct horse battery"), s)
	if !errors.Is(err, ErrUnknownPepper) {
		t.Errorf("after the drop: error %v, want ErrUnknownPepper", err)
	}
}

func TestImportedHashWithoutPepper(t *testing.T) {
	salt := []byte("0123456789abcdef")
	tag := argon2.IDKey([]byte("correct horse battery"), salt, 3, 4096, 1, 32)
	s := "$argon2id$v=19$m=4096,t=3,p=1$" + base64.RawStdEncoding.EncodeToString(salt) + "$" + base64.RawStdEncoding.EncodeToString(tag)
	h := newHasher(t, Config{})
	if ok, rehash := verify(t, h, "correct horse battery", s); !ok || !rehash {
		t.Errorf("ok %v rehash %v, want both", ok, rehash)
	}
}

func TestAU20_LongPasswordsAreWhole(t *testing.T) {
	h := newHasher(t, Config{Params: cheap})
	for _, tt := range []struct{ name, a, b string }{
		{"same first 72 bytes", strings.Repeat("x", 72) + "a", strings.Repeat("x", 72) + "b"},
		{"byte 200 of 201", strings.Repeat("x", 200) + "a", strings.Repeat("x", 200) + "b"},
		{"last of 1024", strings.Repeat("x", 1023) + "a", strings.Repeat("x", 1023) + "b"},
		{"after a NUL", "correct\x00horse", "correct\x00house"},
		{"a NUL at the end", "correct horse", "correct horse\x00"},
		{"a space at the end", "correct horse", "correct horse "},
		{"letter case", "correct horse", "Correct horse"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := hash(t, h, tt.a)
			if ok, _ := verify(t, h, tt.a, s); !ok {
				t.Error("the password itself is refused")
			}
			if ok, _ := verify(t, h, tt.b, s); ok {
				t.Error("another password is accepted")
			}
		})
	}
}

func TestAU21_AccountWithoutPassword(t *testing.T) {
	h := newHasher(t, Config{Params: cheap})
	for _, raw := range []string{"null", "undefined", "nil", "false", "0", "\x00", "{}", h.dummy, hash(t, h, "null"), "$argon2id$"} {
		ok, rehash, err := h.Verify(t.Context(), pw(t, raw), "")
		if ok || rehash || err != nil {
			t.Errorf("%q: ok %v rehash %v err %v", raw, ok, rehash, err)
		}
	}
	for _, stored := range []string{"", hash(t, h, "null")} {
		if ok, _, err := h.Verify(t.Context(), plaintext.Password{}, stored); ok || !errors.Is(err, plaintext.ErrEmpty) {
			t.Errorf("zero password against %q: ok %v err %v", stored, ok, err)
		}
	}
	if _, err := h.Hash(t.Context(), plaintext.Password{}); !errors.Is(err, plaintext.ErrEmpty) {
		t.Errorf("hash of the zero password: %v", err)
	}
	// The stored string is not itself a password (pass the hash).
	s := hash(t, h, "correct horse battery")
	if ok, _ := verify(t, h, s, s); ok {
		t.Error("the hash signs in")
	}
}

func TestAU19_DummyCostsWhatVerifyCosts(t *testing.T) {
	h := newHasher(t, Config{Slots: 1})
	real, err := parse(hash(t, h, "correct horse battery"))
	if err != nil {
		t.Fatal(err)
	}
	dummy, err := parse(h.Dummy([32]byte{1}))
	if err != nil {
		t.Fatal(err)
	}
	again := h.Dummy([32]byte{1})
	if other, err := parse(h.Dummy([32]byte{2})); err != nil || string(other.salt) == string(dummy.salt) || dummy.String() != again {
		t.Errorf("salts do not follow the seed: %v", err)
	}
	if dummy.params != real.params || dummy.keyID != real.keyID || len(dummy.salt) != len(real.salt) || len(dummy.tag) != len(real.tag) {
		t.Errorf("dummy %+v is not shaped like %+v", dummy, real)
	}
	// It waits for a slot like everyone: a busy server does not tell either.
	if err := h.slots.acquire(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := h.Verify(ctx, pw(t, "correct horse battery"), dummy.String()); !errors.Is(err, context.Canceled) {
		t.Errorf("dummy without a slot: %v", err)
	}
	h.slots.release()
	if ok, rehash, err := h.Verify(t.Context(), pw(t, "correct horse battery"), dummy.String()); ok || rehash || err != nil {
		t.Error(ok, rehash, err)
	}
}

func TestNewRefuses(t *testing.T) {
	for _, tt := range []struct {
		name string
		c    Config
	}{
		{"no pepper", Config{}},
		{"short pepper", Config{Current: Pepper{ID: "a", Key: make([]byte, 31)}}},
		{"pepper without id", Config{Current: Pepper{Key: make([]byte, 32)}}},
		{"long pepper id", Config{Current: Pepper{ID: "ninebytes", Key: make([]byte, 32)}}},
		{"pepper twice", Config{Current: azure, Previous: []Pepper{azure}}},
		{"weak parameters", Config{Current: azure, Params: Params{Memory: 7168, Passes: 4, Threads: 1}}},
		{"no lanes", Config{Current: azure, Params: Params{Memory: 19456, Passes: 2}}},
		{"absurd memory", Config{Current: azure, Params: Params{Memory: 1<<20 + 1, Passes: 2, Threads: 1}}},
		{"long wait", Config{Current: azure, Wait: 1e9 + 1}},
		{"negative slots", Config{Current: azure, Slots: -1}},
		{"no randomness", Config{Current: azure, Random: strings.NewReader("short")}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := New(tt.c); err == nil {
				t.Error("accepted")
			}
		})
	}
}

func TestMalformedStoredStringIsAFault(t *testing.T) {
	h := newHasher(t, Config{})
	good := hash(t, h, "correct horse battery")
	for _, s := range []string{
		"null", "$", good + "$", good + "=", " " + good, good[1:], good[:len(good)-1],
		strings.Replace(good, "argon2id", "argon2i", 1),
		strings.Replace(good, "v=19", "v=16", 1),
		strings.Replace(good, "m=19456", "m=019456", 1),
		strings.Replace(good, "m=19456", "m=+19456", 1),
		strings.Replace(good, "m=19456", "m=4294967295", 1),
		strings.Replace(good, "m=19456", "m=7", 1),
		strings.Replace(good, "t=2", "t=0", 1),
		strings.Replace(good, "t=2", "t=4000000000", 1),
		strings.Replace(good, "p=1", "p=0", 1),
		strings.Replace(good, "p=1", "p=257", 1),
		strings.Replace(good, ",keyid=YXp1cmU", ",keyid=", 1),
		strings.Replace(good, ",keyid=YXp1cmU", ",keyid=bmluZWJ5dGVz", 1),
		strings.Replace(good, ",keyid=YXp1cmU", ",data=YXp1cmU", 1),
		"$argon2id$v=19$m=19456,t=2,p=1$$",
		"$2a$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy",
	} {
		if _, _, err := h.Verify(t.Context(), pw(t, "correct horse battery"), s); !errors.Is(err, ErrMalformed) {
			t.Errorf("%q: error %v, want ErrMalformed", s, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("$argon2id$v=19$m=19456,t=2,p=1,keyid=YXp1cmU$MDEyMzQ1Njc4OWFiY2RlZg$MDEyMzQ1Njc4OWFiY2RlZg")
	f.Add("$argon2id$v=19$m=4096,t=3,p=1$c29tZXNhbHQ$MDEyMzQ1Njc4OWFiY2RlZg")
	f.Fuzz(func(t *testing.T, s string) {
		e, err := parse(s)
		if err == nil && e.String() != s {
			t.Fatalf("two spellings of one hash: %q and %q", s, e.String())
		}
	})
}

func BenchmarkVerify(b *testing.B) {
	h := newHasher(b, Config{})
	s := hash(b, h, "correct horse battery")
	p := pw(b, "correct horse battery")
	b.ReportAllocs()
	for b.Loop() {
		if ok, _, err := h.Verify(b.Context(), p, s); !ok || err != nil {
			b.Fatal(ok, err)
		}
	}
}
