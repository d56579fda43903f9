// Package reload keeps what an operator's file holds, and reads the file again when it changed.
package reload

import (
	"fmt"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// every is how often at most a file is looked at: a change is noticed that soon, by the first who
// asks afterwards.
const every = 5 * time.Second

// File is a value that is made of a file. It is safe for concurrent use.
type File[T any] struct {
	path string
	log  *slog.Logger
	read func(path string) (T, error)

	current atomic.Pointer[T]
	mu      sync.Mutex // one goroutine looks, the others go on with what there is
	next    atomic.Int64
	seen    stamp
}

// stamp is what a changed file changes.
type stamp struct {
	at   time.Time
	size int64
}

// Open reads a file for the first time; an error is meant to stop the start.
func Open[T any](path string, log *slog.Logger, read func(path string) (T, error)) (*File[T], error) {
	f := &File[T]{path: path, log: log, read: read}
	s, err := f.stamp()
	if err != nil {
		return nil, err
	}
	f.seen = s
	v, err := read(path)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	f.current.Store(&v)
	return f, nil
}

// Get returns what the file holds. A changed file that cannot be read is logged once, and what it
// held before stays.
func (f *File[T]) Get(now time.Time) T {
	if due := f.next.Load(); now.UnixNano() >= due && f.mu.TryLock() {
		f.follow()
		f.next.Store(now.Add(every).UnixNano())
		f.mu.Unlock()
	}
	return *f.current.Load()
}

func (f *File[T]) follow() {
	s, err := f.stamp()
	if err != nil || s == f.seen {
		return // a file that is being replaced may be away for a moment
	}
	f.seen = s
	v, err := f.read(f.path)
	if err != nil {
		f.log.Error("a changed file was not taken, what it held before stays", "file", f.path, "error", err)
		return
	}
	f.current.Store(&v)
	f.log.Info("a changed file was read", "file", f.path)
}

func (f *File[T]) stamp() (stamp, error) {
	info, err := os.Stat(f.path)
	if err != nil {
		return stamp{}, err
	}
	return stamp{info.ModTime(), info.Size()}, nil
}
