package main

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"os/exec"
	"time"

	"github.com/cardea-iam/cardea/bench/gauge"
	"github.com/cardea-iam/cardea/internal/imports"
	"github.com/cardea-iam/cardea/test/rig"
)

// redirectURI is nobody's: the bench only looks at where the answer goes.
const redirectURI = "https://rp.example/cb"

// load runs the command, kills it after a third of the file, runs it again, kills the server after
// two thirds, starts that again and lets the command find out. It returns how long all took.
func (b *bench) load(ctx context.Context, name string, size int64) (time.Duration, error) {
	began := time.Now()
	client := b.command(ctx, name)
	if err := client.Start(); err != nil {
		return 0, err
	}
	if err := b.until(ctx, name, size/3); err != nil {
		return 0, err
	}
	_ = client.Process.Kill() // SIGKILL
	_ = client.Wait()         // killed
	at, err := b.state(ctx, name)
	if err != nil {
		return 0, err
	}
	fmt.Printf("killed the client at line %d after %s\n", at.Lines, time.Since(began).Round(time.Millisecond))
	client = b.command(ctx, name)
	if err := client.Start(); err != nil {
		return 0, err
	}
	if err := b.until(ctx, name, size*2/3); err != nil {
		return 0, err
	}
	b.Kill()
	fmt.Printf("killed the server after %s\n", time.Since(began).Round(time.Millisecond))
	if _, err := b.Start(ctx); err != nil {
		return 0, err
	}
	if at, err = b.state(ctx, name); err != nil {
		return 0, err
	}
	fmt.Printf("it is back with %d lines done\n", at.Lines)
	if err := client.Wait(); err != nil {
		return 0, fmt.Errorf("import: %w", err)
	}
	return time.Since(began), nil
}

func (b *bench) command(ctx context.Context, name string) *exec.Cmd {
	c := exec.CommandContext(ctx, b.Binary, "--data", b.Data, "import", name) //nolint:gosec // our own binary
	c.Env, c.Stdout, c.Stderr = rig.Environ(), os.Stdout, os.Stderr
	return c
}

// until waits for so many bytes of the file to be done.
func (b *bench) until(ctx context.Context, name string, bytes int64) error {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return ctx.Err()
		}
		if run, err := b.state(ctx, name); err == nil && run.Done >= bytes { // not begun yet is no error here
			return nil
		}
	}
}

// state is how far the server says it is.
func (b *bench) state(ctx context.Context, name string) (run imports.Run, err error) {
	id, err := digest(name)
	if err != nil {
		return run, err
	}
	return run, b.Admin(ctx, "GET", "/imports/"+id, nil, &run)
}

var digests = map[string]string{}

func digest(name string) (string, error) {
	if d, ok := digests[name]; ok {
		return d, nil
	}
	f, err := os.Open(name) //nolint:gosec // we wrote it
	if err != nil {
		return "", err
	}
	defer f.Close() //nolint:errcheck // only read
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return "", err
	}
	digests[name] = fmt.Sprintf("%x", sum.Sum(nil))
	return digests[name], nil
}

// signIns measures as many sign-ins as the sample says, of the people in turn.
func (b *bench) signIns(ctx context.Context, what string, people []*rig.Person) error {
	var all []*rig.Person
	for i := range b.sample {
		all = append(all, people[i%len(people)])
	}
	return b.each(ctx, what, all)
}

// each signs people in one after the other, each with a new browser: authorization request, name
// and password, code, tokens.
func (b *bench) each(ctx context.Context, what string, people []*rig.Person) error {
	var took []time.Duration
	for _, p := range people {
		fresh := &rig.Person{Agent: rig.NewAgent(), Username: p.Username, Password: p.Password}
		began := time.Now()
		if _, err := b.web.SignIn(ctx, fresh, nil); err != nil {
			return fmt.Errorf("%s: %s: %w", what, p.Username, err)
		}
		took = append(took, time.Since(began))
	}
	fmt.Printf("%-46s %4d sign-ins  p50 %6.1f ms  p99 %6.1f ms\n", what, len(took), gauge.Milliseconds(gauge.Quantile(took, 0.5)), gauge.Milliseconds(gauge.Quantile(took, 0.99)))
	return nil
}
