package scenario

import (
	"encoding/json"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

// entry is one line of the ledger: what the server acknowledged.
type entry struct {
	Did  string `json:"did"`            // code, redeemed, refused, rotated, issued, revoked
	What string `json:"what"`           // the code or token that it was done to
	Made string `json:"made,omitempty"` // what came out of it
}

// ledger remembers outside of the server what it acknowledged. A line is on disk before the
// worker that wrote it goes on.
type ledger struct {
	mu      sync.Mutex
	file    *os.File
	entries []entry
	seen    chan struct{} // one for each entry, for whoever counts
}

func newLedger(t *testing.T) *ledger {
	t.Helper()
	f, err := os.Create(filepath.Join(t.TempDir(), "ledger"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
	return &ledger{file: f, seen: make(chan struct{}, 1<<20)}
}

func (l *ledger) write(e entry) error {
	line, err := json.Marshal(e)
	if err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, err := l.file.Write(append(line, '\n')); err != nil {
		return err
	}
	if err := l.file.Sync(); err != nil {
		return err
	}
	l.entries = append(l.entries, e)
	l.seen <- struct{}{}
	return nil
}

// read is the ledger as it stands on disk.
func (l *ledger) read(t *testing.T) []entry {
	t.Helper()
	f, err := os.Open(l.file.Name())
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close() //nolint:errcheck // only read
	var out []entry
	for d := json.NewDecoder(f); d.More(); {
		var e entry
		if err := d.Decode(&e); err != nil {
			t.Fatal(err)
		}
		out = append(out, e)
	}
	return out
}
