package app

import (
	"fmt"
	"html"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/ui/data"
)

// What happens to a person has a sentence on their page of activity, or a reason not to.
func TestEveryActionIsSaidOrLeftOut(t *testing.T) {
	for _, a := range guard.Actions() {
		s, said := data.SentenceOf(a.Name)
		why := data.LeftOut(a)
		switch {
		case said && why != "":
			t.Errorf("%s has a sentence and is left out: %s", a.Name, why)
		case !said && why == "":
			t.Errorf("%s: say it in internal/ui/data/activity.go, or name it in http_hidden.go with the reason", a.Name)
		case said && s.Done == "" && s.Refused == "":
			t.Errorf("the sentence of %s says nothing", a.Name)
		}
	}
	for _, name := range data.Left() {
		if _, said := data.SentenceOf(name); said {
			t.Errorf("%s is left out and said", name)
		}
	}
}

// The page goes through all that happened, once, and shows what a filter asks for and nothing of
// others.
func TestActivityPages(t *testing.T) {
	const edits = 70
	eachHouse(t, func(t *testing.T, h *house) {
		h.signIn("/account")
		version := int64(1)
		for i := range edits {
			a, err := account.Edit(t.Context(), h.Guard, caller.Person(string(h.who), "", "", "", ""), id.Default, h.who, version, account.Claims{Nickname: fmt.Sprint(i)})
			if err != nil {
				t.Fatal(err)
			}
			version = a.Version
		}
		other, err := account.Create(t.Context(), h.Guard, operator, id.Default, account.New{Username: "other"})
		if err == nil {
			err = h.Lifecycle.Disable(t.Context(), operator, id.Default, other.ID)
		}
		if err != nil {
			t.Fatal(err)
		}
		h.sequence()
		lines, pages := "", 0
		for next := "/account/activity?show=changes"; next != ""; pages++ {
			body := h.shows(next, "Activity")
			lines += body
			next = ""
			if m := regexp.MustCompile(`id="older" href="([^"]*)"`).FindStringSubmatch(body); m != nil {
				next = html.UnescapeString(m[1])
			}
		}
		if n := strings.Count(lines, "You changed your profile."); n != edits || pages != 3 {
			t.Errorf("%d of %d changes on %d pages", n, edits, pages)
		}
		for _, never := range []string{"You signed in.", "disabled your account"} {
			if strings.Contains(lines, never) {
				t.Errorf("the page says %q", never)
			}
		}
		h.shows("/account/activity?show=apps", "Nothing of this sort has happened yet.")
		h.shows("/account/activity?before=1", "There is nothing older.")
	})
}

// A letter that lets in whoever reads it is told to whom it went, once it went.
func TestActivityTellsOfLettersWithCodes(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		for range 4 { // the address takes three
			h.goes("POST", "/recover", url.Values{"username": {canaries["username"]}}, "/recover/code")
			if _, err := h.outbox.Run(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		h.signIn("/account")
		h.sequence()
		if n := strings.Count(h.shows("/account/activity"), "A message with a code was sent to you"); n != 3 {
			t.Errorf("%d letters, want the three that went", n)
		}
	})
}
