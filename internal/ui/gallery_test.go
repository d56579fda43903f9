package ui_test

import (
	"context"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/chromedp"

	"github.com/cardea-iam/cardea/internal/ui/part"
)

var (
	gallery     = flag.String("gallery", "", "folder into which TestGallery puts a picture of every page")
	galleryOnly = flag.String("gallery-only", "", "take only pages whose name begins with this")
)

// serveSamples serves every page at /<locale>/<name> with the assets and the
// headers under which pages live.
func serveSamples(t *testing.T) *httptest.Server {
	t.Helper()
	mux := http.NewServeMux()
	for _, a := range part.Assets() {
		mux.HandleFunc("GET "+a.Path, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", a.Type)
			w.Write(a.Body)
		})
	}
	mux.HandleFunc("GET "+part.BrandPrefix+"{file}", serveBrand)
	// Scripts that ask for something get an answer with nothing in it.
	mux.HandleFunc("POST /", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "{}") })
	for _, l := range part.Locales() {
		for _, s := range samples(l) {
			text := render(t, s.page)
			mux.HandleFunc("GET /"+string(l)+"/"+s.name, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "text/html; charset=utf-8")
				w.Header().Set("Content-Security-Policy", strictPolicy)
				fmt.Fprint(w, text)
			})
		}
	}
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server
}

// TestGallery takes a picture of every page, narrow and wide, light and dark,
// and fails if the browser complains about a page:
//
//	go test ./internal/ui -run Gallery -gallery /some/folder
func TestGallery(t *testing.T) {
	if *gallery == "" {
		t.Skip("takes pictures only when -gallery names a folder")
	}
	server := serveSamples(t)
	var mu sync.Mutex
	var complaints []string
	ctx := newBrowser(t, chromedp.WithListener(func(event any) {
		if e, ok := event.(*log.EventEntryAdded); ok && e.Entry.Level == log.EntryLevelError {
			mu.Lock()
			defer mu.Unlock()
			complaints = append(complaints, e.Entry.URL+": "+e.Entry.Text)
		}
	}))
	if _, err := chromedp.Call(ctx, log.Enable, cdp.Empty{}); err != nil {
		t.Fatal(err)
	}
	for _, width := range []int64{360, 1280} {
		for _, scheme := range []string{"light", "dark"} {
			for _, l := range part.Locales() {
				if (l == part.German || l == part.Spanish) != (scheme == "dark") {
					continue // each language is seen in one scheme
				}
				for _, s := range samples(l) {
					if !strings.HasPrefix(s.name, *galleryOnly) {
						continue
					}
					picture := takePicture(t, ctx, server.URL+"/"+string(l)+"/"+s.name, width, scheme)
					name := fmt.Sprintf("%s-%d-%s-%s.png", s.name, width, scheme, l)
					if err := os.WriteFile(filepath.Join(*gallery, name), picture, 0o644); err != nil {
						t.Fatal(err)
					}
				}
			}
		}
	}
	mu.Lock()
	defer mu.Unlock()
	for _, c := range complaints {
		t.Error(c)
	}
}

// takePicture also asserts that the page needs no sideways scrolling.
func takePicture(t *testing.T, ctx context.Context, url string, width int64, scheme string) []byte {
	t.Helper()
	prepare := chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
		})
		return err
	})
	// The form_post page would leave before its picture is taken.
	script := scripts(strings.HasSuffix(url, "/formpost"))
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(width, 800), prepare, script, chromedp.Navigate(url)); err != nil {
		t.Fatalf("%s: %v", url, err)
	}
	wide, err := chromedp.Run(ctx, chromedp.Evaluate[int64](`document.documentElement.scrollWidth`))
	if err != nil {
		t.Fatalf("%s: %v", url, err)
	}
	if wide > width {
		t.Errorf("%s: %d wide in a window of %d", url, wide, width)
	}
	picture, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	if err != nil {
		t.Fatalf("%s: %v", url, err)
	}
	return picture
}
