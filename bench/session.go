package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/cardea-iam/cardea/bench/gauge"
	"github.com/cardea-iam/cardea/test/rig"
)

// session is one run of the bench.
type session struct {
	binary, dir, only string
	hold              time.Duration
	limits            limits
	tables            []table
	start             []time.Duration // to the first discovery answer, data already there
	idle              float64         // MiB
	size              int64           // bytes of the binary
	notes             []string
}

// table is what one target did.
type table struct {
	name          string
	database      bool
	before, after speed
	results       []result
}

func (b *session) note(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	fmt.Fprintln(os.Stderr, text)
	b.notes = append(b.notes, text)
}

func (b *session) all(ctx context.Context, sqlite, postgres, peer bool) error {
	info, err := os.Stat(b.binary)
	if err != nil {
		return err
	}
	b.size = info.Size()
	if sqlite {
		if err := b.ours(ctx, "SQLite", nil); err != nil {
			return err
		}
	}
	if postgres {
		cluster, err := rig.NewCluster(b.dir, loadCore)
		switch {
		case errors.Is(err, rig.ErrNoPostgres):
			b.note("Skipped PostgreSQL: %v.", err)
		case err != nil:
			return err
		default:
			err := b.ours(ctx, "PostgreSQL", cluster)
			if err := errors.Join(err, cluster.Stop()); err != nil {
				return err
			}
		}
	}
	if peer {
		return b.peer(ctx)
	}
	return nil
}

// ours measures the server on one database.
func (b *session) ours(ctx context.Context, name string, cluster *rig.Cluster) (err error) {
	args := []string{"--limits-costly-per-address", "0", "--log-level", "error"}
	if cluster != nil {
		database, err := cluster.Create("cardea")
		if err != nil {
			return err
		}
		args = append(args, "--database", database)
	}
	s, err := rig.NewServer(b.binary, filepath.Join(b.dir, name), args...)
	if err != nil {
		return err
	}
	s.CPU, s.Env = serverCore, []string{"GOMAXPROCS=1"}
	if _, err := s.Start(ctx); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Stop()) }()
	t := &target{
		name: "cardea on " + name, issuer: s.URL, address: s.Address(), path: ourPaths,
		login:    login{"bench", "a long enough pass phrase of the bench"},
		resource: map[string]string{"es256": "https://es256.bench.example", "rs256": "https://rs256.bench.example", "opaque": "https://opaque.bench.example"},
	}
	if cluster != nil {
		t.database = cluster.PID()
	}
	if err := provision(ctx, s, t); err != nil {
		return err
	}
	if cluster == nil {
		if err := b.resting(ctx, s); err != nil {
			return err
		}
	}
	t.pid = s.PID()
	return b.table(ctx, t)
}

// provision makes what the rows need, through the command line.
func provision(ctx context.Context, s *rig.Server, t *target) (err error) {
	for i := range people {
		if _, err = s.CreateAccount(ctx, fmt.Sprintf("%s-%d", t.login.username, i), t.login.password, "--name", "Bench"); err != nil {
			return err
		}
	}
	for _, r := range [][]string{
		{"es256", "--alg", "ES256"}, {"rs256", "--alg", "RS256"}, {"opaque", "--format", "opaque"},
	} {
		if _, err = s.CreateResource(ctx, r[0], t.resource[r[0]], append(r[1:], "--scope", "read=Read the bench's things")...); err != nil {
			return err
		}
	}
	job := []string{"--grant", "client_credentials", "--scope", "read"}
	for _, audience := range t.resource {
		job = append(job, "--resource", audience)
	}
	if t.job, err = s.CreateClient(ctx, "job", job...); err != nil {
		return err
	}
	t.web, err = s.CreateClient(ctx, "web", "--redirect-uri", redirectURI, "--id-token-alg", "ES256")
	t.web.RedirectURI = redirectURI
	return err
}

