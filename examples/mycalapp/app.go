// Package mycalapp is a sample calendar. It shows both things that an app does with Cardea:
//
//   - it signs its people in with OpenID Connect (signin.go), and
//   - it offers an API that other apps call on a person's behalf, protected by sdk/verify (api.go).
//
// Read signin.go and api.go; the rest is a calendar. Events live in memory.
package mycalapp

import (
	"bytes"
	"embed"
	"errors"
	"html/template"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"

	"github.com/cardea-iam/cardea/examples/session"
	"github.com/cardea-iam/cardea/sdk/verify"
)

// Config says who we are at Cardea. All fields up to BaseURL are required.
type Config struct {
	// Issuer is Cardea's issuer identifier, such as http://localhost:8080.
	Issuer string
	// ClientID and ClientSecret are MyCalApp's registration at Cardea, with the redirect URI
	// BaseURL/callback and the post-logout redirect URI BaseURL/.
	ClientID, ClientSecret string
	// BaseURL is where people reach MyCalApp, such as http://localhost:8082. BaseURL/api is the
	// API's audience: the resource that other apps ask access to.
	BaseURL string
	// Introspection is the account with which the API asks Cardea about tokens. Empty means
	// ClientID and ClientSecret.
	Introspection verify.Introspection
	// AppNames are the names to show for apps that add events, by client id. Optional.
	AppNames map[string]string
	// HTTPClient carries requests to Cardea. Optional.
	HTTPClient *http.Client
	// Logger receives faults. Optional.
	Logger *slog.Logger
	// Now is the clock. Optional.
	Now func() time.Time
}

type app struct {
	Config
	sessions *session.Store[visitor]
	calendar calendar
	verifier *verify.Verifier

	mu       sync.Mutex
	provider *oidc.Provider // nil until Cardea was reached, see signin.go
}

// visitor is what we remember of a browser: a sign-in under way, or a person.
type visitor struct {
	attempt attempt
	subject string // Cardea's name for the person (sub); "" while nobody is signed in
	name    string // what the page calls them
	idToken string // shown to Cardea at sign-out
}

var (
	//go:embed page.html style.css icon.svg
	files embed.FS
	pages = template.Must(template.ParseFS(files, "page.html"))
)

// New returns the app: its pages, its API, its API's metadata. Cardea need not be up yet.
func New(cfg Config) (http.Handler, error) {
	if cfg.Issuer == "" || cfg.ClientID == "" || cfg.ClientSecret == "" || cfg.BaseURL == "" {
		return nil, errors.New("mycalapp: Issuer, ClientID, ClientSecret and BaseURL are required")
	}
	if cfg.Introspection.ClientID == "" {
		cfg.Introspection = verify.Introspection{ClientID: cfg.ClientID, ClientSecret: cfg.ClientSecret}
	}
	if cfg.HTTPClient == nil {
		cfg.HTTPClient = &http.Client{Timeout: 10 * time.Second}
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.Default()
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	a := &app{
		Config:   cfg,
		sessions: session.New[visitor]("mycal_session", strings.HasPrefix(cfg.BaseURL, "https:")),
		calendar: calendar{now: cfg.Now},
	}
	if err := a.protect(); err != nil {
		return nil, err
	}

	site := http.NewServeMux()
	site.HandleFunc("GET /{$}", a.week)
	site.HandleFunc("GET /signin", a.signIn)
	site.HandleFunc("GET /callback", a.callback)
	site.HandleFunc("POST /signout", a.signOut)
	site.Handle("GET /style.css", http.FileServerFS(files))
	site.Handle("GET /icon.svg", http.FileServerFS(files))

	all := http.NewServeMux()
	// Forms of other sites must not act for our visitors; the API has no cookies to protect.
	all.Handle("/", a.headers(http.NewCrossOriginProtection().Handler(site)))
	a.mountAPI(all)
	return all, nil
}

// headers tells browsers what our pages may do: no script at all, and forms that lead only to us
// and, at sign-out, to Cardea.
func (a *app) headers(next http.Handler) http.Handler {
	cardea := ""
	if u, err := url.Parse(a.Issuer); err == nil {
		cardea = u.Scheme + "://" + u.Host
	}
	policy := "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self' " + cardea
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", policy)
		w.Header().Set("Referrer-Policy", "same-origin")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}

// page is what page.html shows.
type page struct {
	Name    string // of the person, "" when nobody is signed in
	Message string
	Week    *week
}

func (a *app) show(w http.ResponseWriter, status int, p page) {
	var b bytes.Buffer
	if err := pages.ExecuteTemplate(&b, "page.html", p); err != nil {
		a.Logger.Error("mycalapp: render", "error", err)
		http.Error(w, "This page cannot be shown at the moment.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	if _, err := b.WriteTo(w); err != nil {
		a.Logger.Debug("mycalapp: the browser left", "error", err)
	}
}

// week shows the calendar of the person who is signed in, and a welcome to everybody else.
func (a *app) week(w http.ResponseWriter, r *http.Request) {
	v := a.sessions.Get(r)
	if v == nil || v.subject == "" {
		a.show(w, http.StatusOK, page{})
		return
	}
	first, err := time.ParseInLocation(time.DateOnly, r.URL.Query().Get("from"), a.Now().Location())
	if err != nil {
		first = a.Now()
	}
	a.show(w, http.StatusOK, page{Name: v.name, Week: a.layOut(v.subject, first)})
}
