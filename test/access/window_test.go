package access

import (
	"context"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"

	"github.com/cardea-iam/cardea/test/rig"
)

// browsers is one Chromium; each person has a profile of their own in it.
type browsers struct {
	*world
	ctx     context.Context
	windows map[person]*window
}

func newBrowsers(t *testing.T, w *world) *browsers {
	t.Helper()
	need(t, "chromium")
	flags := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath("chromium"), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.UserDataDir(t.TempDir()))
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), flags...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	// The browser lives as long as the context of its first step.
	if err := chromedp.Do(ctx, chromedp.Navigate("about:blank")); err != nil {
		t.Fatal(err)
	}
	return &browsers{world: w, ctx: ctx, windows: map[person]*window{}}
}

// window is one tab of a person who walks through pages.
type window struct {
	*world
	t    *testing.T
	ctx  context.Context
	seen func(path string) // is told of each address that was opened
}

// of is the person's window, signed in; a guest has a new one each time.
func (b *browsers) of(t *testing.T, who person, seen func(string)) *window {
	t.Helper()
	if w := b.windows[who]; w != nil {
		w.t, w.seen = t, seen
		return w
	}
	ctx, cancel := chromedp.NewContext(b.ctx, chromedp.WithNewBrowserContext())
	if who == guest {
		t.Cleanup(cancel)
	}
	w := &window{world: b.world, t: t, ctx: ctx, seen: seen}
	if _, err := chromedp.Call(ctx, network.Enable, network.EnableParams{}); err != nil {
		t.Fatal(err)
	}
	w.look("light", 1280)
	if who == boss { // not before: with an administrator there is no page for the first one
		if err := b.Command(t.Context(), nil, "role", "bind", "--role", "owner", "--account", string(boss)); err != nil {
			t.Fatal(err)
		}
	}
	if who != guest {
		b.windows[who] = w
		for _, s := range []step{open("/account"), fill("username", string(who)), press("submit"), fill("password", password), press("submit")} {
			s(w)
		}
	}
	return w
}

func (w *window) do(steps ...chromedp.Action[chromedp.Void]) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.ctx, 20*time.Second)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		at, _ := chromedp.Run(w.ctx, chromedp.Location()) // for the message alone
		w.t.Fatalf("%v\non %s", err, at)
	}
}

// evaluate runs a script in the page, which its policy does not hinder, and waits for its promise.
func evaluate[T any](w *window, script string) T {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.ctx, 30*time.Second)
	defer cancel()
	out, err := chromedp.Run(ctx, chromedp.Evaluate[T](script, chromedp.EvalAwaitPromise))
	if err != nil {
		w.t.Fatalf("%v\nof %.200s", err, script)
	}
	return out
}

// look gives the window a colour scheme and a width in CSS pixels, and keeps things from moving.
func (w *window) look(scheme string, width int64) {
	w.t.Helper()
	if _, err := chromedp.Call(w.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"},
	}}); err != nil {
		w.t.Fatal(err)
	}
	w.do(chromedp.EmulateViewport(width, 900))
}

// step is one thing that a person does.
type step func(w *window)

// open goes to a path of the server.
func open(path string) step {
	return func(w *window) {
		w.t.Helper()
		w.seen(path)
		w.do(chromedp.Navigate(w.URL + path))
		w.arrived()
	}
}

// fill writes into the field with an id, in place of what it holds.
func fill(id, text string) step {
	return func(w *window) {
		w.t.Helper()
		w.do(chromedp.WaitVisible(chromedp.ID(id)), chromedp.SetValue(chromedp.ID(id), text))
	}
}

// tick marks a checkbox by its id.
func tick(id string) step {
	return func(w *window) {
		w.t.Helper()
		w.do(chromedp.WaitVisible(chromedp.ID(id)))
		evaluate[bool](w, "document.getElementById('"+id+"').checked = true")
	}
}

// openMore opens what is folded up on a page.
func openMore(w *window) {
	w.t.Helper()
	evaluate[bool](w, "document.querySelector('main details').open = true")
}

// press clicks on the first element of a CSS selector, or of an id, and waits for the page behind it.
func press(what string) step {
	return func(w *window) {
		w.t.Helper()
		selector := chromedp.CSS("#" + what + "," + what)
		w.do(chromedp.WaitVisible(selector))
		evaluate[bool](w, "window.leaving = true")
		w.do(chromedp.Click(selector))
		w.settle()
		w.arrived()
	}
}

