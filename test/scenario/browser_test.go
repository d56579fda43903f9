package scenario

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/cardea-iam/cardea/test/rig"
)

// window is one Chromium with a profile of its own, for one story.
type window struct {
	t   *testing.T
	ctx context.Context
}

func newWindow(t *testing.T) *window {
	t.Helper()
	flags := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(need(t, "chromium")), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
		chromedp.UserDataDir(t.TempDir()), chromedp.WindowSize(1100, 900))
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), flags...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, 90*time.Second)
	t.Cleanup(cancel)
	// The browser lives as long as the context of its first step.
	if err := chromedp.Do(ctx, chromedp.Navigate("about:blank")); err != nil {
		t.Fatal(err)
	}
	return &window{t, ctx}
}

// do takes steps; a step that fails ends the test with a picture of what was on the screen.
func (w *window) do(steps ...chromedp.Action[chromedp.Void]) {
	w.t.Helper()
	for _, s := range steps {
		ctx, cancel := context.WithTimeout(w.ctx, 20*time.Second)
		err := chromedp.Do(ctx, s)
		cancel()
		if err != nil {
			w.shoot("failed")
			w.t.Fatalf("%v\non %s\n%.2000s", err, w.location(), w.text("body"))
		}
	}
}

func (w *window) open(url string) { w.t.Helper(); w.do(chromedp.Navigate(url)) }

// press clicks on the element with an id and waits for the page behind it to have another.
func (w *window) press(id, then string) {
	w.t.Helper()
	w.do(chromedp.WaitVisible(chromedp.ID(id)), chromedp.Click(chromedp.ID(id)), chromedp.WaitReady(chromedp.CSS(then)))
}

func (w *window) fill(id, text string) {
	w.t.Helper()
	w.do(chromedp.WaitVisible(chromedp.ID(id)), chromedp.SendKeys(chromedp.ID(id), text))
}

// signIn fills in the sign-in page and waits for the page that follows.
func (w *window) signIn(username, password, then string) {
	w.t.Helper()
	w.fill("username", username)
	w.press("submit", "#password")
	w.fill("password", password)
	w.press("submit", then)
}

func (w *window) location() string {
	at, err := chromedp.Run(w.ctx, chromedp.Location())
	if err != nil {
		return err.Error()
	}
	return at
}

// text is what a person reads in the first element of a CSS selector; "" when there is none.
func (w *window) text(selector string) string {
	w.t.Helper()
	out, err := chromedp.Run(w.ctx, chromedp.Evaluate[string]("(document.querySelector("+quote(selector)+")||{}).innerText||''"))
	if err != nil {
		w.t.Fatal(err)
	}
	return out
}

func (w *window) has(selector string) bool {
	w.t.Helper()
	out, err := chromedp.Run(w.ctx, chromedp.Evaluate[bool]("document.querySelector("+quote(selector)+")!==null"))
	if err != nil {
		w.t.Fatal(err)
	}
	return out
}

func quote(text string) string { return `"` + text + `"` }

// shoot keeps a picture of the page in test/artefacts.
func (w *window) shoot(name string) {
	w.t.Helper()
	picture, err := chromedp.Run(w.ctx, chromedp.FullScreenshot(100))
	if err != nil {
		w.t.Logf("no picture of %s: %v", name, err)
		return
	}
	root, err := rig.Root()
	if err != nil {
		w.t.Fatal(err)
	}
	folder := filepath.Join(root, "test", "artefacts", filepath.Base(w.t.Name()))
	if err := os.MkdirAll(folder, 0o755); err != nil {
		w.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, name+".png"), picture, 0o644); err != nil {
		w.t.Fatal(err)
	}
}
