package access

import (
	"context"
	"html"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"
)

// inbox is the address of the letters to somebody.
func (w *world) inbox(to string) string { return "/inbox?to=" + url.QueryEscape(to) }

// mail is the person's address, which is verified.
func (p person) mail() string { return string(p) + "@mail.example" }

var (
	letterLink = regexp.MustCompile(`href="(/inbox/out_[^"/]+)"`)
	letterText = regexp.MustCompile(`(?s)<pre class="letter" id="text">(.*?)</pre>`)
)

// find returns what a pattern's group finds in the newest letter to somebody that has it, and waits
// for the letter.
func (w *window) find(to string, pattern *regexp.Regexp) string {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), 15*time.Second)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		for _, link := range letterLink.FindAllStringSubmatch(w.read(ctx, w.inbox(to)), -1) {
			if text := letterText.FindStringSubmatch(w.read(ctx, link[1])); text != nil {
				if found := pattern.FindStringSubmatch(html.UnescapeString(text[1])); found != nil && !w.used[found[1]] {
					w.used[found[1]] = true
					return found[1]
				}
			}
		}
		select {
		case <-ctx.Done():
			w.t.Fatalf("no letter to %s has %v", to, pattern)
		case <-tick.C:
		}
	}
}

func (w *window) read(ctx context.Context, path string) string {
	w.t.Helper()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, w.URL+path, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		w.t.Fatal(err)
	}
	defer answer.Body.Close() //nolint:errcheck // read to its end
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return string(text)
}

// code is a code: a line of its own in a mail, the first word of a text message.
var code = regexp.MustCompile(`(?m)^(?: {4})?([A-Z0-9-]{6,})(?: is your|\s*$)`)

// enterCode writes the code of the newest letter to somebody into the page's field.
func enterCode(to string) step {
	return func(w *window) {
		w.t.Helper()
		fill("code", w.find(to, code))(w)
	}
}

// openLetter opens the newest link to a path that was sent to somebody.
func openLetter(to, path string) step {
	return func(w *window) {
		w.t.Helper()
		link := w.find(to, regexp.MustCompile(`https?://[^/\s]+(`+regexp.QuoteMeta(path)+`\?[^\s>]+)`))
		open(link)(w)
	}
}

// command runs the command line.
func command(args ...string) step {
	return func(w *window) {
		w.t.Helper()
		if err := w.Command(w.t.Context(), nil, args...); err != nil {
			w.t.Fatal(err)
		}
	}
}

// recoveryLink opens the link that an administrator makes for a person.
func recoveryLink(who person) step {
	return func(w *window) {
		w.t.Helper()
		var made struct {
			Link string `json:"link"`
		}
		if err := w.Admin(w.t.Context(), http.MethodPost, "/accounts/"+w.ids[who]+"/recovery-link", map[string]any{"without_factors": false, "mail": false}, &made); err != nil {
			w.t.Fatal(err)
		}
		path, ours := strings.CutPrefix(made.Link, w.URL)
		if !ours {
			w.t.Fatalf("the link is %q", made.Link)
		}
		open(path)(w)
	}
}

// temporary gives a person the password of all, until they choose another.
func temporary(who person) step {
	return func(w *window) {
		w.t.Helper()
		body := map[string]any{"password": password, "temporary": true}
		if err := w.Admin(w.t.Context(), http.MethodPut, "/accounts/"+w.ids[who]+"/password", body, nil); err != nil {
			w.t.Fatal(err)
		}
	}
}