// settle waits until another document has taken the place of the one that is being left.
func (w *window) settle() {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.ctx, 20*time.Second)
	defer cancel()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		// While documents change there is nothing to ask, which is no error here.
		there, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("!window.leaving && document.readyState === 'complete'"))
		if err == nil && there {
			return
		}
		select {
		case <-ctx.Done():
			w.t.Fatalf("no page came: %v", err)
		case <-tick.C:
		}
	}
}

// authorize begins an authorization request of an application: one that asks, or the operator's own.
func authorize(app func(*world) string) step {
	return func(w *window) {
		w.t.Helper()
		w.seen("/oauth/authorize")
		w.do(chromedp.Navigate(app(w.world)))
		w.arrived()
	}
}

// asks is a request of the application that asks for consent, with further parameters (name,
// value, …).
func asks(further ...string) func(*world) string {
	return func(w *world) string { return w.app.Attempt(parameters(further)).URL }
}

// own is a request of the operator's own application.
func own(further ...string) func(*world) string {
	return func(w *world) string { return w.own.Attempt(parameters(further)).URL }
}

func parameters(pairs []string) url.Values {
	q := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		q.Set(pairs[i], pairs[i+1])
	}
	return q
}

// withKey plugs in an authenticator that keeps passkeys and whose user is always there.
func withKey(w *window) {
	w.t.Helper()
	if _, err := chromedp.Call(w.ctx, webauthn.Enable, webauthn.EnableParams{}); err != nil {
		w.t.Fatal(err)
	}
	if _, err := chromedp.Call(w.ctx, webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{Options: &webauthn.VirtualAuthenticatorOptions{
		Protocol: webauthn.AuthenticatorProtocolCtap2, Transport: webauthn.AuthenticatorTransportInternal, Ctap2version: webauthn.Ctap2versionCtap21,
		HasResidentKey: true, HasUserVerification: true, IsUserVerified: true, AutomaticPresenceSimulation: true,
	}}); err != nil {
		w.t.Fatal(err)
	}
}

// confirmApp enters the code that an authenticator app makes of the key on the page.
func confirmApp(w *window) {
	w.t.Helper()
	key := evaluate[string](w, "document.getElementById('totp-key').innerText")
	code, err := rig.TOTP(key, time.Now())
	if err != nil {
		w.t.Fatal(err)
	}
	fill("code", code)(w)
}

// postFromElsewhere sends a form to a path as a page of another site would.
func postFromElsewhere(path string) step {
	return func(w *window) {
		w.t.Helper()
		w.do(chromedp.Navigate("about:blank"))
		evaluate[bool](w, `(() => {
			window.leaving = true;
			const form = document.createElement("form");
			form.method = "post";
			form.action = "`+w.URL+path+`";
			document.body.append(form);
			form.submit();
			return true;
		})()`)
		w.settle()
		w.arrived()
	}
}

// until repeats steps until the page says some words, at most 50 times.
func until(words string, steps ...step) step {
	return func(w *window) {
		w.t.Helper()
		for range 50 {
			for _, s := range steps {
				s(w)
			}
			if w.says(words) {
				return
			}
		}
		w.t.Fatalf("the page never says %q", words)
	}
}

// says reports whether words stand in the content of the page.
func (w *window) says(words string) bool {
	w.t.Helper()
	return strings.Contains(w.content(), words)
}

func (w *window) content() string {
	w.t.Helper()
	return evaluate[string](w, "document.querySelector('main').innerText")
}

// withoutScripts keeps the pages' own scripts from loading.
func withoutScripts(w *window) {
	w.t.Helper()
	if _, err := chromedp.Call(w.ctx, network.SetBlockedURLs, network.SetBlockedURLsParams{
		URLPatterns: []*network.BlockPattern{{URLPattern: "*://*:*/*.js", Block: true}},
	}); err != nil {
		w.t.Fatal(err)
	}
}

// arrived notes where the window is now.
func (w *window) arrived() {
	w.t.Helper()
	at, err := chromedp.Run(w.ctx, chromedp.Location())
	if err != nil {
		w.t.Fatal(err)
	}
	if u, err := url.Parse(at); err == nil {
		w.seen(u.Path)
	}
}
