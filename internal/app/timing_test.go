package app

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/registration"
	"github.com/cardea-iam/cardea/internal/setting"
	"github.com/cardea-iam/cardea/internal/timingtest"
)

// request is one of somebody who tries a name.
type request struct {
	name string
	send func(w *window, who string) *http.Response
}

// ways are those into an account that anybody can try with a name.
var ways = []struct {
	name     string
	requests []request
}{
	{"signin", []request{
		{"who one is", func(w *window, who string) *http.Response {
			return w.post("/signin", "i", w.begun, "username", who)
		}},
		{"the page for the password", func(w *window, _ string) *http.Response { return w.get("/signin?i=" + w.begun) }},
		{"the list of other ways", func(w *window, _ string) *http.Response { return w.get("/signin/other?i=" + w.begun) }},
		{"a mail with a code", func(w *window, _ string) *http.Response { return w.post("/signin/email/send", "i", w.begun) }},
		{"a wrong code", func(w *window, _ string) *http.Response {
			return w.post("/signin/email", "i", w.begun, "code", "HKXS-FPDC")
		}},
		{"a wrong password", func(w *window, who string) *http.Response {
			return w.post("/signin", "i", w.begun, "username", who, "password", "quiet otter paints eight lamps")
		}},
	}},
	{"signup", []request{
		{"an account with an address", func(w *window, who string) *http.Response {
			return w.post("/signup", "i", w.begun, "email", who+"@example.com")
		}},
		{"a wrong code for it", func(w *window, _ string) *http.Response {
			return w.post("/signup/code", "i", w.begun, "code", "12345678")
		}},
	}},
	{"recover", []request{
		{"a way back in", func(w *window, who string) *http.Response {
			res := w.post("/recover", "username", who)
			if u, err := url.Parse(res.Header.Get("Location")); err == nil {
				w.begun = u.Query().Get("i")
			}
			return res
		}},
		{"a wrong code for that", func(w *window, _ string) *http.Response {
			return w.post("/recover/code", "i", w.begun, "code", "12345678")
		}},
	}},
}

// The statistical half of AU19 for whole requests. In CI the work is compared instead
// (TestAU18_AU19_SameAnswerAndSameWorkForAll of the factor of passwords).
func TestAU19_TimingOfSignInDoesNotTellWhoExists(t *testing.T) {
	timingtest.Quiet(t)
	const people = 1000
	b := newBench(t, nil)
	if _, err := setting.Update(t.Context(), b.Guard, operator, id.Default, registration.Settings.Name(), json.RawMessage(`{"open":true}`), -1); err != nil {
		t.Fatal(err)
	}
	var exists []string
	for range people {
		b.hash = nil // each has a salt of their own
		exists = append(exists, b.human(id.Default, true).name)
	}
	for _, way := range ways {
		t.Run(way.name, func(t *testing.T) { compareTimes(t, b, exists, way.requests) })
	}
}

func compareTimes(t *testing.T, b *bench, exists []string, way []request) {
	t.Helper()
	took := make([]timingtest.Pair, len(way))
	walk := func(who string, note func(request int, took time.Duration)) {
		w := b.window()
		w.account(nil)
		for n, r := range way {
			start := time.Now()
			res := r.send(w, who)
			note(n, time.Since(start))
			if res.StatusCode != http.StatusOK && res.StatusCode != http.StatusSeeOther || strings.Contains(res.Header.Get("Location"), "proof=") {
				t.Fatalf("%s of %s: %d %s", r.name, who, res.StatusCode, res.Header.Get("Location"))
			}
			// What is behind an answer is not in it.
			if _, err := b.outbox.Run(t.Context()); err != nil {
				t.Fatal(err)
			}
			if n == len(way)-1 || who == "somebody" {
				continue
			}
			// Nor is it, by what it leaves in the processor's caches, in the next one.
			other := b.window()
			other.account(nil)
			for _, r := range way {
				r.send(other, "somebody")
			}
		}
	}
	for range 5 { // what first requests make once is not counted
		walk("somebody", func(int, time.Duration) {})
	}
	timingtest.Turns(len(exists), func(turn int, known bool) {
		who := exists[turn]
		if !known {
			who = strings.Replace(who, "person", "nobody", 1)
		}
		b.clock.Advance(24 * time.Hour)
		walk(who, func(n int, d time.Duration) { took[n].Add(known, d) })
	})
	for n, r := range way {
		took[n].Check(t, r.name)
	}
}
