package totp

import (
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"hash"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

// RFC 4226 Appendix D: the values of HOTP for the secret "12345678901234567890".
func TestRFC4226AppendixD(t *testing.T) {
	for counter, want := range []string{"755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"} {
		if got := hotp(sha1.New, []byte("12345678901234567890"), uint64(counter), 6); got != want {
			t.Errorf("counter %d: %s, want %s", counter, got, want)
		}
	}
}

// RFC 6238 Appendix B: the values of TOTP with eight digits.
func TestRFC6238AppendixB(t *testing.T) {
	seed := strings.Repeat("1234567890", 7)
	for _, v := range []struct {
		at                   int64
		sha1, sha256, sha512 string
	}{
		{59, "94287082", "46119246", "90693936"},
		{1111111109, "07081804", "68084774", "25091201"},
		{1111111111, "14050471", "67062674", "99943326"},
		{1234567890, "89005924", "91819424", "93441116"},
		{2000000000, "69279037", "90698825", "38618901"},
		{20000000000, "65353130", "77737706", "47863826"},
	} {
		for _, a := range []struct {
			algorithm func() hash.Hash
			bytes     int
			want      string
		}{{sha1.New, 20, v.sha1}, {sha256.New, 32, v.sha256}, {sha512.New, 64, v.sha512}} {
			step := uint64(stepAt(time.Unix(v.at, 0)))
			if got := hotp(a.algorithm, []byte(seed[:a.bytes]), step, 8); got != a.want {
				t.Errorf("%d bytes at %d: %s, want %s", a.bytes, v.at, got, a.want)
			}
		}
		// What this server accepts is the same value with six digits.
		if step, ok := match([]byte(seed[:20]), v.sha1[2:], time.Unix(v.at, 0)); !ok || step != v.at/30 {
			t.Errorf("%s at %d: %v, step %d", v.sha1[2:], v.at, ok, step)
		}
	}
}

func TestDriftIsOneStepEitherWay(t *testing.T) {
	seed, now := newSeed(), time.Date(2026, 11, 22, 9, 0, 15, 0, time.UTC)
	for d := int64(-4); d <= 4; d++ {
		step, ok := match(seed, hotp(sha1.New, seed, uint64(stepAt(now)+d), Digits), now)
		if want := d >= -1 && d <= 1; ok != want || ok && step != stepAt(now)+d {
			t.Errorf("drift %d: accepted %v as step %d", d, ok, step-stepAt(now))
		}
	}
}

func TestSeedsAreLongAndDiffer(t *testing.T) {
	a, b := newSeed(), newSeed()
	if len(a)*8 != 160 || slices.Equal(a, b) {
		t.Errorf("%x %x", a, b)
	}
}

// AU11: what is not six digits is no code.
func TestAU11_ParseCode(t *testing.T) {
	for text, want := range map[string]string{
		"123456": "123456", " 123 456 ": "123456", "1 2 3 4 5 6": "123456", "000000": "000000",
		"": "", " ": "", "12345": "", "1234567": "", "12345a": "", "-12345": "", "12345.": "", "１２３４５６": "", "\xff23456": "", "12\x003456": "",
		"123456\n": "", "0x1234": "", "123456" + strings.Repeat(" ", 20): "", strings.Repeat("1", 1<<20): "",
	} {
		got, ok := ParseCode(text)
		if ok != (want != "") || ok && got != want {
			t.Errorf("%.20q: %q %v, want %q", text, got, ok, want)
		}
	}
}

func TestURI(t *testing.T) {
	s := Setup{[]byte("12345678901234567890")}
	got := s.URI("Larkspur: Studio & Söhne", "mira@larkspur.example")
	if want := "otpauth://totp/Larkspur%20%20Studio%20&%20S%C3%B6hne:mira@larkspur.example?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Larkspur%20%20Studio%20%26%20S%C3%B6hne"; got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	u, err := url.Parse(got)
	if err != nil || u.Scheme != "otpauth" || u.Host != "totp" || u.Query().Get("issuer") != "Larkspur  Studio & Söhne" || u.Path != "/Larkspur  Studio & Söhne:mira@larkspur.example" {
		t.Errorf("%+v %v", u, err)
	}
	if groups := s.Groups(); len(groups) != 8 || strings.Join(groups, "") != u.Query().Get("secret") {
		t.Errorf("groups %v", groups)
	}
}
