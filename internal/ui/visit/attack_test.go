package visit_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cardea-iam/cardea/internal/interaction"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/web"
)

func TestRU09_NoReturnToOtherPlaces(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.browser()
		for _, path := range []string{
			"/account?return_to=https://evil.example", "/account?rd=//evil.example", "/account?x=/%5Cevil.example", "/account?next=/%09/evil.example",
			"/account?resume=https:evil.example", "/account/sessions?redirect_uri=https://evil.example/", "/account?q=%0d%0aLocation:%20https://evil.example",
		} {
			page := b.follow(b.get(path).expect(t, 303, "/signin?i=int_"))
			to := b.submit(page, "submit", "username", "ada", "password", good).expect(t, 303, "/account").Header.Get("Location")
			if u, err := url.Parse(to); err != nil || u.Host != "" || u.Scheme != "" || strings.ContainsAny(to, "\\\r\n\t") {
				t.Errorf("%s led to %q", path, to)
			}
			b.submit(b.get("/account"), "signout")
			w.clock.Advance(time.Minute)
		}
		for _, path := range []string{"//evil.example/account", "/%5Cevil.example", "/account//evil.example", "/.//evil.example"} {
			if a := b.get(path); a.Header.Get("Location") != "" && !strings.HasPrefix(a.Header.Get("Location"), "/account") {
				t.Errorf("%s led to %q", path, a.Header.Get("Location"))
			}
		}
	})
}

var polyglots = []string{
	`"><script>alert(1)</script>`, `'><img src=x onerror=alert(1)>`, `</title><svg onload=alert(1)>`, `javascript:alert(1)`,
	`--></textarea><iframe src=//evil.example>`, `{{7*7}}`, `" onfocus=alert(1) autofocus x="`, `<math><mi xlink:href="data:x,<script>alert(1)</script>">`,
	"`${alert(1)}`", `%3Cscript%3Ealert(1)%3C/script%3E`, `&lt;script&gt;`, "\u2028<b>",
}

// shape is what a page is made of: elements and the names of their attributes.
func shape(a answer) (out []string) {
	for _, n := range a.all(func(*htmlNode) bool { return true }) {
		if n.Data == "a" {
			continue // language links repeat the query, escaped
		}
		s := n.Data
		for _, x := range n.Attr {
			s += " " + x.Key
		}
		out = append(out, s)
	}
	return out
}

func TestRU11_NothingThatIsSentBecomesMarkup(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.browser()
		i := string(b.begin(interaction.Authorize, interaction.About{}))
		calm := shape(b.post("/signin", url.Values{"i": {i}, "username": {"x"}, "password": {"y"}}))
		missing := shape(b.get("/account/nothing"))
		expired := shape(b.get("/signin?i=x"))
		for _, p := range polyglots {
			w.clock.Advance(time.Hour / 2 / 20)
			got := b.post("/signin", url.Values{"i": {i}, "username": {p}, "password": {p}, "error": {p}})
			if got.StatusCode == 200 && !slices.Equal(shape(got), calm) {
				t.Errorf("%q changed the form:\n%s", p, got.body)
			}
			if strings.Contains(got.body, "evil.example") && got.all(func(n *htmlNode) bool { return n.Data == "iframe" }) != nil {
				t.Errorf("%q", p)
			}
			q := url.QueryEscape(p)
			for path, want := range map[string][]string{"/account/nothing?error_description=" + q: missing, "/signin?i=" + q: expired, "/consent?i=" + q: expired, "/setup?t=" + q: missing} {
				if got := shape(b.get(path)); !slices.Equal(got, want) {
					t.Errorf("%s changed the page", path)
				}
			}
		}
		b.signIn("ada", good)
		for _, p := range polyglots {
			b.submit(b.get("/account/profile"), "submit", "name", p, "nickname", p)
			page := b.get("/account")
			if bad := page.all(func(n *htmlNode) bool {
				return n.Data == "script" || n.Data == "iframe" || n.Data == "img" || attr(n, "onerror")+attr(n, "onload")+attr(n, "onfocus") != ""
			}); len(bad) > 0 {
				t.Errorf("the name %q became <%s>", p, bad[0].Data)
			}
		}
	})
}

