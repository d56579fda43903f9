package ui_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/cardea-iam/cardea/internal/clock"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/puzzle"
	"github.com/cardea-iam/cardea/internal/secret"
	"github.com/cardea-iam/cardea/internal/ui/part"
	"github.com/cardea-iam/cardea/internal/ui/signin"
)

// The script's arithmetic is its own: what it finds must be what the server takes, also when the
// person presses the button long before it is found.
func TestTheBrowserFindsTheProofAndSendsTheForm(t *testing.T) {
	room, err := puzzle.New(secret.NewRoot([32]byte{7}), clock.System, puzzle.Rules{Ordinary: 0.001, Burst: 1, Least: 16, Most: 16})
	if err != nil {
		t.Fatal(err)
	}
	room.Failed(id.Default)
	room.Failed(id.Default)
	answers := make(chan string, 1)
	mux := http.NewServeMux()
	for _, a := range part.Assets() {
		mux.HandleFunc("GET "+a.Path, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", a.Type)
			w.Write(a.Body)
		})
	}
	mux.HandleFunc("GET /signin", func(w http.ResponseWriter, _ *http.Request) {
		c := room.Ask(id.Default, "int_1")
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", strictPolicy)
		fmt.Fprint(w, render(t, &signin.Page{Frame: signin.Frame{Base: base(part.English), Action: "/signin"}, Username: "mira", Problem: signin.Unproved, Puzzle: part.Puzzle{Challenge: c.Text, Bits: c.Bits}}))
	})
	mux.HandleFunc("POST /signin", func(w http.ResponseWriter, r *http.Request) {
		err := room.Check(id.Default, "int_1", puzzle.Answer{Challenge: r.PostFormValue(puzzle.FieldChallenge), Proof: r.PostFormValue(puzzle.FieldProof)})
		answers <- fmt.Sprint(err, " ", r.PostFormValue("password"))
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	ctx := newBrowser(t)
	began := time.Now()
	if err := chromedp.Do(ctx, chromedp.Steps(chromedp.Navigate(server.URL+"/signin"),
		chromedp.SendKeys(chromedp.CSS("#password"), "a pass phrase"), chromedp.Click(chromedp.CSS("#submit")))); err != nil {
		t.Fatal(err)
	}
	select {
	case got := <-answers:
		if got != "<nil> a pass phrase" {
			t.Errorf("the server says %s", got)
		}
		t.Logf("16 bits took the page %v from its address to the answer", time.Since(began))
	case <-time.After(time.Minute):
		t.Fatal("no form came")
	}
}
