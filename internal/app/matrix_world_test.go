package app

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/assurance"
	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/client"
	"github.com/cardea-iam/cardea/internal/clock"
	"github.com/cardea-iam/cardea/internal/config"
	"github.com/cardea-iam/cardea/internal/credential"
	"github.com/cardea-iam/cardea/internal/factor"
	"github.com/cardea-iam/cardea/internal/factor/passkey/passkeytest"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/interaction"
	"github.com/cardea-iam/cardea/internal/membership"
	"github.com/cardea-iam/cardea/internal/oauth"
	"github.com/cardea-iam/cardea/internal/secret"
	"github.com/cardea-iam/cardea/internal/session"
	"github.com/cardea-iam/cardea/internal/setting"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/tenant"
)

const (
	origin   = "http://localhost:8080"
	callback = "https://app.example/cb"
	verifier = "a-verifier-of-forty-three-characters-or-more-x"
	pass     = "quiet otter paints seven lamps"
)

// bench is a whole server in process, with a clock that can be turned.
type bench struct {
	*App
	t     *testing.T
	clock *clock.Fake
	apps  map[string]registered
	hash  []byte // of pass, as a password's row has it
	other id.Tenant
	group membership.GroupID
	n     int // addresses that were used
}

type registered struct {
	client.Client
	secret secret.Secret
}

func must[T any](t *testing.T, v T, err error) T {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// memory is a folder for the database: in memory where the system has such folders, for the matrix is
// about what is decided and commits some ten thousand times.
func memory(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "cardea-matrix-*")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	return dir
}

func newBench(t *testing.T, flags map[string]string) *bench {
	t.Helper()
	if flags == nil {
		flags = map[string]string{}
	}
	for name, value := range map[string]string{
		"data": filepath.Join(memory(t), "data"), "mail-inbox": "true", "limits-costly-per-address": "0", "limits-costly-per-address-burst": "0",
		"limits-begin-per-address": "0", "limits-begin-per-address-burst": "0",
	} {
		flags[name] = value
	}
	b := &bench{t: t, clock: clock.NewFake(time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)), apps: map[string]registered{}}
	b.App = &App{log: slog.New(slog.DiscardHandler), clock: b.clock.Now}
	cfg, err := config.Load("", nil, flags)
	b.Config = must(t, cfg, err)
	if err := b.open(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	for _, name := range []string{lunch, payroll} {
		uri, err := oauth.ParseRedirectURI(callback)
		if err != nil {
			t.Fatal(err)
		}
		c, text, err := client.Create(t.Context(), b.Guard, operator, b.Root, id.Default, client.Client{Name: name,
			Metadata: client.Metadata{RedirectURIs: []oauth.RegisteredURI{uri}, FirstParty: true}})
		if err != nil {
			t.Fatal(err)
		}
		b.apps[name] = registered{c, text}
	}
	made, err := tenant.Create(t.Context(), b.Guard, operator, id.Default, tenant.Tenant{Name: "other", DisplayName: "Other"})
	b.other = must(t, made, err).ID
	g, err := membership.Create(t.Context(), b.Guard, operator, id.Default, membership.Group{Name: "accounting"})
	b.group = must(t, g, err).ID
	if _, err := setting.Update(t.Context(), b.Guard, operator, id.Default, assurance.Settings.Name(), json.RawMessage(`{"remember_days":30}`), -1); err != nil {
		t.Fatal(err)
	}
	return b
}

// put gives an account the password pass. It is hashed once.
func (b *bench) put(where id.Tenant, who account.ID) {
	b.t.Helper()
	if b.hash == nil {
		if err := b.SetPassword(b.t.Context(), operator, where, who, secret.Of(pass)); err != nil {
			b.t.Fatal(err)
		}
		b.reads(where, func(r *store.Reader) error {
			c, err := credential.Get(r, b.Root, where, who, credential.Kind(factor.Password), credential.Only)
			b.hash = c.Data
			return err
		})
		return
	}
	c := credential.Credential{Account: who, Kind: credential.Kind(factor.Password), ID: credential.Only, Data: b.hash}
	b.writes(where, func(tx *store.Tx) error { return credential.Put(tx, where, c, credential.Seal(b.Root, where, c)) })
}

