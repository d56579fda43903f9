package app

import (
	"bufio"
	"fmt"
	"html"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/config"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/notify"
	"github.com/cardea-iam/cardea/internal/store"
)

func openedWith(t *testing.T, flags map[string]string) *App {
	t.Helper()
	flags["data"] = filepath.Join(t.TempDir(), "data")
	cfg, err := config.Load("", nil, flags)
	if err != nil {
		t.Fatal(err)
	}
	a, err := Open(t.Context(), cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	return a
}

// ask sends a request to the server, with further headers (name, value, …).
func ask(t *testing.T, a *App, target string, headers ...string) *http.Response {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, target, nil)
	r.Host = "localhost:8080"
	r.Header.Set("Accept", "text/html")
	for i := 0; i+1 < len(headers); i += 2 {
		if headers[i] == "Host" {
			r.Host = headers[i+1]
		}
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	a.Server.ServeHTTP(w, r)
	return w.Result()
}

func text(t *testing.T, r *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func ada(t *testing.T, a *App) account.ID {
	t.Helper()
	made, err := account.Create(t.Context(), a.Guard, caller.Local(""), id.Default, account.New{Username: "ada", Email: "ada@example.com", EmailVerified: true, Claims: account.Claims{Locale: "de"}})
	if err != nil {
		t.Fatal(err)
	}
	return made.ID
}

func write(t *testing.T, a *App, fn func(*store.Tx) error) {
	t.Helper()
	if err := a.Store.Write(t.Context(), id.Default, store.Serializable, fn); err != nil {
		t.Fatal(err)
	}
}

func carryOut(t *testing.T, a *App, want int) {
	t.Helper()
	if n, err := a.outbox.Run(t.Context()); err != nil || n != want {
		t.Fatalf("%d effects were carried out, %v; want %d", n, err, want)
	}
}

func TestInboxShowsWhatWouldHaveBeenSent(t *testing.T) {
	a := openedWith(t, map[string]string{"mail-inbox": "true"})
	who := ada(t, a)
	write(t, a, func(tx *store.Tx) error {
		if _, err := a.Notify.Tell(tx, id.Default, notify.Letter{Kind: notify.VerifyCode, Channel: notify.SMS, To: "+14255551212", Values: notify.Values{"code": "482913", "minutes": "10"}}); err != nil {
			return err
		}
		return a.Notify.Warn(tx, id.Default, who, notify.PasskeyCloned, notify.Values{"name": `<script>alert(1)</script>`})
	})
	carryOut(t, a, 2)
	list := html.UnescapeString(text(t, ask(t, a, "/inbox")))
	for _, want := range []string{"ada@example.com", "+14255551212", "Einer Ihrer Passkeys", "482913 is your code to confirm"} {
		if !strings.Contains(list, want) {
			t.Errorf("the list lacks %q", want)
		}
	}
	if got := text(t, ask(t, a, "/inbox?"+url.Values{"to": {"ada@example.com"}}.Encode())); strings.Contains(got, "482913") || !strings.Contains(got, "Einer Ihrer Passkeys") {
		t.Error("the list of one recipient shows another's")
	}
	_, after, _ := strings.Cut(list[:strings.Index(list, "Einer Ihrer")], "")
	at := after[strings.LastIndex(after, "/inbox/out_"):]
	at, _, _ = strings.Cut(at, `"`)
	message := text(t, ask(t, a, at))
	if !strings.Contains(message, "http://localhost:8080/not-me?t=cdr_nm_") || strings.Contains(message, "<script>alert") {
		t.Errorf("the message: %s", message)
	}
	preview := ask(t, a, at+"/html")
	if csp := preview.Header.Get("Content-Security-Policy"); !strings.HasPrefix(csp, "sandbox ") || strings.Contains(csp, "allow-scripts") || !strings.Contains(csp, "default-src 'none'") {
		t.Errorf("policy %q", csp)
	}
	if body := text(t, preview); !strings.Contains(body, "Das war ich nicht") || strings.Contains(body, "<script>") {
		t.Errorf("the preview: %s", body)
	}
	for _, missing := range []string{"/inbox/out_00000000000000000000000000", "/inbox/x/html"} {
		if got := ask(t, a, missing).StatusCode; got != http.StatusNotFound {
			t.Errorf("%s: %d", missing, got)
		}
	}
}

func TestInboxIsNotThereUnlessConfigured(t *testing.T) {
	if got := ask(t, opened(t), "/inbox").StatusCode; got != http.StatusNotFound {
		t.Errorf("%d", got)
	}
}

// Whatever the request that causes a mail says about hosts, links lead to the configured origin.
func TestAU01_NoHeaderReachesALink(t *testing.T) {
	a := openedWith(t, map[string]string{"mail-inbox": "true"})
	who := ada(t, a)
	for _, evil := range [][]string{
		{"X-Forwarded-Host", "evil.example"}, {"X-Forwarded-Proto", "https"}, {"X-Forwarded-Port", "444"}, {"X-Forwarded-Prefix", "/evil"},
		{"Forwarded", "host=evil.example;proto=https"}, {"X-Original-Url", "https://evil.example/"},
	} {
		body := text(t, ask(t, a, "/inbox", evil...))
		if strings.Contains(body, "evil") || strings.Contains(body, ":444") {
			t.Errorf("%v is repeated", evil)
		}
		write(t, a, func(tx *store.Tx) error { return a.Notify.Warn(tx, id.Default, who, notify.PasswordChanged, nil) })
	}
	if got := ask(t, a, "/inbox", "Host", "evil.example").StatusCode; got != http.StatusMisdirectedRequest {
		t.Errorf("another host: %d", got)
	}
	if got := ask(t, a, "http://evil.example/inbox", "Host", "evil.example").StatusCode; got != http.StatusMisdirectedRequest {
		t.Errorf("absolute form: %d", got)
	}
	carryOut(t, a, 6)
	kept, err := a.inbox.List(t.Context(), id.Default, "", 10)
	if err != nil || len(kept) != 6 {
		t.Fatal(len(kept), err)
	}
	for _, m := range kept {
		if len(m.Links) != 1 || !strings.HasPrefix(m.Links[0], "http://localhost:8080/not-me?t=cdr_nm_") {
			t.Errorf("%v", m.Links)
		}
	}
}

func TestMailWaitsUntilItIsConfigured(t *testing.T) {
	a := openedWith(t, map[string]string{})
	who := ada(t, a)
	write(t, a, func(tx *store.Tx) error { return a.Notify.Warn(tx, id.Default, who, notify.PasswordChanged, nil) })
	carryOut(t, a, 0)
	if got := text(t, ask(t, a, "/metrics")); !strings.Contains(got, `cardea_outbox_effects{state="waiting"} 1`) || !strings.Contains(got, `cardea_outbox_effects{state="given_up"} 0`) {
		t.Error("the metric does not count what waits")
	}
}

// mailServer is a mail server of the same machine; it hands on each message that it takes.
func mailServer(t *testing.T) (port int, taken <-chan string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	out := make(chan string, 10)
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			r := bufio.NewReader(conn)
			fmt.Fprint(conn, "220 ready\r\n")
			for {
				line, err := r.ReadString('\n')
				if err != nil {
					break
				}
				switch strings.ToUpper(strings.Fields(line + " x")[0]) {
				case "DATA":
					fmt.Fprint(conn, "354 go on\r\n")
					b, err := textproto.NewReader(r).ReadDotBytes()
					if err == nil {
						out <- string(b)
					}
				}
				fmt.Fprint(conn, "250 ok\r\n")
			}
			conn.Close()
		}
	}()
	return l.Addr().(*net.TCPAddr).Port, out
}

