package app

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/audit"
	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/config"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/lifecycle"
	"github.com/cardea-iam/cardea/internal/secret"
	"github.com/cardea-iam/cardea/internal/setting"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/store/storetest"
	"github.com/cardea-iam/cardea/internal/ui/data"
)

// canaries are what is personal of the person in these tests; each is found nowhere else.
var canaries = map[string]string{
	"username": "zephyrine", "name": "Quillsworth", "mail": "q.canary", "phone": "+4930555017", "address": "203.0.113.77",
	"browser": "CanaryBrowser", "password": "seven marzipan canaries sing",
}

// house is an installation with a browser in front of it.
type house struct {
	*App
	t    *testing.T
	data string
	web  *httptest.Server
	http *http.Client
	who  account.ID
}

var operator = caller.Local("")

func eachHouse(t *testing.T, fn func(t *testing.T, h *house)) {
	t.Helper()
	storetest.EachOptions(t, func(t *testing.T, o store.Options) {
		h := &house{t: t, data: filepath.Join(t.TempDir(), "data"), web: httptest.NewUnstartedServer(nil)}
		flags := map[string]string{"data": h.data, "public-url": "https://" + h.web.Listener.Addr().String(), "trusted-proxies": "127.0.0.1", "listen": "127.0.0.1:0"}
		if o.URL != "" {
			flags["database"] = o.URL
		}
		cfg, err := config.Load("", nil, flags)
		if err != nil {
			t.Fatal(err)
		}
		if h.App, err = Open(t.Context(), cfg, slog.New(slog.DiscardHandler)); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = h.Close() })
		h.web.Config.Handler = h.Server
		h.web.StartTLS()
		t.Cleanup(h.web.Close)
		h.browser()
		h.join()
		fn(t, h)
	})
}

func (h *house) browser() {
	h.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		h.t.Fatal(err)
	}
	c := *h.web.Client()
	c.Jar, c.CheckRedirect = jar, func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	h.http = &c
}

func (h *house) join() {
	h.t.Helper()
	a, err := account.Create(h.t.Context(), h.Guard, operator, id.Default, account.New{
		Username: canaries["username"], Email: canaries["mail"] + "@example.org", EmailVerified: true,
		Claims: account.Claims{Name: "Ada " + canaries["name"], PhoneNumber: canaries["phone"]},
	})
	if err == nil {
		h.who, err = a.ID, h.SetPassword(h.t.Context(), operator, id.Default, a.ID, secret.Of(canaries["password"]))
	}
	if err != nil {
		h.t.Fatal(err)
	}
}

// send sends a request from the canary's place and returns the answer with its body.
func (h *house) send(method, path string, form url.Values) (*http.Response, string) {
	h.t.Helper()
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	r, err := http.NewRequestWithContext(h.t.Context(), method, h.web.URL+path, body)
	if err != nil {
		h.t.Fatal(err)
	}
	r.Header.Set("X-Forwarded-For", canaries["address"])
	r.Header.Set("X-Forwarded-Proto", "https")
	r.Header.Set("User-Agent", canaries["browser"]+"/9 Firefox/140.0 Linux")
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		r.Header.Set("Origin", h.web.URL)
	}
	res, err := h.http.Do(r)
	if err != nil {
		h.t.Fatal(err)
	}
	defer res.Body.Close() //nolint:errcheck // read to its end
	text, err := io.ReadAll(res.Body)
	if err != nil {
		h.t.Fatal(err)
	}
	return res, string(text)
}

// goes asserts that a request leads to a path, and returns where exactly.
func (h *house) goes(method, path string, form url.Values, to string) string {
	h.t.Helper()
	res, body := h.send(method, path, form)
	at := res.Header.Get("Location")
	if res.StatusCode != http.StatusSeeOther || !strings.HasPrefix(at, to) {
		h.t.Fatalf("%s %s: %d %s, want 303 %s\n%s", method, path, res.StatusCode, at, to, body)
	}
	return at
}

// shows asserts that a page says something, and returns it.
func (h *house) shows(path string, words ...string) string {
	h.t.Helper()
	res, body := h.send("GET", path, nil)
	for _, w := range words {
		if res.StatusCode != http.StatusOK || !strings.Contains(body, w) {
			h.t.Fatalf("%s: %d, and no word of %q\n%s", path, res.StatusCode, w, body)
		}
	}
	return body
}

// signIn signs in and asserts where that leads.
func (h *house) signIn(to string) string {
	h.t.Helper()
	at := h.goes("GET", "/account", nil, "/signin?i=")
	u, err := url.Parse(at)
	if err != nil {
		h.t.Fatal(err)
	}
	form := url.Values{"i": {u.Query().Get("i")}, "username": {canaries["username"]}, "password": {"seven marzipan canaries sink"}}
	if res, body := h.send("POST", "/signin", form); res.StatusCode != http.StatusOK {
		h.t.Fatalf("a wrong password: %d\n%s", res.StatusCode, body)
	}
	form.Set("password", canaries["password"])
	return h.goes("POST", "/signin", form, to)
}

