package factor

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
)

var at = time.Unix(1_800_000_000, 0).UTC()

// N8 to N10: the table of NIST SP 800-63B-4 that says what proofs amount to.
func TestN8_N9_N10_Assess(t *testing.T) {
	uv, synced := Mark(UserVerified), Mark(Synced)
	p := func(k Kind, m ...Mark) Fact { return Proved(k, at, m...) }
	for _, c := range []struct {
		name  string
		facts []Fact
		level Level
		phr   bool
		amr   string
	}{
		{"nothing", nil, 0, false, ""},
		{"unknown kind", []Fact{p("shoe_size")}, 0, false, ""},
		{"password", []Fact{p(Password)}, 1, false, "pwd"},
		{"mail", []Fact{p(Email)}, 1, false, "email"},
		{"totp", []Fact{p(TOTP)}, 1, false, "otp"},
		{"recovery code", []Fact{p(RecoveryCode)}, 1, false, "otp"},
		{"password and mail", []Fact{p(Password), p(Email)}, 1, false, "email pwd"},
		{"totp and mail", []Fact{p(TOTP), p(Email)}, 1, false, "email otp"},
		{"totp and sms are both owned", []Fact{p(TOTP), p(SMS)}, 1, false, "otp sms"},
		{"password and totp", []Fact{p(Password), p(TOTP)}, 2, false, "mfa otp pwd"},
		{"password and recovery code", []Fact{p(Password), p(RecoveryCode)}, 2, false, "mfa otp pwd"},
		{"password and sms", []Fact{p(Password), p(SMS)}, 2, false, "mfa pwd sms"},
		{"password and voice", []Fact{p(Password), p(Voice)}, 2, false, "mfa pwd tel"},
		{"password and approval", []Fact{p(Password), p(Approval)}, 2, false, "mca mfa pwd"},
		{"synced key, user present", []Fact{p(Passkey, synced)}, 1, true, "swk user"},
		{"device-bound key, user present", []Fact{p(Passkey)}, 1, true, "hwk user"},
		{"synced key, user verified", []Fact{p(Passkey, synced, uv)}, 2, true, "mfa swk user"},
		{"device-bound key, user verified", []Fact{p(Passkey, uv)}, 3, true, "hwk mfa user"},
		{"password and synced key", []Fact{p(Password), p(Passkey, synced)}, 2, true, "mfa pwd swk user"},
		{"password and security key", []Fact{p(Password), p(Passkey)}, 3, true, "hwk mfa pwd user"},
		{"password, totp, mail", []Fact{p(Password), p(TOTP), p(Email)}, 2, false, "email mfa otp pwd"},
		{"mail and synced key, user present", []Fact{p(Email), p(Passkey, synced)}, 1, true, "email swk user"},
	} {
		s := Assess(c.facts)
		if s.Level != c.level || s.PhishingResistant != c.phr || strings.Join(s.AMR, " ") != c.amr {
			t.Errorf("%s: level %d, phishing resistant %v, amr %v; want %d %v %s", c.name, s.Level, s.PhishingResistant, s.AMR, c.level, c.phr, c.amr)
		}
		if weak := Weaken(c.facts); c.level >= 1 && (Assess(weak).Level != 1 || c.level >= 2 && len(weak) != 1) {
			t.Errorf("%s: weakened it is level %d", c.name, Assess(weak).Level)
		}
	}
}

// AU16: a fresh link from a mail does not make an old second factor fresh.
func TestAU16_MailIsNoStepUp(t *testing.T) {
	later := at.Add(time.Hour)
	facts := []Fact{Proved(Password, at), Proved(TOTP, at), Proved(Email, later)}
	if w := (Want{Level: 2, NotOlder: later}); w.MetBy(facts) {
		t.Error("a mail met a step-up")
	}
	if w := (Want{Level: 2, NotOlder: later}); !w.MetBy(Add(facts, Proved(TOTP, later))) {
		t.Error("a fresh code does not meet a step-up")
	}
	if w := (Want{PhishingResistant: true}); w.MetBy(facts) {
		t.Error("a code is phishing resistant")
	}
	if w := (Want{Method: "otp"}); !w.MetBy(facts) || (Want{Method: "hwk"}).MetBy(facts) || w.MetBy([]Fact{Proved(Password, at)}) {
		t.Error("a method is not looked for")
	}
}

func TestFactsAreStoredWhole(t *testing.T) {
	f := Proved(Passkey, at, UserVerified, Synced, Credential("key one"), Failures(7), Breached)
	b, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	var got Fact
	if err := json.Unmarshal(b, &got); err != nil || got != f || !got.At().Equal(at) || got.Credential() != "key one" || got.Failures() != 7 || !got.Breached() {
		t.Fatalf("%+v %v", got, err)
	}
	if !(Fact{}).At().IsZero() {
		t.Error("no fact has a time")
	}
}

func TestStricter(t *testing.T) {
	got := Want{Level: 1, NotOlder: at}.Stricter(Want{Level: 2, PhishingResistant: true})
	if got != (Want{Level: 2, PhishingResistant: true, NotOlder: at}) {
		t.Errorf("%+v", got)
	}
	for _, c := range [][3]string{{"", "otp", "otp"}, {"hwk", "", "hwk"}, {"hwk", "otp", "otp"}} {
		if got := (Want{Method: c[0]}).Stricter(Want{Method: c[1]}); got.Method != c[2] {
			t.Errorf("%v: %+v", c, got)
		}
	}
}