func (b *bench) writes(where id.Tenant, fn func(*store.Tx) error) {
	b.t.Helper()
	if err := b.Store.Write(b.t.Context(), where, store.Serializable, fn); err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) reads(where id.Tenant, fn func(*store.Reader) error) {
	b.t.Helper()
	if err := b.Store.Read(b.t.Context(), where, fn); err != nil {
		b.t.Fatal(err)
	}
}

// human is a person with what they hold in their hands.
type human struct {
	id     account.ID
	name   string
	tenant id.Tenant
	groups []string // of the app's seed
	key    *passkeytest.Authenticator
	codes  []string
}

// human makes a person with a password and, unless bare, an app, a synced passkey and recovery codes.
func (b *bench) human(where id.Tenant, bare bool) *human {
	b.t.Helper()
	b.n++
	h := &human{name: fmt.Sprintf("person%d", b.n), tenant: where, key: passkeytest.New(origin)}
	ctx := b.t.Context()
	a, err := account.Create(ctx, b.Guard, operator, where, account.New{Username: h.name, Email: h.name + "@example.com", EmailVerified: true})
	h.id = must(b.t, a, err).ID
	b.put(where, h.id)
	if where == id.Default {
		if err := membership.Join(ctx, b.Guard, operator, where, b.group, h.id); err != nil {
			b.t.Fatal(err)
		}
	}
	if bare {
		return h
	}
	me, in := caller.Person(string(h.id), "ses_00000000000000000000000001", "aal1", "192.0.2.1", ""), session.ID("ses_00000000000000000000000001")
	setup, err := b.TOTP.Begin(ctx, me, where, h.id, string(in))
	if h.groups = setup.Groups(); err == nil {
		err = b.TOTP.Add(ctx, me, where, h.id, string(in), appCode(b.t, h.groups, b.clock.Now()))
	}
	if err == nil {
		err = b.Recovery.Make(ctx, me, where, h.id, in)
	}
	if err == nil {
		h.codes, err = b.Recovery.Shown(ctx, where, h.id, in)
	}
	if err != nil {
		b.t.Fatal(err)
	}
	o, err := b.Passkeys.AskOwn(ctx, me, where, in)
	text, wrong := json.Marshal(must(b.t, o, err))
	answer, err := h.key.Create(must(b.t, text, wrong))
	if _, err := b.Passkeys.AddOwn(ctx, me, where, in, must(b.t, answer, err).JSON(), ""); err != nil {
		b.t.Fatal(err)
	}
	return h
}

// window is one browser, at an address of its own.
type window struct {
	b       *bench
	address string
	cookies map[string]string
	begun   string           // the interaction that is under way
	known   []session.ID     // sessions that it had before anything was tried
	answers []*http.Response // all that came back
}

func (b *bench) window() *window {
	b.n++
	return &window{b: b, address: fmt.Sprintf("10.%d.%d.%d:4000", b.n>>16&255, b.n>>8&255, b.n&255), cookies: map[string]string{}}
}