func TestRU12_CredentialsAreNotPostedOn(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.browser()
		page := b.follow(b.get("/account"))
		for _, password := range []string{wrong, good} {
			if a := b.submit(page, "submit", "username", "ada", "password", password); a.StatusCode != 200 && a.StatusCode != 303 {
				t.Errorf("%d", a.StatusCode)
			}
		}
		for _, present := range []string{wrong, good} {
			a := b.submit(b.get("/account/password"), "submit", "current_password", present, "new_password", wrong, "repeat_password", wrong)
			if a.StatusCode != 200 && a.StatusCode != 303 {
				t.Errorf("%d", a.StatusCode)
			}
		}
	})
}

// gets lists the pages that a person sees, signed in or not.
func gets(w *world) (out []string) {
	for _, r := range w.server.Routes() {
		if r.Method == http.MethodGet && !strings.HasPrefix(r.Path, "/assets/") && r.Path != "/{$}" {
			out = append(out, r.Path)
		}
	}
	return append(out, "/")
}

var foreign = regexp.MustCompile(`(?i)(src|href|action|url)\s*[=(]\s*["']?(https?:)?//`)

func TestRU14_AU30_PagesTellNobodyElse(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		out, in := w.browser(), w.browser()
		in.signIn("ada", good)
		i := out.begin(interaction.Authorize, interaction.About{})
		for _, b := range []*browse{out, in} {
			for _, path := range append(gets(w), "/signin?i="+string(i), "/nothing") {
				a := b.get(path)
				if a.Header.Get("Referrer-Policy") != "no-referrer" || a.Header.Get("Cache-Control") != "no-store" ||
					!strings.Contains(a.Header.Get("Content-Security-Policy"), "frame-ancestors 'none'") || foreign.MatchString(a.body) {
					t.Errorf("%s: %v %s", path, a.Header, foreign.FindString(a.body))
				}
				for _, n := range a.all(func(n *htmlNode) bool { return n.Data == "link" || n.Data == "script" }) {
					to := attr(n, "href") + attr(n, "src")
					asset := b.get(to).expect(t, 200, "")
					if !strings.HasPrefix(to, "/assets/") || !strings.Contains(asset.Header.Get("Cache-Control"), "immutable") || foreign.MatchString(asset.body) {
						t.Errorf("%s: %v", to, asset.Header)
					}
				}
			}
		}
	})
}

func TestCG30_CookiesHoldOpaqueIds(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.browser()
		i := b.begin(interaction.Authorize, interaction.About{Hint: "ada@mail.example"})
		b.submit(b.get("/signin?i="+string(i)+"&ui_locales=en"), "submit", "username", "ada", "password", good)
		b.submit(b.get("/account"), "signout")
		form := regexp.MustCompile(`^__Host-cardea-(session|accounts|browser|device|locale)$`)
		value := regexp.MustCompile(`^(cdr_(se|as|in|dv)_[A-Za-z0-9_-]{57}|en)?$`)
		if len(b.set) < 5 {
			t.Fatalf("only %d cookies", len(b.set))
		}
		for _, c := range b.set {
			if !form.MatchString(c.Name) || !value.MatchString(c.Value) || !c.Secure || !c.HttpOnly || c.Path != "/" || c.Domain != "" || c.SameSite < http.SameSiteLaxMode {
				t.Errorf("%+v", c)
			}
		}
	})
}

func TestAU01_HeadersDoNotMakeAddresses(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.browser()
		b.send("GET", "/account", nil, http.Header{"Host": {"evil.example"}}).expect(t, 421, "")
		for _, h := range []string{"X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Port", "X-Forwarded-Prefix", "Forwarded", "X-Original-Host"} {
			a := b.send("GET", "/account", nil, http.Header{h: {"evil.example"}}).expect(t, 303, "/signin?i=int_")
			page := b.send("GET", a.Header.Get("Location"), nil, http.Header{h: {"host=evil.example"}})
			if strings.Contains(page.body+fmt.Sprint(page.Header), "evil") {
				t.Errorf("%s is in the page", h)
			}
		}
	})
}

