package session

import (
	"testing"
	"time"

	"github.com/cardea-iam/cardea/internal/factor"
)

// N11: what counts in a session, by what was proved and by how long ago (NIST SP 800-63B-4 §2.1.3,
// §2.2.3, §2.3.3). After the strong time one factor and the session's secret remain.
func TestN11_StrengthEnds(t *testing.T) {
	began := time.Unix(1_800_000_000, 0).UTC()
	life := Lifetimes{Limit: Limit{Idle: 12 * time.Hour, Absolute: 30 * 24 * time.Hour}}
	password, totp := factor.Proved(factor.Password, began), factor.Proved(factor.TOTP, began)
	synced := factor.Proved(factor.Passkey, began, factor.UserVerified, factor.Synced)
	bound := factor.Proved(factor.Passkey, began, factor.UserVerified)
	for _, c := range []struct {
		name      string
		facts     []factor.Fact
		seen, now time.Duration // since it began
		level     factor.Level
	}{
		{"AAL1 of a month", []factor.Fact{password}, 29 * 24 * time.Hour, 29 * 24 * time.Hour, 1},
		{"AAL2 at once", []factor.Fact{password, totp}, 0, 0, 2},
		{"AAL2 idle for an hour", []factor.Fact{password, totp}, 0, time.Hour, 2},
		{"AAL2 idle for longer", []factor.Fact{password, totp}, 0, time.Hour + time.Second, 1},
		{"AAL2 used for a day", []factor.Fact{password, totp}, 24 * time.Hour, 24 * time.Hour, 2},
		{"AAL2 used for longer", []factor.Fact{password, totp}, 24 * time.Hour, 24*time.Hour + time.Second, 1},
		{"a synced passkey idle for longer", []factor.Fact{synced}, 0, 2 * time.Hour, 1},
		{"AAL3 idle for 15 minutes", []factor.Fact{bound}, 0, 15 * time.Minute, 3},
		{"AAL3 idle for longer", []factor.Fact{bound}, 0, 16 * time.Minute, 1},
		{"AAL3 used for 12 hours", []factor.Fact{bound}, 12 * time.Hour, 12 * time.Hour, 3},
		{"AAL3 used for longer", []factor.Fact{bound}, 12*time.Hour + time.Minute, 12*time.Hour + time.Minute, 1},
	} {
		s := life.Starting(Session{Facts: c.facts}, began)
		s.SeenAt = began.Add(c.seen)
		got := s.aged(began.Add(c.now)).Strength()
		if got.Level != c.level {
			t.Errorf("%s: level %d, want %d", c.name, got.Level, c.level)
		}
		// One more proof restores the level.
		if c.level == 1 && len(c.facts) == 2 {
			again := factor.Assess(factor.Add(s.aged(began.Add(c.now)).Facts, factor.Proved(factor.TOTP, began.Add(c.now))))
			if again.Level != 2 {
				t.Errorf("%s: a code brings it to level %d", c.name, again.Level)
			}
		}
	}
	if s := life.Starting(Session{Facts: []factor.Fact{password}}, began); s.Idle != 12*time.Hour || !s.ExpiresAt.Equal(began.Add(30*24*time.Hour)) {
		t.Errorf("%+v", s)
	}
}
