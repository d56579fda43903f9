package rig

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Root is the folder of the module, found upwards from the working directory.
func Root() (string, error) {
	dir, err := os.Getwd()
	for err == nil {
		if _, err := os.Stat(filepath.Join(dir, "cmd", "cardea")); err == nil {
			return dir, nil
		}
		up := filepath.Dir(dir)
		if up == dir {
			break
		}
		dir = up
	}
	return "", errors.Join(errors.New("the root of the module is not above the working directory"), err)
}

// Main builds the server, keeps its path in binary and runs the tests of m, a *testing.M. The name is for
// a temporary folder. It does not return.
func Main(m interface{ Run() int }, name string, binary *string) {
	dir, err := os.MkdirTemp("", "cardea-"+name+"-")
	if err == nil {
		*binary, err = Build(dir)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	status := m.Run()
	if err := os.RemoveAll(dir); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	os.Exit(status)
}

// Build makes the binary as it is released, and returns its path in dir.
func Build(dir string) (string, error) {
	root, err := Root()
	if err != nil {
		return "", err
	}
	binary := filepath.Join(dir, "cardea")
	cmd := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", binary, "./cmd/cardea") //nolint:gosec // our own build
	cmd.Dir, cmd.Env = root, append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build: %w\n%s", err, out)
	}
	return binary, nil
}

// Environ is the environment without the settings of a server: a test's server has only what the
// test says.
func Environ() []string {
	return slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "CARDEA_") })
}

// Server is one `cardea serve` process.
type Server struct {
	Binary string
	Data   string   // its data folder; the command line finds it there
	URL    string   // its public URL, which is the issuer: http://localhost:PORT
	Args   []string // further arguments of serve
	Env    []string // further environment
	CPU    string   // taskset's list of cores; "" for any

	port int
	cmd  *exec.Cmd
	done chan struct{}
	log  lockedBuffer
}

// NewServer prepares a server with a free port. Data is made when it does not exist.
func NewServer(binary, data string, args ...string) (*Server, error) {
	port, err := FreePort()
	if err != nil {
		return nil, err
	}
	return &Server{Binary: binary, Data: data, URL: fmt.Sprintf("http://localhost:%d", port), Args: args, port: port}, nil
}

// FreePort finds a TCP port of loopback that nobody listens on.
func FreePort() (int, error) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close() //nolint:errcheck // it never accepted
	return l.Addr().(*net.TCPAddr).Port, nil
}

// Address is where the server listens, host:port.
func (s *Server) Address() string { return fmt.Sprintf("127.0.0.1:%d", s.port) }

// Start runs the server and returns when it answers discovery: how long that took since the
// process was started.
func (s *Server) Start(ctx context.Context) (time.Duration, error) {
	args := append([]string{"serve", "--data", s.Data, "--listen", s.Address(), "--public-url", s.URL}, s.Args...)
	name := s.Binary
	if s.CPU != "" {
		name, args = "taskset", append([]string{"-c", s.CPU, s.Binary}, args...)
	}
	cmd := exec.Command(name, args...) //nolint:gosec // our own binary
	cmd.Env = append(Environ(), s.Env...)
	cmd.Stdout, cmd.Stderr = &s.log, &s.log
	// The server does not outlive a test that was killed.
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	began := time.Now()
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	done := make(chan struct{})
	s.cmd, s.done = cmd, done
	go func() {
		_ = cmd.Wait() // how it ended is in its log
		close(done)
	}()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-done:
			return 0, fmt.Errorf("the server ended at its start:\n%s", s.Log())
		case <-ctx.Done():
			s.Kill()
			return 0, fmt.Errorf("the server does not answer: %w\n%s", ctx.Err(), s.Log())
		case <-tick.C:
		}
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+s.Address()+"/.well-known/openid-configuration", nil)
		if err != nil {
			return 0, err
		}
		req.Host = s.URL[len("http://"):]
		answer, err := client.Do(req)
		if err != nil {
			continue
		}
		answer.Body.Close() //nolint:errcheck // only its status counts
		if answer.StatusCode == http.StatusOK {
			return time.Since(began), nil
		}
	}
}

// PID is the process id of the running server.
func (s *Server) PID() int { return s.cmd.Process.Pid }

// Kill ends the server as a power cut would: SIGKILL, at once.
func (s *Server) Kill() {
	_ = s.cmd.Process.Kill() // it may be gone already
	<-s.done
}

// Stop asks the server to drain and end (SIGTERM), and waits for it; it is killed after 15 s.
func (s *Server) Stop() error {
	if s.cmd == nil {
		return nil
	}
	_ = s.cmd.Process.Signal(syscall.SIGTERM) // it may be gone already
	late := time.NewTimer(15 * time.Second)
	defer late.Stop()
	select {
	case <-s.done:
		return nil
	case <-late.C:
		s.Kill()
		return errors.New("the server did not end within 15 s of SIGTERM")
	}
}

// Log is what the server printed since it was first started.
func (s *Server) Log() string { return s.log.String() }

// lockedBuffer is a buffer that a process may write to while a test reads.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
