package cmd

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

// Connection is how the commands of one run reach the server.
type Connection struct {
	Data, Server, TokenFile, Tenant string
	JSON                            bool
	Getenv                          func(string) string

	client *http.Client
	token  string
}

// DefaultData is the server's data folder when nothing says otherwise.
const DefaultData = "./cardea-data"

// Flags adds the flags that every command takes, before or behind the noun.
func (c *Connection) Flags(root *cobra.Command) {
	f := root.PersistentFlags()
	f.StringVar(&c.Data, "data", "", "data folder of a server on this machine (env CARDEA_DATA, default "+DefaultData+")")
	f.StringVar(&c.Server, "server", "", "https address of a server elsewhere (env CARDEA_SERVER)")
	f.StringVar(&c.TokenFile, "token-file", "", "file with an API token, for --server (env CARDEA_TOKEN_FILE)")
	f.StringVar(&c.Tenant, "tenant", "", "name of the tenant, if it is not the default one (env CARDEA_TENANT)")
	f.BoolVar(&c.JSON, "json", false, "print the API's JSON")
}

// open decides where to go: flags before the environment, and before the default.
func (c *Connection) open() error {
	if c.client != nil {
		return nil
	}
	if c.Data != "" && c.Server != "" {
		return Usage("--data is a server on this machine, --server one elsewhere: give one of them.")
	}
	if c.Data == "" && c.Server == "" {
		if c.Server = c.Getenv("CARDEA_SERVER"); c.Server == "" {
			c.Data = c.Getenv("CARDEA_DATA")
		}
	}
	if c.Tenant == "" {
		c.Tenant = c.Getenv("CARDEA_TENANT")
	}
	if c.Server != "" {
		return c.openServer()
	}
	if c.Data == "" {
		c.Data = DefaultData
	}
	socket := filepath.Join(c.Data, "cardea.sock")
	c.client = &http.Client{Timeout: time.Minute, CheckRedirect: stay, Transport: &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			var d net.Dialer
			return d.DialContext(ctx, "unix", socket)
		}}}
	return nil
}

func (c *Connection) openServer() error {
	u, err := url.Parse(c.Server)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || strings.Trim(u.Path, "/") != "" {
		return Usage("--server is the server's address and nothing else, such as https://id.example.com. The tenant goes into --tenant.")
	}
	if u.Scheme != "https" && (u.Scheme != "http" || !loopback(u.Hostname())) {
		return Usage("A token must not travel in the clear: use https, or http to this machine.")
	}
	c.Server = u.Scheme + "://" + u.Host
	if c.TokenFile == "" {
		c.TokenFile = c.Getenv("CARDEA_TOKEN_FILE")
	}
	if c.TokenFile == "" {
		return Usage("A server elsewhere wants a token: give --token-file. Make a token on the server's machine with: cardea token create --account NAME --name PURPOSE")
	}
	text, err := ReadFile(c.TokenFile, nil)
	if err != nil {
		return err
	}
	c.token = strings.TrimSpace(text)
	c.client = &http.Client{Timeout: time.Minute, CheckRedirect: stay}
	return nil
}

// stay follows no redirect: the token would go along.
func stay(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

func loopback(host string) bool {
	addr, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && addr.IsLoopback()
}

// Answer is what the API said.
type Answer struct {
	Body []byte // JSON; empty where there is nothing to say
	Next string // path of the next page
}

// maxAnswer bounds what is read of an answer, in bytes.
const maxAnswer = 16 << 20

// Do sends a request to a path below /api/v1 and reads its answer. body is nil for none. The
// error is a *Failure.
func (c *Connection) Do(ctx context.Context, method, path string, query url.Values, body any) (Answer, error) {
	return c.do(ctx, method, path, query, body, "")
}

// DoIf is Do for a change of what still has the version.
func (c *Connection) DoIf(ctx context.Context, method, path string, version int64, body any) (Answer, error) {
	return c.do(ctx, method, path, nil, body, `"`+strconv.FormatInt(version, 10)+`"`)
}

func (c *Connection) do(ctx context.Context, method, path string, query url.Values, body any, match string) (Answer, error) {
	if err := c.open(); err != nil {
		return Answer{}, err
	}
	target := path
	if !strings.HasPrefix(path, "/api/") && !strings.HasPrefix(path, "/t/") { // a next link is whole already
		target = "/api/v1" + path
		if c.Tenant != "" && c.Tenant != "default" {
			target = "/t/" + url.PathEscape(c.Tenant) + target
		}
	}
	if len(query) > 0 {
		target += "?" + query.Encode()
	}
	origin := "http://cardea"
	if c.Server != "" {
		origin = c.Server
	}
	var content io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return Answer{}, refused("The request cannot be written as JSON: %v", err)
		}
		content = bytes.NewReader(text)
	}
	r, err := http.NewRequestWithContext(ctx, method, origin+target, content)
	if err != nil {
		return Answer{}, Usage("This makes no address: %v", err)
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if match != "" {
		r.Header.Set("If-Match", match)
	}
	if c.token != "" {
		r.Header.Set("Authorization", "Bearer "+c.token)
	}
	a, err := c.send(r)
	var f *Failure
	if errors.As(err, &f) && f.Code == ExitNotFound && f.Text == nothing && strings.HasPrefix(target, "/t/") {
		f.Text = "There is no enabled tenant called " + c.Tenant + ". See: cardea tenant list (without --tenant)"
	}
	return a, err
}

// nothing is what the server says where no door is, such as below the path of no tenant.
const nothing = "There is nothing at this address."

func (c *Connection) send(r *http.Request) (Answer, error) {
	res, err := c.client.Do(r)
	if err != nil {
		return Answer{}, c.unreachable(err)
	}
	defer res.Body.Close() //nolint:errcheck // it was read
	text, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	if err != nil {
		return Answer{}, c.unreachable(err)
	}
	if res.StatusCode >= http.StatusMultipleChoices {
		return Answer{}, problem(res.StatusCode, text)
	}
	a := Answer{Body: text}
	if next, ok := strings.CutPrefix(res.Header.Get("Link"), "<"); ok {
		a.Next, _, _ = strings.Cut(next, ">")
	}
	return a, nil
}

func (c *Connection) unreachable(err error) error {
	f := &Failure{Code: ExitUnreachable}
	switch {
	case errors.Is(err, context.Canceled):
		f.Text = "Interrupted."
	case c.Server != "":
		f.Text = "No server answers at " + c.Server + ": " + err.Error()
	case errors.Is(err, fs.ErrPermission):
		f.Code = ExitDenied
		f.Text = "You may not open the folder " + c.Data + ": run this as the user who runs the server."
	default:
		f.Text = "No server answers in " + c.Data + ". Start one with: cardea serve --data " + c.Data
	}
	return f
}

// maxFile bounds a file that a flag names, in bytes.
const maxFile = 64 << 10

// ReadFile reads a small text file without the line end behind its last line; "-" is in.
func ReadFile(name string, in io.Reader) (string, error) {
	if name != "-" || in == nil {
		f, err := os.Open(name) //nolint:gosec // the person at the keyboard names it
		if err != nil {
			return "", refused("%v", err)
		}
		defer f.Close() //nolint:errcheck // only read
		in = f
	}
	text, err := io.ReadAll(io.LimitReader(in, maxFile+1))
	if err != nil {
		return "", refused("%s: %v", name, err)
	}
	if len(text) > maxFile {
		return "", refused("%s is larger than 64 KiB.", name)
	}
	return strings.TrimSuffix(strings.TrimSuffix(string(text), "\n"), "\r"), nil
}
