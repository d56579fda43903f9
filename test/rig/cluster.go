package rig

import (
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// Cluster is a PostgreSQL server of our own with the durability of a default installation:
// fsync, full_page_writes and synchronous_commit are on.
type Cluster struct {
	Dir string // its socket's folder
	bin string
	env *syscall.SysProcAttr
}

// ErrNoPostgres says that PostgreSQL's programs are not installed.
var ErrNoPostgres = fmt.Errorf("PostgreSQL is not installed (apt-get install postgresql)")

// NewCluster starts PostgreSQL on a Unix socket below dir, on the given cores ("" for any).
func NewCluster(dir, cpu string) (*Cluster, error) {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil || len(found) == 0 {
		return nil, ErrNoPostgres
	}
	slices.Sort(found)
	c := &Cluster{Dir: filepath.Join(dir, "pg"), bin: filepath.Dir(found[len(found)-1])}
	if err := os.MkdirAll(c.Dir, 0o700); err != nil {
		return nil, err
	}
	if os.Getuid() == 0 { // PostgreSQL refuses to run as root
		u, err := user.Lookup("postgres")
		if err != nil {
			return nil, err
		}
		uid, _ := strconv.Atoi(u.Uid)
		gid, _ := strconv.Atoi(u.Gid)
		c.env = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}} //nolint:gosec // ids fit
		// The other user must be able to walk down to the folder.
		for d := filepath.Dir(c.Dir); d != "/" && d != "."; d = filepath.Dir(d) {
			if info, err := os.Stat(d); err == nil && info.Mode().Perm()&0o011 == 0 {
				if err := os.Chmod(d, info.Mode().Perm()|0o011); err != nil { //nolint:gosec // a temporary folder
					return nil, err
				}
			}
		}
		if err := os.Chown(c.Dir, uid, gid); err != nil {
			return nil, err
		}
	}
	if err := c.run("initdb", "-D", c.data(), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"); err != nil {
		return nil, err
	}
	options := fmt.Sprintf("-k %s -c listen_addresses='' -c max_connections=200 -c shared_buffers=128MB", c.Dir)
	name, args := "pg_ctl", []string{"-D", c.data(), "-w", "-l", filepath.Join(c.Dir, "log"), "-o", options, "start"}
	if err := c.run(name, args...); err != nil {
		return nil, err
	}
	if cpu != "" {
		if out, err := exec.Command("taskset", "-a", "-p", "-c", cpu, strconv.Itoa(c.PID())).CombinedOutput(); err != nil { //nolint:gosec // our own process
			return c, fmt.Errorf("taskset: %w\n%s", err, out)
		}
	}
	return c, c.run("createuser", "-h", c.Dir, "-U", "postgres", "--createdb", "cardea")
}

func (c *Cluster) data() string { return filepath.Join(c.Dir, "data") }

func (c *Cluster) run(name string, args ...string) error {
	log, err := os.CreateTemp("", "cardea-rig-*.log")
	if err != nil {
		return err
	}
	defer os.Remove(log.Name())                              //nolint:errcheck // a temporary file
	defer log.Close()                                        //nolint:errcheck // a temporary file
	cmd := exec.Command(filepath.Join(c.bin, name), args...) //nolint:gosec // PostgreSQL's own programs
	cmd.SysProcAttr, cmd.Dir, cmd.Stdout, cmd.Stderr = c.env, c.Dir, log, log
	if err := cmd.Run(); err != nil {
		text, _ := os.ReadFile(log.Name()) // best effort: the error stands without it
		return fmt.Errorf("%s: %w\n%s", name, err, text)
	}
	return nil
}

// Create makes an empty database that belongs to the role cardea, and returns its URL.
func (c *Cluster) Create(name string) (string, error) {
	if err := c.run("createdb", "-h", c.Dir, "-U", "postgres", "-O", "cardea", name); err != nil {
		return "", err
	}
	return fmt.Sprintf("postgres://cardea@/%s?host=%s&sslmode=disable", name, c.Dir), nil
}

// PID is the process id of the postmaster.
func (c *Cluster) PID() int {
	text, err := os.ReadFile(filepath.Join(c.data(), "postmaster.pid"))
	if err != nil {
		return 0
	}
	first, _, _ := strings.Cut(string(text), "\n")
	pid, err := strconv.Atoi(first)
	if err != nil {
		return 0
	}
	return pid
}

// Stop ends the cluster.
func (c *Cluster) Stop() error {
	return c.run("pg_ctl", "-D", c.data(), "-m", "fast", "-w", "stop")
}
