package ui_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/cardea-iam/cardea/internal/brand"
	"github.com/cardea-iam/cardea/internal/ui/part"
)

// With script, the samples and the warnings follow the form under the policy of the pages, and
// without it the button "Preview" shows the same.
func TestThePreviewFollowsTheForm(t *testing.T) {
	asked := make(chan string, 20)
	mux := http.NewServeMux()
	for _, a := range part.Assets() {
		mux.HandleFunc("GET "+a.Path, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", a.Type)
			w.Write(a.Body)
		})
	}
	mux.HandleFunc("GET /brand/{file}", serveBrand)
	preview := func(w http.ResponseWriter, r *http.Request) {
		r.ParseForm()
		draft := brand.Theme{}
		if r.Method == http.MethodPost {
			if r.PostForm.Get("do") != "preview" {
				t.Errorf("posted %v", r.PostForm)
			}
			asked <- r.PostForm.Get("light.accent")
			draft.Light = brand.Palette{Accent: brand.Colour(r.PostForm.Get("light.accent")), Background: "#ffffff", Text: "#111111"}
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", strictPolicy+"; connect-src 'self'")
		fmt.Fprint(w, render(t, brandSample(base(part.English), part.Person{Username: "mira"}, draft, part.Look{})))
	}
	mux.HandleFunc("GET /brand/preview", preview)
	mux.HandleFunc("POST /brand/preview", preview)
	server := httptest.NewServer(mux)
	defer server.Close()
	ctx := newBrowser(t)
	const button = `getComputedStyle(document.querySelector(".sample-light .button")).backgroundColor`
	do := func(actions ...chromedp.Action[chromedp.Void]) {
		t.Helper()
		if err := chromedp.Do(ctx, chromedp.Steps(actions...)); err != nil {
			t.Fatal(err)
		}
	}
	until := func(js string) { // the page itself waits for what is asked of it
		t.Helper()
		if _, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`new Promise((done) => { const look = () => `+js+` ? done(true) : requestAnimationFrame(look); look(); })`, chromedp.EvalAwaitPromise)); err != nil {
			t.Fatal(err)
		}
	}
	typeColour := func(value string) {
		t.Helper()
		if _, err := chromedp.Run(ctx, chromedp.Evaluate[string](`(() => { const f = document.getElementById("light-accent"); f.value = "`+value+`"; f.dispatchEvent(new Event("input", {bubbles: true})); return f.value; })()`)); err != nil {
			t.Fatal(err)
		}
	}
	do(scripts(false), chromedp.Navigate(server.URL+"/brand/preview"))
	until(`!document.getElementById("light-accent-pick").hidden && ` + button + ` === "rgb(29, 92, 79)"`)
	typeColour("#4338ca")
	until(button + ` === "rgb(67, 56, 202)"`)
	until(`document.querySelectorAll("link[data-samples]").length === 1 && document.querySelector("link[data-samples]").href.includes("4338ca")`)
	typeColour("#f5b301")
	until(`document.getElementById("verdict").textContent.includes("#f5b301 on #ffffff has a contrast of 1.8")`)
	until(`document.getElementById("light-accent-pick").value === "#f5b301"`)
	typeColour("#4338ca")
	until(`document.getElementById("verdict").textContent.includes("All text can be read")`)
	for _, want := range []string{"#4338ca", "#f5b301", "#4338ca"} {
		if got := <-asked; got != want {
			t.Errorf("the server was asked for %s, want %s", got, want)
		}
	}
	do(scripts(true), chromedp.Navigate(server.URL+"/brand/preview"), chromedp.Click(chromedp.ID("preview")))
	if got := <-asked; got != "" {
		t.Errorf("the untouched form asked for %s", got)
	}
}
