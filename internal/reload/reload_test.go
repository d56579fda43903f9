package reload_test

import (
	"bytes"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cardea-iam/cardea/internal/reload"
)

func TestFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var log bytes.Buffer
	read := func(path string) (string, error) {
		b, err := os.ReadFile(path)
		if strings.Contains(string(b), "bad") {
			err = errors.New("it is bad")
		}
		return string(b), err
	}
	open := func() (*reload.File[string], error) {
		return reload.Open(path, slog.New(slog.NewTextHandler(&log, nil)), read)
	}
	if _, err := open(); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
	write("bad")
	if _, err := open(); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("a bad file: %v", err)
	}
	write("one")
	f, err := open()
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	holds := func(want string) {
		t.Helper()
		if got := f.Get(now); got != want {
			t.Errorf("it holds %q, want %q", got, want)
		}
	}
	holds("one")
	write("number two")
	holds("one") // looked at a moment ago
	now = now.Add(5 * time.Second)
	holds("number two")
	write("a bad one")
	now = now.Add(5 * time.Second)
	holds("number two")
	now = now.Add(5 * time.Second)
	holds("number two")
	if n := strings.Count(log.String(), "it is bad"); n != 1 {
		t.Errorf("the failure was logged %d times", n)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	now = now.Add(5 * time.Second)
	holds("number two")
	write("the third")
	now = now.Add(5 * time.Second)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if got := f.Get(now); got != "number two" && got != "the third" {
				t.Errorf("it holds %q", got)
			}
		})
	}
	all.Wait()
	holds("the third")
}
