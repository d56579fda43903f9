package storetest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// The test cluster is one per user and machine, made at first need and left running for the
// next test binary. It does not sync to disk: it holds nothing that must live.
var cluster = sync.OnceValues(func() (string, error) {
	if u := os.Getenv("CARDEA_TEST_POSTGRES"); u != "" {
		return u, nil
	}
	bin, err := binaries()
	if err != nil {
		return "", err
	}
	dir := filepath.Join(os.TempDir(), fmt.Sprintf("cardea-test-postgres-%d", os.Getuid()))
	if err := os.MkdirAll(dir, 0o755); err != nil { //nolint:gosec // the server runs as another user
		return "", err
	}
	lock, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return "", err
	}
	defer lock.Close() //nolint:errcheck // closing gives the lock back
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		return "", err
	}
	address := fmt.Sprintf("postgres://cardea@/postgres?host=%s&port=5499&sslmode=disable", dir)
	if answers(address) {
		return address, nil
	}
	return address, start(bin, dir, address)
})

func binaries() (string, error) {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil || len(found) == 0 {
		if p, err := exec.LookPath("initdb"); err == nil {
			return filepath.Dir(p), nil
		}
		return "", errors.New("its programs are not installed (apt-get install postgresql), and CARDEA_TEST_POSTGRES is not set")
	}
	slices.Sort(found)
	return filepath.Dir(found[len(found)-1]), nil
}

func answers(address string) bool {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	c, err := pgx.Connect(ctx, address)
	if err != nil {
		return false
	}
	defer c.Close(ctx) //nolint:errcheck // a probe
	return c.Ping(ctx) == nil
}

func start(bin, dir, address string) error {
	data := filepath.Join(dir, "data")
	attr := &syscall.SysProcAttr{}
	if os.Getuid() == 0 { // PostgreSQL refuses to run as root
		u, err := user.Lookup("postgres")
		if err != nil {
			return err
		}
		uid, _ := strconv.ParseUint(u.Uid, 10, 32)
		gid, _ := strconv.ParseUint(u.Gid, 10, 32)
		attr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
		if err := os.Chown(dir, int(uid), int(gid)); err != nil { //nolint:gosec // uid fits
			return err
		}
	}
	run := func(name string, args ...string) error {
		cmd := exec.Command(filepath.Join(bin, name), args...) //nolint:gosec // PostgreSQL's own programs
		cmd.SysProcAttr, cmd.Dir = attr, dir
		// pg_ctl's server inherits the output: a pipe would keep us waiting for it.
		log, err := os.CreateTemp("", "cardea-test-postgres-*.log")
		if err != nil {
			return err
		}
		defer os.Remove(log.Name()) //nolint:errcheck // a temporary file
		defer log.Close()           //nolint:errcheck // a temporary file
		cmd.Stdout, cmd.Stderr = log, log
		if err := cmd.Run(); err != nil {
			text, _ := os.ReadFile(log.Name()) // best effort: the error stands without it
			return explain(name, err, text)
		}
		return nil
	}
	if _, err := os.Stat(filepath.Join(data, "PG_VERSION")); err != nil {
		if err := run("initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync", "--locale=C.UTF-8"); err != nil {
			return err
		}
	}
	options := fmt.Sprintf("-k %s -p 5499 -c listen_addresses='' -c fsync=off -c autovacuum=off -c full_page_writes=off -c synchronous_commit=off -c max_connections=300 -c shared_buffers=64MB", dir)
	if err := run("pg_ctl", "-D", data, "-w", "-l", filepath.Join(dir, "server.log"), "-o", options, "start"); err != nil {
		return err
	}
	c, err := pgx.Connect(context.Background(), fmt.Sprintf("postgres://postgres@/postgres?host=%s&port=5499&sslmode=disable", dir))
	if err != nil {
		return err
	}
	defer c.Close(context.Background()) //nolint:errcheck // a set-up connection
	_, err = c.Exec(context.Background(), "DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'cardea') THEN CREATE ROLE cardea LOGIN CREATEDB; END IF; END $$")
	if err != nil {
		return err
	}
	if !answers(address) {
		return errors.New("the test cluster does not answer")
	}
	return nil
}
