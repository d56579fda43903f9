package mycalapp

import (
	"crypto/rand"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"
)

// Event is one entry of a calendar, as the API shows it.
type Event struct {
	ID    string    `json:"id"`
	Title string    `json:"title"`
	Start time.Time `json:"start"`
	End   time.Time `json:"end"`
	// AddedBy is the client id of the app that added it; empty for the person's own.
	AddedBy string `json:"added_by,omitempty"`
}

// invalidEvent says why an event was not taken, in words for the client's developer.
type invalidEvent string

func (e invalidEvent) Error() string { return string(e) }

// calendar keeps everybody's events, in memory, by subject: Cardea's name for the person, the same
// in our ID tokens and in the access tokens of apps that act for them.
type calendar struct {
	now    func() time.Time
	mu     sync.Mutex
	events map[string][]Event
}

// of returns the events of a person; c.mu is held. A new calendar begins with a few examples.
func (c *calendar) of(subject string) []Event {
	if c.events == nil {
		c.events = map[string][]Event{}
	}
	if _, known := c.events[subject]; !known {
		y, m, d := c.now().Date()
		for _, e := range []struct {
			day, from, length int // length in minutes
			title             string
		}{
			{0, 9, 60, "Team breakfast"}, {1, 14, 60, "Dentist"}, {2, 10, 90, "Architecture review"},
			{3, 16, 60, "Piano lesson"}, {4, 12, 90, "Lunch with Grandma"}, {6, 9, 120, "Swimming"},
		} {
			start := time.Date(y, m, d+e.day, e.from, 0, 0, 0, c.now().Location())
			c.events[subject] = append(c.events[subject],
				Event{ID: rand.Text(), Title: e.title, Start: start, End: start.Add(time.Duration(e.length) * time.Minute)})
		}
	}
	return c.events[subject]
}

// between returns a person's events that touch the time from first to last, in order.
func (c *calendar) between(subject string, first, last time.Time) []Event {
	c.mu.Lock()
	defer c.mu.Unlock()
	found := []Event{}
	for _, e := range c.of(subject) {
		if e.End.After(first) && e.Start.Before(last) {
			found = append(found, e)
		}
	}
	slices.SortFunc(found, func(a, b Event) int { return a.Start.Compare(b.Start) })
	return found
}

// add takes an event into a person's calendar; the error is an invalidEvent.
func (c *calendar) add(subject string, e Event) (Event, error) {
	e.Title = strings.TrimSpace(e.Title)
	switch {
	case e.Title == "" || utf8.RuneCountInString(e.Title) > 120:
		return Event{}, invalidEvent("a title has 1 to 120 characters")
	case !e.End.After(e.Start) || e.End.Sub(e.Start) > 24*time.Hour:
		return Event{}, invalidEvent("an event ends after it starts, within 24 hours")
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.of(subject)) >= 500 {
		return Event{}, invalidEvent("this calendar is full")
	}
	e.ID = rand.Text()
	c.events[subject] = append(c.events[subject], e)
	return e, nil
}

// The week shows the hours from 8 to 20, in rows of half an hour.
const firstHour, lastHour = 8, 20

// week is seven days of a calendar, as the page shows them.
type week struct {
	Title, Earlier, Later string
	Hours                 []string
	Days                  []day
}

type day struct {
	Weekday, Date string
	Today         bool
	Events        []box
}

// box is an event and its place in the day's grid.
type box struct {
	Title, When, AddedBy string
	Row, Span, Lane      int // first row from 1, rows, 1 when it stands beside another
}

// layOut places the events of the seven days from first on.
func (a *app) layOut(subject string, first time.Time) *week {
	y, m, d := first.Date()
	first = time.Date(y, m, d, 0, 0, 0, 0, a.Now().Location())
	last, begins := first.AddDate(0, 0, 6), "2 January"
	if last.Month() == first.Month() {
		begins = "2"
	}
	w := &week{
		Title:   first.Format(begins) + " – " + last.Format("2 January 2006"),
		Earlier: first.AddDate(0, 0, -7).Format(time.DateOnly),
		Later:   first.AddDate(0, 0, 7).Format(time.DateOnly),
	}
	for h := firstHour; h < lastHour; h++ {
		w.Hours = append(w.Hours, time.Date(y, m, d, h, 0, 0, 0, time.UTC).Format("15:04"))
	}
	today := a.Now().Format(time.DateOnly)
	for n := range 7 {
		start := first.AddDate(0, 0, n)
		shown := day{Weekday: start.Format("Monday"), Date: start.Format("2 Jan"), Today: start.Format(time.DateOnly) == today}
		lastRow := 0
		for _, e := range a.calendar.between(subject, start, start.AddDate(0, 0, 1)) {
			b := box{Title: e.Title, When: e.Start.In(first.Location()).Format("15:04") + " – " + e.End.In(first.Location()).Format("15:04")}
			from, to := row(start, e.Start), row(start, e.End.Add(-time.Minute))
			b.Row, b.Span = from, to-from+1
			if from <= lastRow {
				b.Lane = 1
			}
			lastRow = max(lastRow, to)
			if e.AddedBy != "" {
				if b.AddedBy = a.AppNames[e.AddedBy]; b.AddedBy == "" {
					b.AddedBy = e.AddedBy
				}
			}
			shown.Events = append(shown.Events, b)
		}
		w.Days = append(w.Days, shown)
	}
	return w
}

// row is the half hour of a day in which t falls, held inside what the page shows.
func row(midnight, t time.Time) int {
	halfHours := int(t.Sub(midnight)/(30*time.Minute)) - firstHour*2 + 1
	return min(max(halfHours, 1), (lastHour-firstHour)*2)
}