func TestMailLeavesThroughTheConfiguredServer(t *testing.T) {
	port, taken := mailServer(t)
	a := openedWith(t, map[string]string{"mail-host": "127.0.0.1", "mail-port": fmt.Sprint(port), "mail-tls": "none", "mail-from": "login@example.com"})
	who := ada(t, a)
	late := notify.Letter{Kind: notify.VerifyCode, To: "ada@example.com", Values: notify.Values{"code": "482913", "minutes": "0"}}
	write(t, a, func(tx *store.Tx) error {
		if _, err := a.Notify.Tell(tx, id.Default, late); err != nil {
			return err
		}
		return a.Notify.Warn(tx, id.Default, who, notify.PasswordChanged, nil)
	})
	carryOut(t, a, 2)
	if got := <-taken; !strings.Contains(got, "From: \"Cardea\" <login@example.com>") || !strings.Contains(got, "To: <ada@example.com>") {
		t.Error(got)
	}
	if len(taken) != 0 {
		t.Errorf("a code that has lost its use was sent: %s", <-taken)
	}
	list, err := notify.Page(t.Context(), a.Guard, caller.Local(""), id.Default, "", 10)
	if err != nil || len(list) != 1 || list[0].State != notify.GivenUp || list[0].LastError != errLate.Error() {
		t.Errorf("%+v %v", list, err)
	}
}

func TestMessagesOfADisabledAccountDoNotLeave(t *testing.T) {
	a := openedWith(t, map[string]string{"mail-inbox": "true"})
	who := ada(t, a)
	write(t, a, func(tx *store.Tx) error { return a.Notify.Warn(tx, id.Default, who, notify.PasswordChanged, nil) })
	if err := a.Lifecycle.Disable(t.Context(), caller.Local(""), id.Default, who); err != nil {
		t.Fatal(err)
	}
	carryOut(t, a, 0)
}
