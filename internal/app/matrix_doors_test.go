package app

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/factor"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/secret"
	"github.com/cardea-iam/cardea/internal/session"
	"github.com/cardea-iam/cardea/internal/store"
)

func challengeOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// try is one person in one browser before one door.
type try struct {
	*window
	h    *human
	s    state
	rule rule
	app  string
}

// door is one way to come nearer to a session, a code or a token.
type door struct {
	route string // "POST /signin": a line of the route table
	name  string // with which input
	// adds is what the door proves, and takes whether it does so for a standing at all.
	adds  proven
	takes func(c try) bool
	do    func(c try)
}

// wants tells whether more must be proved.
func (c try) wants() bool { return !c.rule.opens(c.s.standing, c.app) }

// somebody tells whether it is known who is there.
func (c try) somebody() bool { return !c.s.here.and(c.s.before).none() }

// second tells whether a second factor is taken: somebody is known, and the sign-in is not done.
func second(c try) bool {
	return c.somebody() && (c.wants() || c.s.here.none()) && !c.s.bare
}

// enrols tells whether a sign-in has a factor set up: something was proved in it, more is wanted than
// the person has, and what they have is proved first: after a mail that is the password.
func enrols(c try) bool {
	return c.s.bare && c.wants() && !c.s.here.none() && c.s.here != proven{mail: true}
}

// unknown tells whether a mail opens: nobody is known yet, and nothing stronger is asked for.
func unknown(c try) bool { return c.s.bare && !c.somebody() }

// guess fills in a form of a step that is not reached.
func guess(path string) func(try) {
	return func(c try) {
		c.post(path, "i", c.begun, "username", c.h.name, "code", "HKXS-FPDC", "new_password", "quiet otter paints ten lamps", "password", "quiet otter paints ten lamps", "t", "none")
	}
}

func never(try) bool { return false }

var (
	mailCode = regexp.MustCompile(`\b[A-Z0-9]{4}-[A-Z0-9]{4}\b`)
	mailLink = regexp.MustCompile(`http://localhost:8080(/signin/email/link\S*)`)
	hidden   = regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]*)"`)
	action   = regexp.MustCompile(`<form[^>]* action="([^"]+)"`)
)

// letter asks for a mail to sign in with; nothing where none is sent.
func (c try) letter() (link, text string) {
	c.post("/signin", "i", c.begun, "username", c.h.name+"@example.com")
	c.post("/signin/email/send", "i", c.begun)
	for {
		if n, err := c.b.outbox.Run(c.b.t.Context()); err != nil || n == 0 {
			break
		}
	}
	c.b.reads(c.h.tenant, func(r *store.Reader) error {
		list, err := store.Collect(r, func(row store.Row) (s string, err error) { return s, row.Scan(&s) },
			"SELECT body FROM inbox_message WHERE tenant = $1 AND recipient = $2 ORDER BY id DESC", c.h.tenant, c.h.name+"@example.com")
		for _, body := range list {
			if m := mailLink.FindStringSubmatch(body); m != nil {
				link, text = strings.TrimRight(m[1], ">"), body
				break
			}
		}
		return err
	})
	return link, text
}

// press sends the form of a page as it came.
func (c try) press(page *http.Response) {
	text := body(page)
	to := action.FindStringSubmatch(text)
	if to == nil {
		return
	}
	var fields []string
	for _, m := range hidden.FindAllStringSubmatch(text, -1) {
		fields = append(fields, m[1], m[2])
	}
	c.post(to[1], fields...)
}

