package ui_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"github.com/cardea-iam/cardea/internal/ui/notice"
	"github.com/cardea-iam/cardea/internal/ui/part"
)

// strictPolicy is all that the pages need; the server's own policy allows no
// less. It ends with form-action.
const strictPolicy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; " +
	"base-uri 'none'; frame-ancestors 'none'; form-action 'self'"

// newBrowser starts a browser for one test, or skips it where there is none.
func newBrowser(t *testing.T, options ...chromedp.ContextOption) context.Context {
	t.Helper()
	if _, err := exec.LookPath("chromium"); err != nil {
		t.Skip("skipped: no chromium on this machine")
	}
	flags := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.UserDataDir(t.TempDir()))
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), flags...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx, options...)
	t.Cleanup(cancel)
	return ctx
}

func scripts(off bool) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: off})
		return err
	})
}

// The button in the password field exists only with script, shows what was
// typed and hides it again.
func TestRevealShowsThePassword(t *testing.T) {
	server := serveSamples(t)
	ctx := newBrowser(t)
	const state = `[document.querySelector(".reveal-button").checkVisibility(), document.querySelector("#password").type].join()`
	steps := []struct {
		act  chromedp.Action[chromedp.Void]
		want string
	}{
		{chromedp.Steps(scripts(true), chromedp.Navigate(server.URL+"/en/signin")), "false,password"},
		{chromedp.Steps(scripts(false), chromedp.Navigate(server.URL+"/en/signin")), "true,password"},
		{chromedp.Click(chromedp.CSS(".reveal-button")), "true,text"},
		{chromedp.Click(chromedp.CSS(".reveal-button")), "true,password"},
	}
	for i, step := range steps {
		if err := chromedp.Do(ctx, step.act); err != nil {
			t.Fatal(err)
		}
		got, err := chromedp.Run(ctx, chromedp.Evaluate[string](state))
		if err != nil {
			t.Fatal(err)
		}
		if got != step.want {
			t.Errorf("step %d: %s, want %s", i, got, step.want)
		}
	}
}

// RU10: the form_post page sends itself under the policy, also when a field is
// named like the form's own method, and its button does the same without
// script.
func TestRU10_FormPostSendsItself(t *testing.T) {
	received := make(chan string, 1)
	client := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			r.ParseForm()
			received <- r.PostForm.Encode()
		}
		fmt.Fprint(w, "<!doctype html><title>client</title>")
	}))
	defer client.Close()
	page := &notice.FormPost{
		Base: base(part.English), App: part.App{Name: "RP"}, Target: client.URL + "/cb",
		Fields: []part.Field{{Name: "state", Value: `"><script>`}, {Name: "submit", Value: "1"}, {Name: "id", Value: "2"}},
	}
	text := render(t, page)
	mux := http.NewServeMux()
	for _, a := range part.Assets() {
		mux.HandleFunc("GET "+a.Path, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", a.Type)
			w.Write(a.Body)
		})
	}
	mux.HandleFunc("GET /", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", strictPolicy+" "+client.URL)
		fmt.Fprint(w, text)
	})
	server := httptest.NewServer(mux)
	defer server.Close()
	ctx := newBrowser(t)
	const want = "id=2&state=%22%3E%3Cscript%3E&submit=1"
	if err := chromedp.Do(ctx, chromedp.Navigate(server.URL+"/")); err != nil {
		t.Fatal(err)
	}
	if got := <-received; got != want {
		t.Errorf("with script: %s", got)
	}
	if err := chromedp.Do(ctx, scripts(true), chromedp.Navigate(server.URL+"/"), chromedp.Click(chromedp.ID("continue"))); err != nil {
		t.Fatal(err)
	}
	if got := <-received; got != want {
		t.Errorf("without script: %s", got)
	}
}
