package hireme123

import "time"

// interview is what this person is to be invited to.
const interview = "Interview at Lighthouse Robotics"

// slotLength is how long it takes.
const slotLength = 45 * time.Minute

// slot is a time that the interviewer offers.
type slot struct{ Start time.Time }

// Value names the slot in the form.
func (s slot) Value() string { return s.Start.Format(time.RFC3339) }

// Label is the slot in words.
func (s slot) Label() string { return s.Start.Format("Monday 2 January, 15:04") }

// Day and Hours are the two lines of a slot on the page.
func (s slot) Day() string { return s.Start.Format("Monday 2 Jan") }

// Hours is from when to when.
func (s slot) Hours() string {
	return s.Start.Format("15:04") + " – " + s.Start.Add(slotLength).Format("15:04")
}

// freeSlots returns the first four of the interviewer's times, on the working days of the next
// six days at 10:00 and at 14:00, that collide with nothing in the calendar.
func freeSlots(now time.Time, busy []event) []slot {
	var free []slot
	y, m, d := now.Date()
	for ahead := 1; ahead <= 6; ahead++ {
		for _, hour := range []int{10, 14} {
			start := time.Date(y, m, d+ahead, hour, 0, 0, 0, now.Location())
			if day := start.Weekday(); day == time.Saturday || day == time.Sunday || len(free) == 4 {
				continue
			}
			taken := false
			for _, e := range busy {
				taken = taken || e.Start.Before(start.Add(slotLength)) && e.End.After(start)
			}
			if !taken {
				free = append(free, slot{start})
			}
		}
	}
	return free
}
