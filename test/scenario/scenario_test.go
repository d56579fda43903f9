// Package scenario tells stories with the released binary, databases, browsers and other people's
// programs, each as a process of its own.
package scenario

import (
	"context"
	"crypto/rand"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/cardea-iam/cardea/internal/store/storetest"
	"github.com/cardea-iam/cardea/test/rig"
)

var binary string

func TestMain(m *testing.M) { rig.Main(m, "scenario", &binary) }

// eachDatabase runs a story on SQLite and on PostgreSQL; args choose the database of `serve`.
func eachDatabase(t *testing.T, story func(t *testing.T, args ...string)) {
	t.Run("sqlite", func(t *testing.T) { story(t) })
	t.Run("postgres", func(t *testing.T) { story(t, "--database", storetest.Postgres(t)) })
}

// serve starts a server in a data folder of its own.
func serve(t *testing.T, args ...string) *rig.Server {
	t.Helper()
	s, err := rig.NewServer(binary, filepath.Join(t.TempDir(), "data"), args...)
	if err != nil {
		t.Fatal(err)
	}
	start(t, s)
	return s
}

func start(t *testing.T, s *rig.Server) {
	t.Helper()
	if _, err := s.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Stop(); err != nil {
			t.Error(err)
		}
		if t.Failed() {
			t.Logf("the server's log:\n%s", s.Log())
		}
	})
}

// person makes an account and somebody who can sign in with it.
func person(t *testing.T, s *rig.Server, username string) *rig.Person {
	t.Helper()
	p := &rig.Person{Agent: rig.NewAgent(), Username: username, Password: "pass phrase " + rand.Text()}
	if _, err := s.CreateAccount(t.Context(), p.Username, p.Password); err != nil {
		t.Fatal(err)
	}
	return p
}

// client registers a confidential client for the code flow.
func client(t *testing.T, s *rig.Server, name, redirectURI string, args ...string) rig.Client {
	t.Helper()
	c, err := s.CreateClient(t.Context(), name, append([]string{"--redirect-uri", redirectURI}, args...)...)
	if err != nil {
		t.Fatal(err)
	}
	c.RedirectURI = redirectURI
	return c
}

// within fails unless something holds within a limit: the last look that may fail began before the
// limit was over, however long a busy machine takes to look.
func within(t *testing.T, limit time.Duration, what string, holds func(ctx context.Context) (bool, error)) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit+30*time.Second)
	defer cancel()
	again := time.NewTicker(10 * time.Millisecond)
	defer again.Stop()
	start := time.Now()
	for {
		begun := time.Since(start)
		ok, err := holds(ctx)
		if err == nil && ok {
			return
		}
		if begun > limit || ctx.Err() != nil {
			t.Fatalf("not within %s: %s (%v)", limit, what, err)
		}
		<-again.C
	}
}

// need skips a test on a machine without a program; in CI it fails.
func need(t *testing.T, program string) string {
	t.Helper()
	path, err := exec.LookPath(program)
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("%s is needed in CI: %v", program, err)
		}
		t.Skipf("skipped: %v", err)
	}
	return path
}