// doors are those at which something is given in, right and complete.
var doors = []door{
	{"POST /signin", "the right password", proven{password: true}, func(try) bool { return true }, func(c try) {
		c.post("/signin", "i", c.begun, "username", c.h.name, "password", pass)
	}},
	{"POST /signin/totp", "the right code", proven{app: true}, second, func(c try) {
		code := "000000"
		if c.h.groups != nil {
			code = appCode(c.b.t, c.h.groups, c.b.clock.Now())
		}
		c.post("/signin/totp", "i", c.begun, "code", code)
	}},
	{"POST /signin/recovery-code", "a right code", proven{paper: true}, second, func(c try) {
		code := "0000-0000-0000-0000"
		if len(c.h.codes) > 0 {
			code, c.h.codes = c.h.codes[0], c.h.codes[1:]
		}
		c.post("/signin/recovery-code", "i", c.begun, "code", code)
	}},
	{"POST /signin/passkey", "the right key", proven{key: true}, func(c try) bool { return !c.s.bare }, func(c try) {
		c.post("/signin/passkey", "i", c.begun, "credential", c.assertion("/signin/passkey/options"))
	}},
	{"POST /signin/passkey", "the right key, of whoever is there", proven{key: true}, func(c try) bool { return !c.s.bare }, func(c try) {
		c.post("/signin/passkey", "i", c.begun, "credential", c.assertion("/signin/passkey/anyone"))
	}},
	{"POST /signin/enrol/totp", "the right code", proven{app: true}, enrols, func(c try) {
		setup, err := c.b.TOTP.Begin(c.b.t.Context(), caller.Nobody("", ""), id.Default, c.h.id, c.begun)
		if err != nil {
			return // the door has nothing to take
		}
		c.post("/signin/enrol/totp", "i", c.begun, "code", appCode(c.b.t, setup.Groups(), c.b.clock.Now()))
	}},
	{"POST /signin/enrol/passkey", "a new key", proven{key: true}, enrols, func(c try) {
		options := body(c.post("/signin/enrol/passkey/options", "i", c.begun))
		answer, err := c.h.key.Create([]byte(options))
		text := "{}"
		if err == nil {
			text = answer.JSON()
		}
		c.post("/signin/enrol/passkey", "i", c.begun, "name", "mine", "credential", text)
	}},
	{"POST /signin/email", "the right code", proven{mail: true}, unknown, func(c try) {
		_, text := c.letter()
		c.post("/signin/email", "i", c.begun, "code", mailCode.FindString(text))
	}},
	{"POST /signin/email/link", "the right link", proven{mail: true}, unknown, func(c try) {
		if link, _ := c.letter(); link != "" {
			c.press(c.get(link))
		}
	}},
	{"POST /signin/sms", "a guess", proven{}, never, func(c try) {
		c.post("/signin/sms/send", "i", c.begun)
		c.post("/signin/sms", "i", c.begun, "code", "123456")
	}},
	{"POST /signin/call", "a guess", proven{}, never, func(c try) {
		c.post("/signin/call/send", "i", c.begun)
		c.post("/signin/call", "i", c.begun, "code", "123456")
	}},
	{"POST /signin/approval", "without an answer", proven{}, never, func(c try) {
		c.post("/signin/approval/ask", "i", c.begun)
		c.post("/signin/approval", "i", c.begun)
	}},
	{"POST /signin/password-change", "a new password, unasked", proven{}, never, guess("/signin/password-change")},
	{"POST /signup/code", "a guess", proven{}, never, guess("/signup/code")},
	{"POST /signup/account", "unasked", proven{}, never, guess("/signup/account")},
	{"POST /signin/details", "unasked", proven{}, never, guess("/signin/details")},
	{"POST /invitation", "without one", proven{}, never, guess("/invitation")},
	{"POST /recover/code", "a guess", proven{}, never, guess("/recover/code")},
	{"POST /recover/second", "a guess", proven{}, never, guess("/recover/second")},
	{"POST /recover/password", "a new password, unasked", proven{}, never, guess("/recover/password")},
	{"POST /recover/link", "without one", proven{}, never, guess("/recover/link")},
	{"POST /signin/choose", "the browser's session", proven{}, nil, func(c try) {
		for _, s := range c.known {
			c.post("/signin/choose", "i", c.begun, "account", string(s))
		}
	}},
	{"GET /oauth/authorize", "the browser's session", proven{}, nil, func(c try) { c.get("/oauth/authorize?" + c.b.asks(c.rule, c.app).Encode()) }},
	{"GET /oauth/authorize", "prompt=none", proven{}, nil, func(c try) {
		prompt := "none"
		if c.rule.anew && c.rule.wish == 0 {
			prompt = "none login" // no request says that; it is no way around prompt=login
		}
		c.get("/oauth/authorize?" + c.b.asks(c.rule, c.app, "prompt", prompt).Encode())
	}},
	{"POST /oauth/authorize", "the browser's session", proven{}, nil, func(c try) {
		c.send("POST", "/oauth/authorize", c.b.asks(c.rule, c.app))
	}},
	{"GET /oauth/authorize/resume", "what is proved", proven{}, nil, func(try) {}},
	{"POST /consent", "yes, unasked", proven{}, nil, func(c try) {
		c.post("/consent", "i", c.begun, "decision", "approve", "answer", "approve", "approve", "yes")
	}},
	{"POST /oauth/token", "a code that nobody gave", proven{}, nil, func(c try) {
		c.redeem(secret.AuthorizationCode.Mint().Reveal())
		c.redeem(c.begun)
	}},
	{"POST /oauth/token", "a refresh token that nobody gave", proven{}, nil, func(c try) {
		a := c.b.apps[c.app]
		c.send("POST", "/oauth/token", url.Values{"grant_type": {"refresh_token"}, "refresh_token": {secret.RefreshToken.Mint().Reveal()}}, basic(a)...)
	}},
}

func basic(a registered) []string {
	return []string{"Authorization", "Basic " + base64.StdEncoding.EncodeToString([]byte(url.QueryEscape(string(a.ID))+":"+url.QueryEscape(a.secret.Reveal())))}
}

func body(r *http.Response) string {
	text, _ := io.ReadAll(r.Body) // of a recorder: it cannot fail
	return string(text)
}