func (h *house) sequence() {
	h.t.Helper()
	if _, err := h.Guard.Log().SequenceAll(h.t.Context(), h.Store, "test"); err != nil {
		h.t.Fatal(err)
	}
}

// cells is the text of every cell of every table, by table; the log's rows one by one.
func (h *house) cells() map[string][]string {
	h.t.Helper()
	out := map[string][]string{}
	one := func(row store.Row) (s string, err error) { return s, row.Scan(&s) }
	if err := h.Store.Read(h.t.Context(), id.AllTenants, func(r *store.Reader) error {
		tables := "SELECT name FROM sqlite_master WHERE type = 'table'"
		if h.Store.Dialect() == store.Postgres {
			tables = "SELECT relname::text FROM pg_class WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace"
		}
		names, err := store.Collect(r, one, tables)
		if err != nil {
			return err
		}
		for _, name := range names {
			sql := "SELECT t::text FROM " + name + " t ORDER BY 1"
			if h.Store.Dialect() == store.SQLite {
				columns, err := store.Collect(r, one, "SELECT 'coalesce(CAST(\"' || name || '\" AS TEXT), '''')' FROM pragma_table_info('"+name+"')")
				if err != nil {
					return err
				}
				sql = "SELECT " + strings.Join(columns, " || '|' || ") + " FROM " + name + " ORDER BY 1"
			}
			if out[name], err = store.Collect(r, one, sql); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
		return nil
	}); err != nil {
		h.t.Fatal(err)
	}
	return out
}

// found says in which tables a text stands, in the clear or as hexadecimal digits of bytes.
func found(cells map[string][]string, text string) (tables []string) {
	for name, rows := range cells {
		for _, row := range rows {
			if row = strings.ToLower(row); strings.Contains(row, strings.ToLower(text)) || strings.Contains(row, hex.EncodeToString([]byte(text))) {
				tables = append(tables, name)
				break
			}
		}
	}
	return tables
}

// P7: an account that is deleted leaves nothing personal in any cell of the database, and on SQLite
// in any byte of its files, while every row of the log stays as it was.
func TestP7_AfterErasureNothingPersonalIsLeft(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		h.signIn("/account")
		h.sequence()
		h.shows("/account/activity", "You signed in.", "A wrong password was tried.", canaries["address"], "Firefox on Linux")
		before := h.cells()
		for what, text := range canaries {
			if tables := found(before, text); (len(tables) == 0) != (what == "password") {
				t.Errorf("before: the %s stands in %v", what, tables)
			}
		}
		if tables := found(before, canaries["address"]); strings.Contains(fmt.Sprint(tables), "event") {
			t.Errorf("the address stands in the clear in %v", tables)
		}

		if _, err := setting.Update(t.Context(), h.Guard, operator, id.Default, lifecycle.Deletions.Name(), []byte(`{"grace_days":0}`), -1); err != nil {
			t.Fatal(err)
		}
		h.goes("POST", data.PathDelete, url.Values{}, "/account/deletion")
		log := h.cells()["event"]
		if n, err := h.Lifecycle.EraseDue(t.Context()); n != 1 || err != nil {
			t.Fatalf("%d accounts were erased: %v", n, err)
		}
		after := h.cells()
		for what, text := range canaries {
			if tables := found(after, text); len(tables) > 0 {
				t.Errorf("after: the %s stands in %v", what, tables)
			}
		}
		for i, row := range log {
			if i >= len(after["event"]) || !strings.Contains(strings.Join(after["event"], "\n"), row) {
				t.Errorf("the log changed: %s", row)
			}
		}
		if len(after["event"]) != len(log)+1 {
			t.Errorf("%d events became %d", len(log), len(after["event"]))
		}
		h.sequence()
		if err := h.Store.Read(t.Context(), id.Default, func(r *store.Reader) error {
			events, err := h.Guard.Log().List(r, id.Default, audit.Filter{Person: string(h.who)}, 0, 100)
			erased := 0
			for _, e := range events {
				if e.Caller.Address != "" {
					t.Errorf("%s: the address %s can be read", e.Action, e.Caller.Address)
				}
				if e.Erased {
					erased++
				}
			}
			if err == nil && (erased < 3 || events[0].Action != account.ForgetDue.Name() || events[0].Caller.Kind != caller.System) {
				t.Errorf("%d addresses were erased; the last event is %+v", erased, events[0])
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
		h.goes("GET", "/account", nil, "/signin")

		if h.Store.Dialect() == store.SQLite {
			if err := h.Close(); err != nil {
				t.Fatal(err)
			}
			h.scanFiles()
		}
	})
}

// scanFiles looks for the canaries in every byte of the data folder.
func (h *house) scanFiles() {
	h.t.Helper()
	if err := filepath.WalkDir(h.data, func(name string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Type()&os.ModeSocket != 0 {
			return err
		}
		raw, err := os.ReadFile(name) //nolint:gosec // the test's own folder
		for what, text := range canaries {
			if bytes.Contains(raw, []byte(text)) {
				h.t.Errorf("the %s stands in the bytes of %s", what, filepath.Base(name))
			}
		}
		return err
	}); err != nil {
		h.t.Fatal(err)
	}
}

// Within the grace period whoever signs in sees one page, and may keep the account.
func TestGracePeriod(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		h.signIn("/account")
		h.shows(data.PathDelete, "For 14 days you can sign in", "Delete my account")
		stale := h.http
		h.goes("POST", data.PathDelete, url.Values{}, "/account/deletion")
		h.shows("/account/deletion", "That happens in 14 days")
		h.browser()
		at := h.signIn("/account/deletion?i=")
		for _, path := range []string{"/account", "/account/sessions", "/account/data/delete", "/account/activity"} {
			h.goes("GET", path, nil, "/account/deletion")
		}
		for _, path := range []string{"/account/data/download", "/account/data/delete", "/account/password"} {
			h.goes("POST", path, url.Values{}, "/account/deletion")
		}
		if res, body := h.send("GET", "/oauth/authorize?client_id=none", nil); res.StatusCode != http.StatusBadRequest {
			t.Errorf("authorize: %d\n%s", res.StatusCode, body)
		}
		if n, err := h.Lifecycle.EraseDue(t.Context()); n != 0 || err != nil {
			t.Fatalf("%d accounts were erased before their time: %v", n, err)
		}
		h.shows(at, "Your account is going to be deleted", "Keep my account")
		h.goes("POST", data.PathKeep, url.Values{}, "/account?done=kept")
		h.shows("/account?done=kept", "Your account stays.")
		h.http = stale
		h.goes("GET", "/account", nil, "/signin") // what ended stays ended
		h.sequence()
	})
}

