package main

import (
	"context"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"sync"
	"time"

	"github.com/cardea-iam/cardea/bench/gauge"
	"github.com/cardea-iam/cardea/test/rig"
)

const (
	redirectURI = "https://rp.example/cb" // nobody's: the storm only looks at where the answer goes
	audience    = "https://storm.example/api"
	phrase      = "a long enough pass phrase of the storm"
)

// world is the server with its owners and its services.
type world struct {
	settings
	web, job rig.Client
	owners   []*rig.Person
	names    []string // that exist
	token    string
}

func newWorld(ctx context.Context, s *rig.Server, o settings) (w *world, err error) {
	w = &world{settings: o}
	if w.web, err = s.CreateClient(ctx, "web", "--redirect-uri", redirectURI, "--first-party"); err != nil {
		return nil, err
	}
	w.web.RedirectURI = redirectURI
	if _, err = s.CreateResource(ctx, "storm", audience, "--format", "opaque", "--scope", "read=Read"); err != nil {
		return nil, err
	}
	if w.job, err = s.CreateClient(ctx, "job", "--grant", "client_credentials", "--scope", "read", "--resource", audience); err != nil {
		return nil, err
	}
	for i := range o.owners {
		p := &rig.Person{Agent: rig.NewAgent(), Username: fmt.Sprintf("owner-%d", i), Password: phrase}
		p.Headers.Set("X-Forwarded-For", netip.AddrFrom4([4]byte{192, 0, 2, byte(i)}).String()) //nolint:gosec // few owners
		if _, err := s.CreateAccount(ctx, p.Username, p.Password); err != nil {
			return nil, err
		}
		if _, err := w.web.SignIn(ctx, p, nil); err != nil { // from now on the device is known
			return nil, err
		}
		w.owners, w.names = append(w.owners, p), append(w.names, p.Username)
	}
	t, err := w.job.Token(ctx, w.grant())
	w.token = t.Access
	if err == nil && t.Status != http.StatusOK {
		err = fmt.Errorf("the job's token: %d %s", t.Status, t.Error)
	}
	return w, err
}

func (w *world) grant() url.Values {
	return url.Values{"grant_type": {"client_credentials"}, "scope": {"read"}, "resource": {audience}}
}

// half is what one half of the experiment measured.
type half struct {
	owners, token, introspect series
}

// series is the durations of one kind of operation, and how many of them failed.
type series struct {
	mu     sync.Mutex
	took   []time.Duration
	failed int
	first  error
}

func (s *series) add(d time.Duration, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil {
		s.failed++
		if s.first == nil {
			s.first = err
		}
		return
	}
	s.took = append(s.took, d)
}

// at is a quantile of those that succeeded.
func (s *series) at(q float64) time.Duration { return gauge.Quantile(s.took, q) }

// success is the share of what succeeded, in percent.
func (s *series) success() float64 {
	return 100 * float64(len(s.took)) / float64(max(len(s.took)+s.failed, 1))
}

// half lets owners and services do what they do for some time, in a storm if there is one.
func (w *world) half(ctx context.Context, length time.Duration, g *gale) (*half, error) {
	ctx, cancel := context.WithTimeout(ctx, length)
	defer cancel()
	out := &half{}
	var group sync.WaitGroup
	if g != nil {
		group.Go(func() { g.blow(ctx) })
	}
	for i, p := range w.owners {
		offset := w.each * time.Duration(i) / time.Duration(len(w.owners))
		group.Go(func() {
			every(ctx, offset, w.each, func() {
				began := time.Now()
				_, err := w.web.SignIn(context.WithoutCancel(ctx), p, url.Values{"prompt": {"login"}})
				out.owners.add(time.Since(began), err)
			})
		})
	}
	for i := range 4 { // a hundred a second of each
		offset := time.Duration(i) * 10 * time.Millisecond
		group.Go(func() {
			every(ctx, offset, 40*time.Millisecond, func() {
				began := time.Now()
				t, err := w.job.Token(context.WithoutCancel(ctx), w.grant())
				if err == nil && t.Status != http.StatusOK {
					err = fmt.Errorf("token: %d", t.Status)
				}
				out.token.add(time.Since(began), err)
			})
		})
		group.Go(func() {
			every(ctx, offset+5*time.Millisecond, 40*time.Millisecond, func() {
				began := time.Now()
				active, err := w.job.Active(context.WithoutCancel(ctx), w.token)
				if err == nil && !active {
					err = fmt.Errorf("a living token is called inactive")
				}
				out.introspect.add(time.Since(began), err)
			})
		})
	}
	group.Wait()
	return out, nil
}

// every does something at a rhythm, without making up for what was late.
func every(ctx context.Context, offset, period time.Duration, do func()) {
	wait := time.NewTimer(offset)
	defer wait.Stop()
	for {
		select {
		case <-wait.C:
		case <-ctx.Done():
			return
		}
		began := time.Now()
		do()
		wait.Reset(max(0, period-time.Since(began)))
	}
}
