package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/cardea-iam/cardea/test/rig"
)

const (
	browsers = 100 // that the attempts pretend to be; each keeps its page for all of its attempts
	wires    = 128 // connections
)

// gale is the storm.
type gale struct {
	settings
	names []string
	pages []page
	http  *http.Client

	cpu    time.Duration // of the server, in the storm
	mu     sync.Mutex
	counts map[string]int
	took   series
}

// page is a sign-in page that an attacker has opened.
type page struct {
	action, cookies string
	fields          url.Values
}

// newGale opens the pages, from addresses of their own, while nothing is wrong yet.
func newGale(ctx context.Context, s *rig.Server, o settings, names []string) (*gale, error) {
	g := &gale{settings: o, names: names, counts: map[string]int{}, http: &http.Client{
		Timeout:       20 * time.Second,
		Transport:     &http.Transport{MaxIdleConnsPerHost: wires, MaxConnsPerHost: wires},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	for i := range browsers {
		a := rig.NewAgent()
		a.Headers.Set("X-Forwarded-For", g.address(i).String())
		p, err := a.Follow(ctx, s.URL+"/account", "")
		if err != nil {
			return nil, err
		}
		for _, f := range p.Forms() {
			if f.Fields.Has("username") && !f.Fields.Has("password") { // who it is comes first
				f.Fields.Set("username", fmt.Sprintf("nobody-%d", i))
				if p, err = a.Press(ctx, f, rig.Button{}, ""); err != nil {
					return nil, err
				}
			}
		}
		found := false
		for _, f := range p.Forms() {
			if f.Fields.Has("password") {
				g.pages = append(g.pages, page{strings.Replace(f.Action, "localhost:", "127.0.0.1:", 1), a.CookieHeader(f.Action), f.Fields})
				found = true
			}
		}
		if !found {
			return nil, errors.New("the sign-in page has no form with a password")
		}
	}
	return g, nil
}

func (g *gale) address(i int) netip.Addr {
	i %= g.addresses
	return netip.AddrFrom4([4]byte{198, 18 + byte(i>>16), byte(i >> 8), byte(i)}) //nolint:gosec // bytes of a number
}

// blow makes attempts at the rate until ctx ends, whether or not the server answers.
func (g *gale) blow(ctx context.Context) {
	slots := make(chan struct{}, 4*wires)
	var group sync.WaitGroup
	defer group.Wait()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	began, sent := time.Now(), 0
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		for due := int(time.Since(began).Seconds() * float64(g.rate)); sent < due; sent++ {
			select {
			case slots <- struct{}{}:
				n := sent
				group.Go(func() {
					defer func() { <-slots }()
					g.attempt(context.WithoutCancel(ctx), n)
				})
			default:
				g.count("not sent: 512 attempts were under way")
			}
		}
	}
}

func (g *gale) attempt(ctx context.Context, n int) {
	p := g.pages[n%len(g.pages)]
	name := fmt.Sprintf("nobody-%d", draw(1_000_000))
	if draw(5) == 0 { // one in five exists
		name = g.names[draw(len(g.names))]
	}
	form := url.Values{}
	for k, v := range p.fields {
		form[k] = v
	}
	form.Set("username", name)
	form.Set("password", fmt.Sprintf("password-%d", draw(1_000_000)))
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, p.action, strings.NewReader(form.Encode()))
	if err != nil {
		g.count("error: " + err.Error())
		return
	}
	r.Host = strings.Replace(r.URL.Host, "127.0.0.1:", "localhost:", 1)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Origin", "http://"+r.Host)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set("Cookie", p.cookies)
	r.Header.Set("X-Forwarded-For", g.address(draw(g.addresses)).String())
	began := time.Now()
	answer, err := g.http.Do(r)
	if err != nil {
		g.count("no answer")
		return
	}
	defer answer.Body.Close() //nolint:errcheck // read to its end
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		g.count("half an answer")
		return
	}
	g.took.add(time.Since(began), nil)
	g.count(kind(answer.StatusCode, answer.Header.Get("Location"), body))
}

// kind sorts answers by what the person would see.
func kind(status int, location string, body []byte) string {
	switch {
	case status == http.StatusSeeOther && strings.Contains(location, "proof="):
		return "303, a proof of work is asked for"
	case status == http.StatusOK && bytes.Contains(body, []byte("too many attempts")):
		return "200, too many attempts"
	case status == http.StatusOK:
		return "200, wrong"
	}
	return fmt.Sprintf("%d %s", status, http.StatusText(status))
}

func (g *gale) count(what string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.counts[what]++
}

func draw(n int) int {
	x, err := rand.Int(rand.Reader, big.NewInt(int64(n)))
	if err != nil {
		panic(err) // crypto/rand does not fail
	}
	return int(x.Int64())
}