// assertion asks for a challenge and answers it; "{}" where there is none.
func (c try) assertion(options string) string {
	answer, err := c.h.key.Get([]byte(body(c.post(options, "i", c.begun))))
	if err != nil {
		return "{}"
	}
	return answer.JSON()
}

func (c try) redeem(code string) *http.Response {
	a := c.b.apps[c.app]
	return c.send("POST", "/oauth/token", url.Values{
		"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {callback}, "code_verifier": {verifier},
	}, basic(a)...)
}

var codeIn = regexp.MustCompile(`[?&#]code=(cdr_ac_[^&]+)`)

// spoils is what came out of a door, and of going on behind it.
type spoils struct {
	sessions []session.Session // new ones
	cookie   *session.Session  // the one whose cookie the browser was given
	codes    []string
	tokens   []string
}

func (s spoils) none() bool {
	return len(s.sessions) == 0 && len(s.codes) == 0 && len(s.tokens) == 0
}

// gather looks at all answers since the state was made, and at the rows.
func (c try) gather(from int, before map[session.ID]bool) (out spoils) {
	c.b.t.Helper()
	for _, res := range c.answers[from:] {
		if m := codeIn.FindStringSubmatch(res.Header.Get("Location")); m != nil {
			out.codes = append(out.codes, m[1])
		}
		for _, k := range res.Cookies() {
			if k.Name != sessionCookie || k.Value == "" || k.MaxAge < 0 {
				continue
			}
			token, err := secret.SessionCookie.Parse(k.Value)
			if err != nil {
				c.b.t.Fatal(err)
			}
			c.b.reads(id.Default, func(r *store.Reader) error {
				if s, err := session.ByDigest(r, id.Default, c.b.Root.Digest(secret.SessionCookie, token)); err == nil {
					out.cookie = &s
				}
				return nil
			})
		}
		if strings.HasPrefix(res.Header.Get("Content-Type"), "application/json") {
			if text := body(res); strings.Contains(text, `"access_token":`) {
				out.tokens = append(out.tokens, text)
			}
		}
	}
	for _, s := range c.b.sessions(c.h) {
		if !before[s.ID] {
			out.sessions = append(out.sessions, s)
		}
	}
	return out
}

func (b *bench) sessions(h *human) (list []session.Session) {
	b.t.Helper()
	b.reads(h.tenant, func(r *store.Reader) (err error) {
		list, err = session.OfAccount(r, h.tenant, h.id, 1000)
		return err
	})
	return list
}

// levelOf is the model's level of rows' facts, and whether a key is among them.
func levelOf(list []factor.Fact) (level int, key bool) {
	var p proven
	for _, f := range list {
		switch f.Kind() {
		case factor.Password:
			p.password = true
		case factor.TOTP:
			p.app = true
		case factor.RecoveryCode:
			p.paper = true
		case factor.Email:
			p.mail = true
		case factor.Passkey:
			p.key = true
		}
	}
	return p.level(), p.key
}

// check compares what came out with what the rule lets out for a standing; it says what is wrong.
func (c try) check(after standing, out spoils) (wrong []string) {
	may := c.rule.opens(after, c.app)
	if !out.none() && !may {
		wrong = append(wrong, fmt.Sprintf("the door is open: %d sessions, codes %q, tokens %q", len(out.sessions), out.codes, out.tokens))
	}
	if out.cookie != nil && !slices.ContainsFunc(out.sessions, func(s session.Session) bool { return s.ID == out.cookie.ID }) && (after.nobody || !slices.Contains(c.known, out.cookie.ID)) {
		wrong = append(wrong, "a cookie of a session that is not this browser's")
	}
	now := after.here.and(after.before)
	for _, s := range out.sessions {
		if level, key := levelOf(s.Facts); level > now.level() || key && !now.key {
			wrong = append(wrong, fmt.Sprintf("a session says more than was proved: level %d", level))
		}
	}
	if len(out.codes) > 1 {
		wrong = append(wrong, "two codes for one request")
	}
	for _, code := range out.codes {
		res := c.redeem(code)
		var answer struct {
			ID string `json:"id_token"`
		}
		if err := json.Unmarshal([]byte(body(res)), &answer); err != nil || res.StatusCode != http.StatusOK || answer.ID == "" {
			wrong = append(wrong, fmt.Sprintf("a code that opens nothing: %d %v", res.StatusCode, err))
			continue
		}
		claims := claimsOf(c.b.t, answer.ID)
		if want := fmt.Sprintf("aal%d", now.level()); claims["acr"] != want && (c.rule.wish == 0 || claims["acr"] != fmt.Sprintf("aal%d", c.rule.wish)) {
			wrong = append(wrong, fmt.Sprintf("the token says %v where %s was proved", claims["acr"], want))
		}
	}
	return wrong
}

func claimsOf(t *testing.T, token string) (claims map[string]any) {
	t.Helper()
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		t.Fatalf("no token: %q", token)
	}
	text, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err == nil {
		err = json.Unmarshal(text, &claims)
	}
	if err != nil {
		t.Fatal(err)
	}
	return claims
}
