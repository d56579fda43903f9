package part

import (
	"fmt"
	"strings"
	"time"
)

// Moment is a time in the zone of its reader, with the reader's present.
type Moment struct{ At, Now time.Time }

// Known is false for the zero time, which no page prints.
func (m Moment) Known() bool { return !m.At.IsZero() }

// Machine is the time for the datetime attribute.
func (m Moment) Machine() string { return m.At.UTC().Format(time.RFC3339) }

// Exact is the time for the title attribute, with its zone.
func (m Moment) Exact() string { return m.At.Format("2006-01-02 15:04:05 MST") }

// moment tells a time in words that need no plural: today and yesterday by
// the clock, earlier ones by their date.
func (c catalogue) moment(m Moment) (string, error) {
	clock := m.At.Format("15:04")
	switch dayNumber(m.Now) - dayNumber(m.At) {
	case 0:
		return c.text("date.today", "time", clock)
	case 1:
		return c.text("date.yesterday", "time", clock)
	}
	return c.day(m.At)
}

func (c catalogue) day(at time.Time) (string, error) {
	names, err := c.fixed("date.months")
	if err != nil {
		return "", err
	}
	months := strings.Fields(names)
	if len(months) != 12 {
		return "", fmt.Errorf("date.months names %d months", len(months))
	}
	key := Key("date.day")
	if at.Day() == 1 {
		key = "date.first" // French counts the first and no other day as an ordinal
	}
	return c.text(key, "day", at.Day(), "month", months[at.Month()-1], "year", at.Year())
}

// dayNumber counts calendar days in the time's own zone.
func dayNumber(t time.Time) int64 {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400
}

// Wait tells how long to wait, rounded up, with unit signs that read the same
// in every language: "45 s", "3 min".
func Wait(d time.Duration) string {
	if d <= 90*time.Second {
		return fmt.Sprintf("%d s", max(1, int64((d+time.Second-1)/time.Second)))
	}
	return fmt.Sprintf("%d min", int64((d+time.Minute-1)/time.Minute))
}

// Remember asks whether this browser shall be remembered for some days; nil for 0, which offers it
// to nobody.
func Remember(days int) *Message {
	switch {
	case days < 1:
		return nil
	case days == 1:
		return Say("code.remember.day")
	}
	return Say("code.remember", "days", days)
}