// resting measures what needs no load: how fast the server starts and how much memory it then has.
func (b *session) resting(ctx context.Context, s *rig.Server) error {
	for range 5 {
		if err := s.Stop(); err != nil {
			return err
		}
		took, err := s.Start(ctx)
		if err != nil {
			return err
		}
		b.start = append(b.start, took)
	}
	slices.Sort(b.start)
	settled := time.NewTimer(2 * time.Second)
	defer settled.Stop()
	select {
	case <-settled.C:
	case <-ctx.Done():
		return ctx.Err()
	}
	b.idle = gauge.Resident(s.PID())
	return nil
}

// table measures the rows of a target.
func (b *session) table(ctx context.Context, t *target) error {
	out := table{name: t.name, database: t.database != 0}
	var err error
	if out.before, err = calibrate(); err != nil {
		return err
	}
	for _, r := range t.rows() {
		if !strings.Contains(r.name, b.only) {
			continue
		}
		fmt.Fprintf(os.Stderr, "%s: %s\n", t.name, r.name)
		l := b.limits
		if b.hold > 0 {
			fmt.Fprintf(os.Stderr, "process %d is under load for %s\n", t.pid, b.hold)
			l.warm = b.hold
		}
		x, err := measure(ctx, t, r, l)
		if err != nil {
			return err
		}
		if x.example != nil {
			b.note("%s, %s: %d errors, the first %v", t.name, r.name, x.errors, x.example)
		}
		out.results = append(out.results, x)
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	out.after, err = calibrate()
	b.tables = append(b.tables, out)
	return err
}

// peer measures npm's oidc-provider, so that a ratio of the same minute stands beside our figures.
func (b *session) peer(ctx context.Context) error {
	root, err := rig.Root()
	if err != nil {
		return err
	}
	folder := filepath.Join(root, "bench", "peer")
	if _, err := exec.LookPath("npm"); err != nil {
		b.note("Skipped the peer: npm is not installed.")
		return nil
	}
	if _, err := os.Stat(filepath.Join(folder, "node_modules", "oidc-provider")); err != nil {
		install := exec.CommandContext(ctx, "npm", "ci", "--no-audit", "--no-fund")
		install.Dir = folder
		if out, err := install.CombinedOutput(); err != nil {
			b.note("Skipped the peer: npm ci failed: %v %.300s", err, out)
			return nil
		}
	}
	port, err := rig.FreePort()
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, "taskset", "-c", serverCore, "node", "server.mjs", fmt.Sprint(port)) //nolint:gosec // our own file
	cmd.Dir, cmd.Env = folder, append(os.Environ(), "NODE_ENV=production", "NODE_NO_WARNINGS=1")
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		return err
	}
	defer func() {
		_ = cmd.Process.Kill() // it holds nothing
		_ = cmd.Wait()         // killed
	}()
	issuer := fmt.Sprintf("http://localhost:%d", port)
	if err := awaits(ctx, issuer); err != nil {
		b.note("Skipped the peer: %v", err)
		return nil
	}
	const secret = "a-secret-of-the-bench-that-is-long-enough" //nolint:gosec // of a server that lives for a minute
	return b.table(ctx, &target{
		name: "oidc-provider 9 (npm, in memory)", issuer: issuer, address: fmt.Sprintf("127.0.0.1:%d", port), path: peerPaths,
		pid: cmd.Process.Pid, login: login{"bench", "any"},
		job:      rig.Client{Issuer: issuer, ID: "job", Secret: secret},
		web:      rig.Client{Issuer: issuer, ID: "web", Secret: secret, RedirectURI: redirectURI},
		resource: map[string]string{"es256": "urn:bench:es256", "rs256": "urn:bench:rs256"},
	})
}

// awaits returns when an issuer answers discovery.
func awaits(ctx context.Context, issuer string) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	agent, retry := rig.NewAgent(), time.NewTicker(50*time.Millisecond)
	defer retry.Stop()
	for {
		if page, err := agent.Get(ctx, issuer+"/.well-known/openid-configuration"); err == nil && page.Status == 200 {
			return nil
		}
		select {
		case <-retry.C:
		case <-ctx.Done():
			return fmt.Errorf("%s does not answer", issuer)
		}
	}
}
