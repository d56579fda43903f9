package web

import (
	"context"
	"crypto/tls"
	"fmt"
	"log/slog"
	"os"
	"sync/atomic"
	"time"
)

// certificates holds the running certificate and follows its files.
type certificates struct {
	cert, key string
	log       *slog.Logger
	current   atomic.Pointer[tls.Certificate]
	seen      atomic.Pointer[stamp]
}

// stamp is what a changed file changes.
type stamp struct {
	certTime, keyTime time.Time
	certSize, keySize int64
}

// pollCertificates is how soon a changed file is noticed.
const pollCertificates = 5 * time.Second

func loadCertificates(cert, key string, log *slog.Logger) (*certificates, error) {
	c := &certificates{cert: cert, key: key, log: log}
	if err := c.load(); err != nil {
		return nil, err
	}
	return c, nil
}

func (c *certificates) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	return c.current.Load(), nil
}

// load replaces the running certificate, or leaves it and says why.
func (c *certificates) load() error {
	now, err := c.stamp()
	if err == nil {
		c.seen.Store(&now)
	}
	pair, err := tls.LoadX509KeyPair(c.cert, c.key)
	if err != nil {
		return fmt.Errorf("load certificate %s: %w", c.cert, err)
	}
	c.current.Store(&pair)
	return nil
}

func (c *certificates) stamp() (stamp, error) {
	cert, err := os.Stat(c.cert)
	if err != nil {
		return stamp{}, err
	}
	key, err := os.Stat(c.key)
	if err != nil {
		return stamp{}, err
	}
	return stamp{cert.ModTime(), key.ModTime(), cert.Size(), key.Size()}, nil
}

// watch looks at the files until ctx ends.
func (c *certificates) watch(ctx context.Context) {
	tick := time.NewTicker(pollCertificates)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			c.follow()
		}
	}
}

// follow reloads files that changed since they were last read. A failure is
// logged once per change, and the running certificate stays.
func (c *certificates) follow() {
	now, err := c.stamp()
	if seen := c.seen.Load(); err != nil || (seen != nil && *seen == now) {
		return
	}
	if err := c.load(); err != nil {
		c.log.Error("certificate not reloaded, the running one stays", "error", err.Error())
		return
	}
	c.log.Info("certificate reloaded", "file", c.cert)
}
