package rig

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// Command runs the command line against the server through its local socket, with --json, and
// decodes what it printed into out (nil to ignore it).
func (s *Server) Command(ctx context.Context, out any, args ...string) error {
	args = append([]string{"--data", s.Data, "--json"}, args...)
	cmd := exec.CommandContext(ctx, s.Binary, args...) //nolint:gosec // our own binary
	var stdout, stderr bytes.Buffer
	cmd.Env, cmd.Stdout, cmd.Stderr = Environ(), &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("cardea %v: %w\n%s%s", args, err, &stdout, &stderr)
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(stdout.Bytes(), out); err != nil {
		return fmt.Errorf("cardea %v: %w\n%s", args, err, &stdout)
	}
	return nil
}

// CreateAccount makes an account with a password and returns its id.
func (s *Server) CreateAccount(ctx context.Context, username, password string, further ...string) (string, error) {
	file := filepath.Join(s.Data, "password."+username)
	if err := os.WriteFile(file, []byte(password+"\n"), 0o600); err != nil {
		return "", err
	}
	defer os.Remove(file) //nolint:errcheck // it lies in a temporary folder
	var made struct {
		ID string `json:"id"`
	}
	args := append([]string{"account", "create", "--username", username, "--password-file", file}, further...)
	return made.ID, s.Command(ctx, &made, args...)
}

// CreateClient registers a client; args are further flags of `client create`.
func (s *Server) CreateClient(ctx context.Context, name string, args ...string) (Client, error) {
	made := Client{Issuer: s.URL}
	err := s.Command(ctx, &made, append([]string{"client", "create", "--name", name}, args...)...)
	if err == nil && made.ID == "" {
		err = fmt.Errorf("client create %s printed no client_id", name)
	}
	return made, err
}

// CreateResource registers an API; args are further flags of `resource create`.
func (s *Server) CreateResource(ctx context.Context, name, audience string, args ...string) (string, error) {
	var made struct {
		ID string `json:"id"`
	}
	err := s.Command(ctx, &made, append([]string{"resource", "create", "--name", name, "--audience", audience}, args...)...)
	return made.ID, err
}