// send sends a request as a page of ours would, and keeps the cookies that come back.
func (w *window) send(method, path string, form url.Values, headers ...string) *http.Response {
	w.b.t.Helper()
	var body *strings.Reader
	r := httptest.NewRequestWithContext(w.b.t.Context(), method, path, nil)
	if form != nil {
		body = strings.NewReader(form.Encode())
		r = httptest.NewRequestWithContext(w.b.t.Context(), method, path, body)
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	r.Host, r.RemoteAddr = "localhost:8080", w.address
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set("Origin", origin)
	r.Header.Set("User-Agent", "Firefox/140.0 Linux")
	r.Header.Set("Accept-Language", "en")
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	var list []string
	for name, value := range w.cookies {
		list = append(list, name+"="+value)
	}
	if len(list) > 0 {
		r.Header.Set("Cookie", strings.Join(list, "; "))
	}
	rec := httptest.NewRecorder()
	w.b.Server.ServeHTTP(rec, r)
	res := rec.Result()
	for _, c := range res.Cookies() {
		if c.MaxAge < 0 {
			delete(w.cookies, c.Name)
		} else {
			w.cookies[c.Name] = c.Value
		}
	}
	res.Request = r
	w.answers = append(w.answers, res)
	return res
}

func (w *window) get(path string) *http.Response { w.b.t.Helper(); return w.send("GET", path, nil) }

func (w *window) post(path string, pairs ...string) *http.Response {
	w.b.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	return w.send("POST", path, form)
}

const (
	sessionCookie  = "__Host-cardea-session"
	accountsCookie = "__Host-cardea-accounts"
	deviceCookie   = "__Host-cardea-device"
)

// asks is the authorization request of an application under a rule.
func (b *bench) asks(r rule, app string, pairs ...string) url.Values {
	c := b.apps[app]
	q := url.Values{
		"response_type": {"code"}, "client_id": {string(c.ID)}, "redirect_uri": {callback}, "scope": {"openid offline_access"}, "state": {"s"},
		"code_challenge": {challengeOf(verifier)}, "code_challenge_method": {"S256"},
	}
	if r.wish > 0 {
		q.Set("acr_values", fmt.Sprintf("aal%d", r.wish))
	}
	switch {
	case r.anew && r.wish > 0:
		q.Set("max_age", "60")
	case r.anew:
		q.Set("prompt", "login")
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		q.Set(pairs[i], pairs[i+1])
	}
	return q
}

// begin sends the browser to an application's request and keeps the interaction that it leads to.
func (w *window) begin(r rule, app string) {
	w.b.t.Helper()
	res := w.get("/oauth/authorize?" + w.b.asks(r, app).Encode())
	u, err := url.Parse(res.Header.Get("Location"))
	if res.StatusCode != http.StatusSeeOther || err != nil || u.Path != "/signin" {
		w.b.t.Fatalf("no sign-in begins: %d %s", res.StatusCode, res.Header.Get("Location"))
	}
	w.begun = u.Query().Get("i")
}

// facts are proofs as rows keep them.
func facts(p proven, at time.Time) (out []factor.Fact) {
	for _, f := range []struct {
		is    bool
		kind  factor.Kind
		marks []factor.Mark
	}{
		{p.password, factor.Password, nil}, {p.app, factor.TOTP, nil}, {p.paper, factor.RecoveryCode, nil}, {p.mail, factor.Email, nil},
		{p.key, factor.Passkey, []factor.Mark{factor.UserVerified, factor.Synced}},
	} {
		if f.is {
			out = append(out, factor.Proved(f.kind, at, f.marks...))
		}
	}
	return out
}

// place puts a browser into a state.
func (w *window) place(h *human, s state) {
	w.b.t.Helper()
	b, now := w.b, w.b.clock.Now()
	owner := w
	if s.stolen {
		owner = b.window()
		owner.begin(rule{}, lunch)
		w.begun = owner.begun
	}
	b.writes(id.Default, func(tx *store.Tx) error {
		if s.here.none() {
			return nil
		}
		return interaction.SetFacts(tx, id.Default, interaction.ID(owner.begun), h.id, facts(s.here, now))
	})
	if s.session {
		cookie, accounts := secret.SessionCookie.Mint(), secret.AccountsCookie.Mint()
		one := b.signin.Lifetimes.Starting(session.Session{ID: session.ID(id.New("ses", now)), Account: h.id, Facts: facts(s.whole, now.Add(-30*time.Minute))}, now)
		if s.weak {
			one.StrongUntil = now.Add(-time.Minute)
		}
		b.writes(h.tenant, func(tx *store.Tx) (err error) {
			if one.Epoch, err = account.Active(tx.Read(), h.tenant, h.id); err != nil {
				return err
			}
			return session.Insert(tx, h.tenant, one, b.Root.Digest(secret.SessionCookie, cookie), b.Root.Digest(secret.AccountsCookie, accounts))
		})
		owner.cookies[sessionCookie], owner.cookies[accountsCookie] = cookie.Reveal(), accounts.Reveal()
		w.known = append(w.known, one.ID)
	}
	if s.remembered {
		cookie := secret.DeviceCookie.Mint()
		digest := b.Root.Digest(secret.DeviceCookie, cookie)
		b.writes(id.Default, func(tx *store.Tx) error {
			if err := b.Passwords.KeepDevice(tx, id.Default, h.id, digest); err != nil {
				return err
			}
			_, err := assurance.Remember(tx, id.Default, h.id, digest)
			return err
		})
		w.cookies[deviceCookie] = cookie.Reveal()
	}
}
