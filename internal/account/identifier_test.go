package account_test

import (
	"strings"
	"testing"

	"github.com/cardea-iam/cardea/internal/account"
)

// AU23: what would collide with another's name, or cannot be told apart from it, is refused;
// what is the same name in another spelling has the same key.
func TestAU23_Usernames(t *testing.T) {
	for name, bad := range map[string]string{
		"empty":               "",
		"long s":              "mi\u017fter",
		"Kelvin sign":         "\u212aelvin",
		"I with a dot":        "\u0130stanbul",
		"zero-width space":    "an\u200bn",
		"zero-width joiner":   "an\u200dn",
		"zero-width no-break": "\ufeffann",
		"soft hyphen":         "an\u00adn",
		"grapheme joiner":     "an\u034fn",
		"variation selector":  "ann\ufe0f",
		"Hangul filler":       "ann\u3164",
		"right-to-left mark":  "\u202eann",
		"full width":          "\uff41nn",
		"ligature":            "\ufb01nn",
		"Roman numeral":       "\u2163",
		"mail address":        "ann@example.com",
		"full-width at":       "ann\uff20example.com",
		"space":               "ann b",
		"no-break space":      "ann\u00a0b",
		"new line":            "ann\n",
		"NUL":                 "ann\x00",
		"not UTF-8":           "ann\xff",
		"mark first":          "\u0301ann",
		"dot first":           ".ann",
		"dot last":            "ann.",
		"slash":               "a/b",
		"quote":               "a'b",
		"emoji":               "ann\U0001f600",
		"too long":            strings.Repeat("a", 65),
	} {
		if u, err := account.ParseUsername(bad); err == nil {
			t.Errorf("%s: %q passes as %q", name, bad, u)
		}
	}
	for a, b := range map[string]string{
		"Ann": "aNN", "Müller": "MU\u0308LLER", "Straße": "STRASSE", "Ωmega": "ωMEGA", "Ὀδυσσεύς": "ὈΔΥΣΣΕΎΣ", "a.b-c_1": "A.B-C_1", "Łukasz": "łukasz", "אב": "אב", "山田": "山田",
	} {
		left, err := account.ParseUsername(a)
		if err != nil {
			t.Errorf("%q: %v", a, err)
			continue
		}
		right, err := account.ParseUsername(b)
		if err != nil {
			t.Errorf("%q: %v", b, err)
			continue
		}
		if left.Key() != right.Key() {
			t.Errorf("%q has the key %q, %q has %q", a, left.Key(), b, right.Key())
		}
	}
}

// FD16: odd addresses are a strict addr-spec or refused.
func TestFD16_OddAddresses(t *testing.T) {
	for name, bad := range map[string]string{
		"two @":                  "a@good.example@evil.example",
		"no @":                   "good.example",
		"no local part":          "@good.example",
		"no domain":              "a@",
		"quoted":                 `"a"@good.example`,
		"quoted @":               `"a@evil.example"@good.example`,
		"comment":                "a(c)@good.example",
		"comment in the domain":  "a@good.example(evil)",
		"display name":           "Ann <a@good.example>",
		"angle brackets":         "<a@good.example>",
		"two addresses":          "a@good.example,b@evil.example",
		"trailing dot":           "a@good.example.",
		"leading dot":            "a@.good.example",
		"two dots":               "a@good..example",
		"dot ends local part":    "a.@good.example",
		"dot begins local part":  ".a@good.example",
		"one label":              "a@localhost",
		"domain literal":         "a@[192.0.2.1]",
		"address":                "a@192.0.2.1",
		"space":                  "a b@good.example",
		"trailing space":         "a@good.example ",
		"new line":               "a@good.example\nBcc: b@evil.example",
		"NUL":                    "a\x00@good.example",
		"NUL in the domain":      "a@good\x00.example",
		"Unicode local part":     "ä@good.example",
		"not UTF-8":              "a@good\xff.example",
		"ideographic full stop":  "a@good\u3002example",
		"full-width full stop":   "a@good\uff0eexample",
		"full-width @":           "a\uff20good.example",
		"Kelvin sign":            "a@\u212aelvin.example",
		"long s":                 "a@\u017fkype.example",
		"zero-width space":       "a@go\u200bod.example",
		"soft hyphen":            "a@go\u00adod.example",
		"underscore":             "a@go_od.example",
		"hyphen first":           "a@-good.example",
		"malformed A-label":      "a@xn--a.example",
		"percent":                "a@evil%2eexample.com",
		"colon":                  "a@good.example:25",
		"mailto":                 "mailto:a@good.example",
		"long local part":        strings.Repeat("a", 65) + "@good.example",
		"long label":             "a@" + strings.Repeat("a", 64) + ".example",
		"long":                   "a@" + strings.Repeat("abcdefg.", 32) + "example",
		"source route":           "@relay.example:a@good.example",
		"bang path in a comment": "a(!)@good.example",
	} {
		if e, err := account.ParseEmail(bad); err == nil {
			t.Errorf("%s: %q passes as %q", name, bad, e)
		}
	}
	for text, want := range map[string]string{
		"a@good.example":                 "a@good.example",
		"Ann.B+tag@Good.EXAMPLE":         "ann.b+tag@good.example",
		"a@bücher.example":               "a@xn--bcher-kva.example",
		"a@BÜCHER.example":               "a@xn--bcher-kva.example",
		"a@xn--bcher-kva.example":        "a@xn--bcher-kva.example",
		"a@faß.example":                  "a@xn--fa-hia.example",
		"!#$%&'*+-/=?^_`{|}~@a.b.c":      "!#$%&'*+-/=?^_`{|}~@a.b.c",
		"a@例え.テスト":                       "a@xn--r8jz45g.xn--zckzah",
		strings.Repeat("a", 64) + "@b.c": strings.Repeat("a", 64) + "@b.c",
	} {
		e, err := account.ParseEmail(text)
		if err != nil || e.Key() != want {
			t.Errorf("%q is %q, want %q: %v", text, e.Key(), want, err)
		}
	}
}

func FuzzIdentifiers(f *testing.F) {
	for _, s := range []string{"ann", "Stra\u00dfe", "a@b.c", "a@b\u00fccher.example", "\u0130", "a\u0308\u0323"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if u, err := account.ParseUsername(s); err == nil {
			again, err := account.ParseUsername(string(u))
			if err != nil || again != u || strings.Contains(u.Key(), "@") || u.Key() == "" {
				t.Errorf("%q → %q → %q (%q): %v", s, u, again, u.Key(), err)
			}
		}
		if e, err := account.ParseEmail(s); err == nil {
			again, err := account.ParseEmail(string(e))
			if err != nil || again != e || strings.Count(string(e), "@") != 1 {
				t.Errorf("%q → %q → %q: %v", s, e, again, err)
			}
		}
	})
}