func TestAU11_NothingPassesOnBadInput(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.browser()
		i := b.begin(interaction.Authorize, interaction.About{})
		q := "i=" + string(i)
		for name, body := range map[string]string{
			"empty": "", "no password": q + "&username=ada", "no name": q + "&password=" + url.QueryEscape(good), "empty both": q + "&username=&password=",
			"twice": q + "&username=ada&username=bob&password=x", "array": q + "&username[]=ada&password[]=x", "bad escape": q + "&username=%zz&password=x",
			"bad UTF-8": q + "&username=%ff%fe&password=x", "NUL": q + "&username=ada&password=a%00b", "a megabyte": q + "&username=ada&password=" + strings.Repeat("a", 1<<20),
			"JSON": `{"i":"` + string(i) + `","username":"ada","password":true}`, "too long": q + "&username=ada&password=" + strings.Repeat("a", 1025),
		} {
			for _, media := range []string{"application/x-www-form-urlencoded", "application/json", "multipart/form-data; boundary=x", ""} {
				a := b.raw("/signin", media, body)
				if onward := a.StatusCode == 303 && !(name == "no password" && strings.HasPrefix(a.Header.Get("Location"), "/signin?i=")); onward || a.StatusCode >= 500 {
					t.Errorf("%s as %q: %d", name, media, a.StatusCode)
				}
				if name == "too long" && media == "application/x-www-form-urlencoded" && a.StatusCode != 400 { // AU20
					t.Errorf("%s: %d", name, a.StatusCode)
				}
			}
		}
		for _, h := range []http.Header{{"X-Forwarded-For": {"not an address"}}, {"X-Forwarded-For": {"\x80\xff"}}, {"User-Agent": {strings.Repeat("u", 5000)}}} {
			b.send("POST", "/signin", url.Values{"i": {string(i)}, "username": {"ada"}, "password": {wrong}}, h)
		}
		if now := b.interaction(i); len(now.Facts) != 0 || now.Session != "" || len(w.sessions(w.ada)) != 0 {
			t.Errorf("%+v", now)
		}
	})
}

// Byte for byte but for the name that was typed, the id of the request and the time.
func TestAU18_TheAnswerDoesNotTellWhoExists(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		request := regexp.MustCompile(`[A-Z2-7]{26}`)
		seen := map[string]string{}
		for _, name := range []string{"ada", "xyz"} { // of one length
			b := w.browser()
			i := string(b.begin(interaction.Authorize, interaction.About{}))
			var all []string
			for range 7 {
				a := b.post("/signin", url.Values{"i": {i}, "username": {name}, "password": {wrong}})
				for h := range a.Header {
					if h == "Date" || h == "X-Request-Id" {
						a.Header[h] = nil
					}
				}
				text := fmt.Sprint(a.StatusCode, a.Header, a.body)
				text = request.ReplaceAllString(strings.ReplaceAll(strings.ReplaceAll(strings.ReplaceAll(text, i, "I"), `value="`+name+`"`, "NAME"), "<bdi>"+name+"</bdi>", "SHOWN"), "R")
				all = append(all, text)
			}
			seen[name] = strings.Join(all, "\n")
			w.clock.Advance(time.Hour)
		}
		if seen["ada"] != seen["xyz"] {
			t.Errorf("known:\n%s\nunknown:\n%s", seen["ada"], seen["xyz"])
		}
		if !strings.Contains(seen["ada"], "too many attempts") || !strings.Contains(seen["ada"], "not right") {
			t.Error("the answers are not those that were meant")
		}
	})
}

