package plaintext

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

func TestAU20_LengthBounds(t *testing.T) {
	decomposed := strings.Repeat("e\u0301", MaxLength) // MaxLength once composed
	for _, tt := range []struct {
		name string
		raw  string
		want error
		n    int
	}{
		{"empty", "", ErrEmpty, 0},
		{"one", "x", nil, 1},
		{"a space is a character", " ", nil, 1},
		{"NUL is a character", "a\x00b", nil, 3},
		{"64", strings.Repeat("x", 64), nil, 64},
		{"1024", strings.Repeat("x", 1024), nil, 1024},
		{"1024 of four bytes", strings.Repeat("🦊", 1024), nil, 1024},
		{"1024 after composition", decomposed, nil, 1024},
		{"1025", strings.Repeat("x", 1025), ErrTooLong, 0},
		{"1025 after composition", decomposed + "x", ErrTooLong, 0},
		{"a mebibyte", strings.Repeat("x", 1<<20), ErrTooLong, 0},
		{"not UTF-8", "pass\xffword", ErrEncoding, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p, err := Parse(tt.raw)
			if !errors.Is(err, tt.want) {
				t.Fatalf("error = %v, want %v", err, tt.want)
			}
			if p.Length() != tt.n {
				t.Errorf("length = %d, want %d", p.Length(), tt.n)
			}
		})
	}
}

func TestA3_NothingIsTrimmed(t *testing.T) {
	const raw = " \tspace and tab stay\x00 \n"
	p, err := Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	if p.Reveal() != raw {
		t.Errorf("Reveal = %q, want %q", p.Reveal(), raw)
	}
}

func TestN1_ComposedAndDecomposedAreOnePassword(t *testing.T) {
	a, err := Parse("caf\u00e9 cr\u00e8me")
	if err != nil {
		t.Fatal(err)
	}
	b, err := Parse("cafe\u0301 cre\u0300me")
	if err != nil {
		t.Fatal(err)
	}
	if a != b {
		t.Error("composed and decomposed forms differ")
	}
	c, err := Parse("\ufb01ne") // the ligature is not the two letters
	if err != nil {
		t.Fatal(err)
	}
	if c.Reveal() == "fine" {
		t.Error("a compatibility character was folded")
	}
}

func TestPasswordNeverPrints(t *testing.T) {
	p, err := Parse("hunter2hunter2")
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		fmt.Fprintf(&out, verb+" ", p)
		fmt.Fprintf(&out, verb+" ", struct{ P Password }{p})
		fmt.Fprintf(&out, verb+" ", &p)
	}
	slog.New(slog.NewJSONHandler(&out, nil)).Info("sign-in", "password", p)
	slog.New(slog.NewTextHandler(&out, nil)).Info("sign-in", "password", p)
	if err := json.NewEncoder(&out).Encode(map[string]any{"p": p}); err != nil {
		t.Fatal(err)
	}
	for _, leak := range []string{"hunter2", "68756e746572"} {
		if strings.Contains(out.String(), leak) {
			t.Errorf("%q leaked into %s", leak, out.String())
		}
	}
}

func TestFold(t *testing.T) {
	for in, want := range map[string]string{
		"PassWord":   "password",
		"ｐａｓｓＷＯＲＤ":   "password",
		"STRASSE":    "strasse",
		"straße":     "strasse",
		"CAFE\u0301": "caf\u00e9",
		"\ufb01ne":   "fine",
		"ΣΊΣΥΦΟΣ":    "σίσυφοσ",
	} {
		if got := Fold(in); got != want {
			t.Errorf("Fold(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("e\u0301")
	f.Add("a\x00b")
	f.Fuzz(func(t *testing.T, raw string) {
		p, err := Parse(raw)
		if err != nil {
			return
		}
		if n := p.Length(); n < 1 || n > MaxLength {
			t.Fatalf("length %d out of bounds", n)
		}
		again, err := Parse(p.Reveal())
		if err != nil || again != p {
			t.Fatalf("parsing twice gives another password (%v)", err)
		}
	})
}
