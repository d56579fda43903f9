package access

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestFaultsAreFound shows the checks a page for each fault that they are there to find, and one
// without.
func TestFaultsAreFound(t *testing.T) {
	script := axe(t)
	faults := map[string]string{
		"":               `<p>Words</p><button>Go</button>`,
		"color-contrast": `<p style="color:#bbb;background:#fff">Words</p>`,
		"label":          `<input name="a">`,
		"button-name":    `<button></button>`,
		"target-size":    `<a href="#a" style="display:inline-block;width:8px;height:8px;overflow:hidden">a</a><a href="#b" style="display:inline-block;width:8px;height:8px;overflow:hidden">b</a>`,
		"reflow":         `<p style="width:2000px">Words</p>`,
		"focus-visible":  `<button style="outline:none">Go</button>`,
		"focus-order": `<button onkeydown="event.preventDefault(); c.focus()">a</button><button>b</button>
			<button id="c" onkeydown="event.preventDefault(); previousElementSibling.focus()">c</button>`,
		"focus-not-obscured": `<div style="position:fixed;inset:0;background:#fff;z-index:9;pointer-events:auto"></div><button>Go</button>`,
		"keyboard":           `<button onfocus="this.nextElementSibling.focus()">One</button><button>Two</button>`,
		"keyboard-trap":      `<label>Name <input onkeydown="event.preventDefault()"></label>`,
	}
	page := func(skip, main string) string {
		return `<!doctype html><html lang="en"><title>Page</title><meta name="viewport" content="width=device-width">` + skip +
			`<main id="main" tabindex="-1"><h1>Page</h1>` + main + `</main>`
	}
	const skip = `<a href="#main">Skip</a>`
	pages := map[string]string{}
	for rule, main := range faults {
		pages[rule] = page(skip, main)
	}
	pages["bypass"] = page(``, `<a href="#a">a</a>`)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, pages[r.URL.Query().Get("rule")])
	}))
	defer server.Close()
	win := newBrowsers(t, &world{}).of(t, guest, func(string) {})
	for rule := range pages {
		win.look("light", 390)
		win.do(chromedp.Navigate(server.URL + "/?rule=" + rule))
		found := append(win.check(script), win.keyboard()...)
		grave := slices.ContainsFunc(found, func(f finding) bool { return f.grave() && f.Rule == rule })
		if rule == "" && len(found) > 0 || rule != "" && !grave {
			t.Errorf("on the page with the fault %q was found: %v", rule, found)
		}
	}
}