func TestPX17_FormsOfOtherSitesAreRefused(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.browser()
		b.signIn("ada", good)
		b.begin(interaction.Authorize, interaction.About{})
		n := 0
		for _, r := range w.server.Routes() {
			if r.Method == http.MethodGet {
				continue
			}
			n++
			for _, h := range map[string]http.Header{
				"cross-site": {"Sec-Fetch-Site": {"cross-site"}, "Origin": {"https://evil.example"}},
				"same-site":  {"Sec-Fetch-Site": {"same-site"}, "Origin": {"https://other.127.0.0.1"}},
				"null":       {"Sec-Fetch-Site": nil, "Origin": {"null"}},
				"silent":     {"Sec-Fetch-Site": nil, "Origin": nil},
			} {
				b.send(r.Method, r.Path, url.Values{"session": {"x"}}, h).expect(t, 403, "")
			}
		}
		if n < 9 {
			t.Errorf("only %d routes", n)
		}
		if len(w.sessions(w.ada)) != 1 {
			t.Error("signed out by another site")
		}
	})
}

// contents is a digest of all tables but those that a look may write: the log, what is under way,
// and when a session was last seen.
func (w *world) contents() string {
	w.t.Helper()
	sum := sha256.New()
	w.read(func(r *store.Reader) error {
		for _, sql := range []string{
			"SELECT id || epoch || version FROM account", "SELECT id || coalesce(ended_at, 0) || facts FROM session", "SELECT account || version FROM credential",
			"SELECT client || scopes FROM consent", "SELECT id || coalesce(revoked_at, 0) FROM issued_grant", "SELECT kind || coalesce(spent_for, '') FROM one_time",
			"SELECT account || used_at FROM password_device", "SELECT tat || '' FROM password_lane", "SELECT total || '' FROM password_record",
			"SELECT facts || session || decision FROM interaction WHERE kind = 'authorize'",
		} {
			if err := r.Each(func(row store.Row) error {
				var s string
				err := row.Scan(&s)
				sum.Write([]byte(s))
				return err
			}, sql+" ORDER BY 1"); err != nil {
				return err
			}
		}
		return nil
	})
	return hex.EncodeToString(sum.Sum(nil))
}

func TestPX18_LookingChangesNothing(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.browser()
		b.signIn("ada", good)
		link, err := w.setup.Link(t.Context(), "")
		if err != nil {
			t.Fatal(err)
		}
		i := string(b.begin(interaction.Authorize, interaction.About{}))
		before := w.contents()
		for _, path := range append(gets(w), "/signin?i="+i+"&username=ada&password="+url.QueryEscape(good), "/signout", link.Reveal(), "/consent?decision=approve&i="+i, "/account/sessions/end-others") {
			for _, method := range []string{"GET", "HEAD"} {
				b.send(method, path, nil, nil)
				w.browser().send(method, path, nil, nil)
			}
			if w.contents() != before {
				t.Fatalf("%s changed something", path)
			}
		}
		// And nobody is signed in by a form that another site prepared: it needs our cookie.
		stranger := w.browser()
		stranger.post("/signin", url.Values{"i": {i}, "username": {"ada"}, "password": {good}}).expect(t, 400, "")
		if stranger.cookie("cardea-session") != "" {
			t.Error("signed in without a cookie of ours")
		}
	})
}

func TestPX23_NoCacheIsDeceived(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.browser()
		b.signIn("ada", good)
		for _, path := range []string{"/account/x.css", "/account/profile/logo.png", "/account.css", "/account/..%2faccount", "/assets/../account", "/assets/x.css", "/account;x.css", "/account%3fx.css"} {
			a := b.send("GET", path, nil, http.Header{"X-Forwarded-Host": {"evil.example"}})
			if a.StatusCode == 200 || a.Header.Get("Cache-Control") != "no-store" || strings.Contains(a.body, "ADA") || strings.Contains(a.body, "evil") {
				t.Errorf("%s: %d %s", path, a.StatusCode, a.Header.Get("Cache-Control"))
			}
		}
	})
}

func TestEveryDoorToCredentialsIsLimited(t *testing.T) { // AU07
	each(t, func(t *testing.T, w *world) {
		n := 0
		for _, r := range w.server.Routes() {
			if r.Method == http.MethodPost && slices.Contains([]string{"/signin", "/setup", "/account/password"}, r.Path) {
				n++
				if r.Rate != web.RateCostly {
					t.Errorf("%s has no limit", r.Name)
				}
			}
		}
		if n != 3 {
			t.Errorf("%d doors", n)
		}
	})
}
