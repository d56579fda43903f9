package factor

import (
	"testing"
	"time"
)

// What each class takes: OpenID Connect EAP ACR Values 1.0 §2, NIST SP 800-63B-4 §2.
func TestClasses(t *testing.T) {
	at := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	pwd, app := Proved(Password, at), Proved(TOTP, at)
	for name, c := range map[string]struct {
		facts []Fact
		meets string
	}{
		"nothing":              {nil, ""},
		"password":             {[]Fact{pwd}, "aal1"},
		"password and app":     {[]Fact{pwd, app}, "aal1 aal2"},
		"synced key":           {[]Fact{Proved(Passkey, at, Synced)}, "aal1 phr"},
		"synced key, verified": {[]Fact{Proved(Passkey, at, Synced, UserVerified)}, "aal1 aal2 phr"},
		"bound key":            {[]Fact{Proved(Passkey, at)}, "aal1 phr phrh"},
		"bound key, verified":  {[]Fact{Proved(Passkey, at, UserVerified)}, "aal1 aal2 aal3 phr phrh"},
	} {
		got := ""
		for _, class := range Classes() {
			if parsed, ok := ClassOf(class.ACR); !ok || parsed != class {
				t.Errorf("%s does not parse", class.ACR)
			}
			if Assess(c.facts).Meets(class.Want) && class.Want.MetBy(c.facts) {
				got += " " + class.ACR
			}
		}
		if got != "" {
			got = got[1:]
		}
		if got != c.meets {
			t.Errorf("%s meets %q, want %q", name, got, c.meets)
		}
	}
	if _, ok := ClassOf("AAL2"); ok {
		t.Error("classes are compared exactly")
	}
}

// AU16: what is owned must be fresh where a fresh proof of two factors is asked for.
func TestAU16_FreshMeansTheFactor(t *testing.T) {
	old, now := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC), time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	want := Want{Level: 2, NotOlder: now}
	for name, c := range map[string]struct {
		facts []Fact
		met   bool
	}{
		"both old":                       {[]Fact{Proved(Password, old), Proved(TOTP, old)}, false},
		"the password alone is fresh":    {[]Fact{Proved(Password, now), Proved(TOTP, old)}, false},
		"the password beside an old key": {[]Fact{Proved(Password, now), Proved(Passkey, old, UserVerified)}, false},
		"a mail beside old ones":         {[]Fact{Proved(Password, old), Proved(TOTP, old), Proved(Email, now)}, false},
		"a mail and the app":             {[]Fact{Proved(Email, now), Proved(TOTP, now)}, false},
		"the app is fresh":               {[]Fact{Proved(Password, old), Proved(TOTP, now)}, true},
		"both fresh":                     {[]Fact{Proved(Password, now), Proved(TOTP, now)}, true},
		"the key is fresh":               {[]Fact{Proved(Passkey, now, UserVerified)}, true},
	} {
		if got := want.MetBy(c.facts); got != c.met {
			t.Errorf("%s: %t", name, got)
		}
	}
	if !(Want{NotOlder: now}).MetBy([]Fact{Proved(Password, now), Proved(TOTP, old)}) {
		t.Error("one factor, fresh, is not enough where one is asked for")
	}
	if (Want{NotOlder: now}).MetBy([]Fact{Proved(Password, old), Proved(TOTP, old), Proved(Email, now)}) {
		t.Error("a mail is a fresh proof of whoever has proved two factors")
	}
}