// P6: the download is one document with all that is kept, and no secret.
func TestP6_Download(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		h.signIn("/account")
		h.sequence()
		h.send("POST", data.PathDownload, url.Values{})
		h.sequence()
		res, body := h.send("POST", data.PathDownload, url.Values{})
		if res.StatusCode != http.StatusOK || !strings.HasPrefix(res.Header.Get("Content-Disposition"), "attachment; filename=") ||
			res.Header.Get("Cache-Control") != "no-store" || res.Header.Get("Content-Type") != "application/json" {
			t.Fatalf("%d %v\n%s", res.StatusCode, res.Header, body)
		}
		var doc map[string]json.RawMessage
		if err := json.Unmarshal([]byte(body), &doc); err != nil {
			t.Fatalf("%v\n%s", err, body)
		}
		for _, e := range Exports(h.Guard.Log(), h.Passkeys) {
			if _, there := doc[e.Name]; !there {
				t.Errorf("no section %s", e.Name)
			}
		}
		for what, text := range canaries {
			if strings.Contains(body, text) != (what != "password") {
				t.Errorf("the %s: %t", what, strings.Contains(body, text))
			}
		}
		for _, secret := range []string{"argon2", "digest", "sealed", "cdr_"} {
			if strings.Contains(body, secret) {
				t.Errorf("the document has %q", secret)
			}
		}
		for _, want := range []string{`"action": "password.verify"`, `"action": "session.start"`, `"kind": "password"`, `"by": "yourself"`} {
			if !strings.Contains(body, want) {
				t.Errorf("the document lacks %s", want)
			}
		}
		for _, at := range regexp.MustCompile(`"(?:[a-z_]+_)?at": "([^"]*)"`).FindAllStringSubmatch(body, -1) {
			if _, err := time.Parse(time.RFC3339, at[1]); err != nil {
				t.Errorf("%s is no time of RFC 3339", at[0])
			}
		}
		h.shows("/account/activity?show=changes", "You downloaded your data.")
	})
}

// A sign-in of long ago is no leave to take everything along or to delete it.
func TestDownloadAndDeletionNeedAFreshProof(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		h.signIn("/account")
		if err := h.Store.Write(t.Context(), id.Default, store.Conditional, func(tx *store.Tx) error {
			var facts string
			if err := tx.One([]any{&facts}, "SELECT facts FROM session WHERE account = $1", h.who); err != nil {
				return err
			}
			_, err := tx.Exec("UPDATE session SET facts = $2 WHERE account = $1", h.who, regexp.MustCompile(`"at":\d+`).ReplaceAllString(facts, `"at":1577836800000000`))
			return err
		}); err != nil {
			t.Fatal(err)
		}
		h.shows("/account/data", "Download my data")
		h.goes("POST", data.PathDownload, url.Values{}, "/signin")
		h.goes("GET", data.PathDelete, nil, "/signin")
		h.goes("POST", data.PathDelete, url.Values{}, "/signin")
		h.shows("/account")
	})
}
