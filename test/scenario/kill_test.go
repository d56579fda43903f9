package scenario

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/cardea-iam/cardea/test/rig"
)

// The server is killed under load, again and again, as by a power cut of the machine it runs on.
// Afterwards everything that it acknowledged is there, and nothing that works once has worked
// twice. KILL_ROUNDS says how often; `make kill9` says 20.
func TestKill9LosesNothing(t *testing.T) {
	rounds := 3
	if n, err := strconv.Atoi(os.Getenv("KILL_ROUNDS")); err == nil && n > 0 {
		rounds = n
	}
	eachDatabase(t, func(t *testing.T, args ...string) {
		k := newKill(t, args...)
		total := 0
		for round := range rounds {
			n := k.round(t)
			total += n
			t.Logf("round %d: %d acknowledged writes before the kill; 0 lost, 0 spent twice", round+1, n)
		}
		t.Logf("%d rounds, %d acknowledged writes, 0 lost, 0 spent twice", rounds, total)
	})
}

const opaque = "https://opaque.example"

// kill is the scene: a server, people with live sessions, two clients.
type kill struct {
	server   *rig.Server
	web, job rig.Client
	people   []*rig.Person
	chains   []string // the current refresh token of each chain
}

func newKill(t *testing.T, args ...string) *kill {
	t.Helper()
	k := &kill{server: serve(t, append(args, "--lifetimes-code", "10m", "--log-level", "error")...)}
	ctx := t.Context()
	if _, err := k.server.CreateResource(ctx, "opaque", opaque, "--format", "opaque", "--scope", "read=Read things"); err != nil {
		t.Fatal(err)
	}
	k.web = client(t, k.server, "web", "https://rp.example/cb")
	var err error
	if k.job, err = k.server.CreateClient(ctx, "job", "--grant", "client_credentials", "--resource", opaque, "--scope", "read"); err != nil {
		t.Fatal(err)
	}
	account := person(t, k.server, "ann")
	for range 4 {
		p := &rig.Person{Agent: rig.NewAgent(), Username: account.Username, Password: account.Password}
		tokens, err := k.web.SignIn(ctx, p, url.Values{"scope": {"openid offline_access"}, "prompt": {"consent"}})
		if err != nil {
			t.Fatal(err)
		}
		if tokens.Refresh == "" {
			t.Fatal("no refresh token was issued")
		}
		k.people = append(k.people, p)
		k.chains = append(k.chains, tokens.Refresh)
	}
	return k
}

// round loads the server, kills it at a moment of chance, starts it again and audits the ledger.
func (k *kill) round(t *testing.T) int {
	t.Helper()
	book := newLedger(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var group sync.WaitGroup
	var failures failures
	work := func(fn func(context.Context, *ledger) error) {
		group.Go(func() {
			for ctx.Err() == nil {
				if err := fn(ctx, book); err != nil {
					failures.add(err)
					return
				}
			}
		})
	}
	for i := range k.people {
		work(func(ctx context.Context, l *ledger) error { return k.codes(ctx, l, i) })
		work(func(ctx context.Context, l *ledger) error { return k.rotate(ctx, l, i) })
		work(k.issue)
	}
	target := 150 + rand.IntN(150)
	deadline := time.NewTimer(60 * time.Second)
	defer deadline.Stop()
	for n := 0; n < target; n++ {
		select {
		case <-book.seen:
		case <-deadline.C:
			t.Fatalf("only %d writes in a minute: %v", n, failures.list())
		}
	}
	k.server.Kill()
	cancel()
	group.Wait()
	for _, err := range failures.list() {
		var refused *refusal
		if errors.As(err, &refused) {
			t.Errorf("before the kill: %v", err)
		}
	}
	if _, err := k.server.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	entries := book.read(t)
	k.audit(t, entries)
	return len(entries)
}

// refusal is an answer that the load did not expect; a broken connection is none.
type refusal struct{ text string }

func (r *refusal) Error() string { return r.text }

// failures collects how the workers ended.
type failures struct {
	mu  sync.Mutex
	all []error
}

func (f *failures) add(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.all = append(f.all, err)
}

func (f *failures) list() []error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.all
}

// codes gets a code and, three times of four, lets two redemptions of it race.
func (k *kill) codes(ctx context.Context, l *ledger, i int) error {
	a := k.web.Attempt(nil)
	answer, err := k.people[i].Authorize(ctx, a.URL, k.web.RedirectURI)
	if err != nil {
		return err
	}
	code := answer.Get("code")
	if code == "" {
		return &refusal{fmt.Sprintf("no code: %v", answer)}
	}
	if err := l.write(entry{Did: "code", What: code, Made: a.Verifier}); err != nil {
		return err
	}
	if rand.IntN(4) == 0 {
		return nil // it stays unspent until after the kill
	}
	if err := l.write(entry{Did: "trying", What: code}); err != nil {
		return err
	}
	errs := make(chan error, 2)
	for range 2 {
		go func() { errs <- k.redeem(ctx, l, code, a.Verifier) }()
	}
	return errors.Join(<-errs, <-errs)
}

func (k *kill) redeem(ctx context.Context, l *ledger, code, verifier string) error {
	got, err := k.web.Token(ctx, url.Values{
		"grant_type": {"authorization_code"}, "code": {code},
		"redirect_uri": {k.web.RedirectURI}, "code_verifier": {verifier},
	})
	switch {
	case err != nil:
		return err
	case got.Status == http.StatusOK:
		return l.write(entry{Did: "redeemed", What: code, Made: got.Access})
	case got.Error == "invalid_grant":
		return nil
	default:
		return &refusal{fmt.Sprintf("redemption: %+v", got)}
	}
}

// rotate moves a chain on by one refresh token.
func (k *kill) rotate(ctx context.Context, l *ledger, i int) error {
	old := k.chains[i]
	got, err := k.web.Renew(ctx, old)
	if err != nil {
		return err
	}
	if got.Status != http.StatusOK || got.Refresh == "" || got.Refresh == old {
		return &refusal{fmt.Sprintf("rotation: %+v", got)}
	}
	k.chains[i] = got.Refresh
	return l.write(entry{Did: "rotated", What: old, Made: got.Refresh})
}

// issue gets an opaque token, and revokes every third.
func (k *kill) issue(ctx context.Context, l *ledger) error {
	got, err := k.job.Token(ctx, url.Values{"grant_type": {"client_credentials"}, "resource": {opaque}})
	if err != nil {
		return err
	}
	if got.Status != http.StatusOK {
		return &refusal{fmt.Sprintf("client_credentials: %+v", got)}
	}
	if err := l.write(entry{Did: "issued", What: got.Access}); err != nil {
		return err
	}
	if rand.IntN(3) > 0 {
		return nil
	}
	if err := l.write(entry{Did: "revoking", What: got.Access}); err != nil {
		return err
	}
	status, body, err := k.job.Post(ctx, "/oauth/revoke", url.Values{"token": {got.Access}})
	if err != nil {
		return err
	}
	if status != http.StatusOK {
		return &refusal{fmt.Sprintf("revocation: %d %s", status, body)}
	}
	return l.write(entry{Did: "revoked", What: got.Access})
}
