package policy

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/cardea-iam/cardea/internal/factor/password/plaintext"
)

func standard(t testing.TB) Policy {
	t.Helper()
	p, err := New(0, 0)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// judge returns the reason of the refusal, or "" when the password may be set.
func judge(t testing.TB, p Policy, raw string, s Setting) Reason {
	t.Helper()
	password, err := plaintext.Parse(raw)
	if err != nil {
		t.Fatalf("%q: %v", raw, err)
	}
	err = p.Check(password, s)
	var refusal *Refusal
	if err != nil && !errors.As(err, &refusal) {
		t.Fatalf("%q: %v is not a *Refusal", raw, err)
	}
	if refusal == nil {
		return ""
	}
	return refusal.Reason
}

var alice = Setting{
	Tenant:   "Acme Rockets",
	Username: "alice.liddell",
	Email:    "wonder+cardea@rabbithole.example",
	Names:    []string{"Alice Pleasance Liddell"},
}

var aliceWithFactor = func() Setting { s := alice; s.WithFactor = true; return s }()

func TestA3_ThirtyPasswords(t *testing.T) {
	const accepted = Reason("")
	p := standard(t)
	for _, tt := range []struct {
		password      string
		alone, factor Reason
	}{
		// any characters, no composition rules (A3, N2)
		{"correct horse battery staple", accepted, accepted},
		{"grün blaue wüste fährt", accepted, accepted},
		{"青い空と白い雲が好きです私は猫", accepted, accepted},
		{"🦊🌵🎻🧊🛶🪐🧲🪗🦑🧵🪁🎈🧂🫖🪴", accepted, accepted},
		{"zvkqmwpthxjrlbn", accepted, accepted},
		{"ZVKQMWPTHXJRLBN", accepted, accepted},
		{"739105826491730", accepted, accepted}, // digits alone are allowed
		{" leading and trailing space ", accepted, accepted},
		{"nul\x00inside the phrase", accepted, accepted},
		{"summer elephant 42 tango", accepted, accepted},
		{"thimble-orchid-vapor", accepted, accepted},
		// length in code points (N1)
		{"xk7Qv2m", TooShort, TooShort},
		{"xk7Qv2mw", TooShort, accepted},
		{"xk7Qv2mwpz9RtL", TooShort, accepted},
		{"xk7Qv2mwpz9RtLd", accepted, accepted},
		{"ééééééé", TooShort, TooShort}, // 14 bytes, 7 characters
		// common and breached, any letter case (A3, N3)
		{"password", TooShort, Common},
		{"PassWord", TooShort, Common},
		{"p@ssw0rd", TooShort, Common},
		{"ｉｌｏｖｅｙｏｕ", TooShort, Common},
		{"sunshine1", TooShort, Common},
		{"Summer2026!", TooShort, Common},
		{"Password12345678", Common, Common},
		// patterns and repetition, also at length
		{"passwordpassword", Common, Common},
		{"password-password!", Common, Common},
		{"dolphins77dolphins77dolphins77", Common, Common},
		{"ßßßßßßßßßßßßßßßßßßß", Repetition, Repetition},
		{"345678901234567890123!", Pattern, Pattern},
		{"zxcvbnm,./asdfghjkl;qwert", Pattern, Pattern},
		{"aaaabbbbccccddddeeee", Pattern, Pattern},
		{"aaaaaaaaaaaaaaa", Common, Common},
		{"123456789012345", Common, Common},
		{"qwertyuiopasdfgh", Common, Common},
		{"1q2w3e4r5t6y7u8i", Common, Common},
		{"abcabcabcabcabcab", Repetition, Repetition},
		{"24.12.1985-03.07.1988", Pattern, Pattern},
		{"abcdefghijklmnop", Common, Common},
		{"йцукенгшщзхъфывап", Pattern, Pattern},
		// words of the context
		{"cardea1234567890", ContextWord, ContextWord},
		{"CardeaCardeaCardea", Repetition, Repetition},
		{"c4rd34-2026-2026", ContextWord, ContextWord},
		{"acmerockets2026", ContextWord, ContextWord},
		{"Acme Rockets 1234", ContextWord, ContextWord},
		{"alice.liddell", TooShort, ContextWord},
		{"lleddilecila!!!", ContextWord, ContextWord},
		{"wonder+cardea@rabbithole.example", ContextWord, ContextWord},
		{"rabbithole rabbithole", ContextWord, ContextWord},
		{"alice reads quantum poetry", accepted, accepted}, // a name inside is no crime
	} {
		if got := judge(t, p, tt.password, alice); got != tt.alone {
			t.Errorf("%q alone: %q, want %q", tt.password, got, tt.alone)
		}
		if got := judge(t, p, tt.password, aliceWithFactor); got != tt.factor {
			t.Errorf("%q with another factor: %q, want %q", tt.password, got, tt.factor)
		}
	}
}

func TestA3_MostCommonPasswordsAreRefused(t *testing.T) {
	p := standard(t)
	// Those of eight characters and more at the head of every public ranking.
	for _, raw := range strings.Fields(`123456789 12345678 1234567890 password1 qwerty123 1q2w3e4r qwertyuiop
		123123123 987654321 iloveyou 11111111 password123 1qaz2wsx football baseball sunshine princess superman
		starwars trustno1 whatever jennifer michelle computer corvette mercedes butthead samantha victoria
		charlie1 liverpool chocolate changeme letmein123 welcome1 administrator passw0rd`) {
		if got := judge(t, p, raw, Setting{WithFactor: true}); got == "" {
			t.Errorf("%q is accepted", raw)
		}
	}
}

func TestN1_MinimumsOnlyRise(t *testing.T) {
	for _, tt := range []struct {
		alone, factor int
		ok            bool
	}{
		{0, 0, true}, {15, 8, true}, {20, 12, true}, {64, 64, true}, {15, 15, true},
		{14, 8, false}, {15, 7, false}, {-1, 0, false}, {65, 0, false}, {0, 65, false},
	} {
		p, err := New(tt.alone, tt.factor)
		if (err == nil) != tt.ok {
			t.Errorf("New(%d, %d): %v", tt.alone, tt.factor, err)
		}
		if tt.alone > 0 && err == nil && (p.Minimum(false) != tt.alone || p.Minimum(true) != tt.factor) {
			t.Errorf("New(%d, %d): minimums %d and %d", tt.alone, tt.factor, p.Minimum(false), p.Minimum(true))
		}
	}
	p := standard(t)
	if p.Minimum(false) != 15 || p.Minimum(true) != 8 {
		t.Errorf("standard minimums %d and %d", p.Minimum(false), p.Minimum(true))
	}
}

func TestN1_SixtyFourAndMoreAreAllowed(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{64, 65, 128, 1024} {
		if got := judge(t, standard(t), random(rnd, n, "abcdefghijklmnopqrstuvwxyz "), alice); got != "" {
			t.Errorf("%d characters: %q", n, got)
		}
	}
}

func TestN1_DecomposedTextCountsComposed(t *testing.T) {
	p := standard(t)
	const composed, decomposed = "\u00e9\u00e0\u00fc\u00f4\u00ee\u00f1\u00e5", "e\u0301a\u0300u\u0308o\u0302i\u0302n\u0303a\u030a"
	if a, b := judge(t, p, composed, aliceWithFactor), judge(t, p, decomposed, aliceWithFactor); a != TooShort || b != TooShort {
		t.Errorf("seven characters: composed %q, decomposed %q", a, b)
	}
}

// N2: whatever the alphabet, long random text passes; no class of characters is
// asked for, and the pattern rules do not stand in the way.
func TestN2_NoCompositionRules(t *testing.T) {
	p := standard(t)
	rnd := rand.New(rand.NewPCG(3, 4))
	for _, alphabet := range []string{
		"abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
		"!\"#$%&'()*+,-./:;<=>?@[]^_`{|}~", "αβγδεζηθικλμνξοπρστυφχψω", "あいうえおかきくけこさしすせそ",
	} {
		for range 150 {
			if raw := random(rnd, 15, alphabet); judge(t, p, raw, alice) != "" {
				t.Errorf("%q: %q", raw, judge(t, p, raw, alice))
			}
		}
	}
}

func random(rnd *rand.Rand, n int, alphabet string) string {
	letters := []rune(alphabet)
	out := make([]rune, n)
	for i := range out {
		out[i] = letters[rnd.IntN(len(letters))]
	}
	return string(out)
}

func TestN3_TheRefusalSaysWhyAndNeverWhat(t *testing.T) {
	p := standard(t)
	seen := make(map[string]bool)
	for _, raw := range []string{"tiny", "Password12345678", "cardea1234567890", "abcabcabcabcabcab", "24.12.1985-03.07.1988"} {
		password, err := plaintext.Parse(raw)
		if err != nil {
			t.Fatal(err)
		}
		var refusal *Refusal
		if !errors.As(p.Check(password, alice), &refusal) {
			t.Fatalf("%q is accepted", raw)
		}
		if refusal.Minimum != 15 || !strings.HasPrefix(string(refusal.Reason), "password.refused.") {
			t.Errorf("%q: %+v", raw, refusal)
		}
		if strings.Contains(fmt.Sprintf("%+v %v", *refusal, refusal), raw) {
			t.Errorf("the refusal of %q repeats it", raw)
		}
		seen[refusal.Error()] = true
	}
	if len(seen) != len(Reasons()) {
		t.Errorf("%d sentences for %d reasons", len(seen), len(Reasons()))
	}
}

func TestBlocklistIsTheOneDescribed(t *testing.T) {
	text, err := os.ReadFile("blocklist.json")
	if err != nil {
		t.Fatal(err)
	}
	var meta struct {
		Entries           int
		FalsePositiveRate float64
		Bytes             int
		SHA256            string
	}
	if err := json.Unmarshal(text, &meta); err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256([]byte(blocklistData))
	if hex.EncodeToString(sum[:]) != meta.SHA256 || len(blocklistData) != meta.Bytes {
		t.Error("blocklist.json describes another blocklist.golomb")
	}
	if blocklist.Len() != meta.Entries || meta.Entries < 400_000 {
		t.Errorf("%d entries, %d described", blocklist.Len(), meta.Entries)
	}
	if len(blocklistData) > 2<<20 {
		t.Errorf("%d bytes are more than 2 MiB", len(blocklistData))
	}
	if meta.FalsePositiveRate > 1e-5 {
		t.Errorf("false positive rate %g", meta.FalsePositiveRate)
	}
	hits := 0
	for i := range 100_000 { // 0.1 expected at 2^-20
		if blocklist.Contains(fmt.Sprintf("no such password %d", i)) {
			hits++
		}
	}
	if hits > 3 {
		t.Errorf("%d of 100000 strangers are on the list", hits)
	}
}

func TestPeriod(t *testing.T) {
	for s, want := range map[string]int{
		"": 0, "a": 1, "ab": 2, "aa": 1, "abab": 2, "ababa": 2, "abcab": 5, "abcabc": 3, "aabaab": 3, "abcdabcde": 9,
	} {
		if got := period([]rune(s)); got != want {
			t.Errorf("period(%q) = %d, want %d", s, got, want)
		}
	}
}

// Whatever is typed, the judgement is quick enough for a form and never panics.
func FuzzCheck(f *testing.F) {
	for _, s := range []string{"password-password!", strings.Repeat("a1", 500), strings.Repeat("qwerty!", 140), "\u0130\u0131\u1e9eßẞ"} {
		f.Add(s)
	}
	p, err := New(0, 0)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		password, err := plaintext.Parse(raw)
		if err != nil {
			return
		}
		_ = p.Check(password, alice)
		var refusal *Refusal
		if password.Length() < 8 && !errors.As(p.Check(password, aliceWithFactor), &refusal) {
			t.Fatalf("%q has %d characters and is accepted", raw, password.Length())
		}
	})
}

func BenchmarkCheck(b *testing.B) {
	p := standard(b)
	for name, raw := range map[string]string{
		"long run":   strings.Repeat("a", 1023) + "é",
		"passphrase": "correct horse battery staple",
		"worst":      strings.Repeat("a", 30) + strings.Repeat("password1", 7) + "sunshine1234monkey12345dragon é",
	} {
		b.Run(name, func(b *testing.B) {
			password, err := plaintext.Parse(raw)
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				_ = p.Check(password, alice)
			}
		})
	}
}

func BenchmarkBlocklist(b *testing.B) {
	for b.Loop() {
		if blocklist.Contains("no such password") {
			b.Fatal("listed")
		}
	}
}
