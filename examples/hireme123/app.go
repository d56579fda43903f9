// Package hireme123 is a sample recruiting app. It puts an interview into a person's calendar at
// MyCalApp, on that person's behalf, and never sees their password:
//
//   - connect.go asks Cardea for access and receives tokens (OAuth 2.0 authorization code, PKCE),
//   - calendar.go calls MyCalApp's API with them, renews them, and notices when access was withdrawn.
//
// Read those two; the rest is a page with an interview on it. Everything lives in memory.
package hireme123

import (
	"bytes"
	"embed"
	"errors"
	"html/template"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/cardea-iam/cardea/examples/session"
)

// Config says who we are at Cardea, and where the calendar is. All fields up to CalendarURL are
// required.
type Config struct {
	// Issuer is Cardea's issuer identifier, such as http://localhost:8080.
	Issuer string
	// ClientID and ClientSecret are HireMe123's registration at Cardea, with the redirect URI
	// BaseURL/callback and the grants authorization_code and refresh_token.
	ClientID, ClientSecret string
	// BaseURL is where people reach HireMe123, such as http://localhost:8081.
	BaseURL string
	// CalendarURL is where MyCalApp is, such as http://localhost:8082. CalendarURL/api is its API
	// and the resource that we ask access to.
	CalendarURL string
	// HTTPClient carries requests to Cardea and to MyCalApp. Optional.
	HTTPClient *http.Client
	// Logger receives faults. Optional.
	Logger *slog.Logger
	// Now is the clock. Optional.
	Now func() time.Time
}

type app struct {
	Config
	sessions *session.Store[visitor]

	mu       sync.Mutex
	provider *oidc.Provider // nil until Cardea was reached, see connect.go
}

// visitor is what we remember of a browser.
type visitor struct {
	// mu is held through each request of the visitor, calls to Cardea and MyCalApp included: of
	// two requests that find the access token expired, one renews it and the other waits.
	mu      sync.Mutex
	attempt attempt       // a connection under way
	tokens  *oauth2.Token // nil while no calendar is connected
	scopes  []string      // what was really granted, which may be less than we asked for
	message *message      // shown once, on the next page
	booked  time.Time     // when the interview is; zero before it is scheduled
}

// message tells the person what happened.
type message struct {
	Kind        string // "good", "info" or "sorry": the colour
	Title, Text string
}

func (v *visitor) may(scope string) bool { return slices.Contains(v.scopes, scope) }

// forget drops what the connection gave us.
func (v *visitor) forget() { v.tokens, v.scopes = nil, nil }

var (
	//go:embed page.html style.css icon.svg
	files embed.FS
	pages = template.Must(template.ParseFS(files, "page.html"))
)

// New returns the app. Neither Cardea nor MyCalApp need to be up yet.
func New(cfg Config) (http.Handler, error) {
	if cfg.Issuer == "" || cfg.ClientID == "" || cfg.ClientSecret == "" || cfg.BaseURL == "" || cfg.CalendarURL == "" {
		return nil, errors.New("hireme123: Issuer, ClientID, ClientSecret, BaseURL and CalendarURL are required")
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
	a := &app{Config: cfg, sessions: session.New[visitor]("hireme_session", strings.HasPrefix(cfg.BaseURL, "https:"))}
	site := http.NewServeMux()
	site.HandleFunc("GET /{$}", a.home)
	site.HandleFunc("GET /connect", a.connect)
	site.HandleFunc("GET /callback", a.callback)
	site.HandleFunc("POST /schedule", a.schedule)
	site.HandleFunc("POST /disconnect", a.disconnect)
	site.Handle("GET /style.css", http.FileServerFS(files))
	site.Handle("GET /icon.svg", http.FileServerFS(files))
	// Forms of other sites must not act for our visitors.
	return headers(http.NewCrossOriginProtection().Handler(site)), nil
}

// headers tells browsers what our pages may do: no script at all, and forms that lead only to us.
func headers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'")
		w.Header().Set("Referrer-Policy", "same-origin")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}

// page is what page.html shows.
type page struct {
	Connected, MayAdd bool
	Message           *message
	Slots             []slot
	Booked            *slot
	CalendarURL       string
}

// home shows the interview and, once a calendar is connected, the times that are free in it.
func (a *app) home(w http.ResponseWriter, r *http.Request) {
	v := a.sessions.Get(r)
	if v == nil {
		a.show(w, page{})
		return
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	var p page
	p.Message, v.message = v.message, nil
	if v.tokens != nil {
		busy, err := a.events(r.Context(), v)
		if err != nil {
			p.Message = a.explain(v, err)
		}
		p.Slots = freeSlots(a.Now(), busy)
	}
	p.Connected, p.MayAdd = v.tokens != nil, v.may("write:events")
	if p.Connected && !p.MayAdd && p.Message == nil {
		p.Message = readOnly
	}
	if !v.booked.IsZero() {
		p.Booked = &slot{v.booked}
	}
	a.show(w, p)
}

// schedule puts the interview into the calendar, at one of the times that the page offered.
func (a *app) schedule(w http.ResponseWriter, r *http.Request) {
	v := a.sessions.Get(r)
	if v == nil {
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.message = a.book(r, v)
	http.Redirect(w, r, "/", http.StatusSeeOther) // so that reloading the page does not book again
}

func (a *app) book(r *http.Request, v *visitor) *message {
	if v.tokens == nil {
		return &message{"info", "No calendar is connected", "Connect your calendar first, then choose a time."}
	}
	busy, err := a.events(r.Context(), v)
	if err != nil {
		return a.explain(v, err)
	}
	wanted := r.PostFormValue("slot")
	for _, s := range freeSlots(a.Now(), busy) {
		if s.Value() != wanted {
			continue
		}
		if err := a.addEvent(r.Context(), v, interview, s.Start, s.Start.Add(slotLength)); err != nil {
			return a.explain(v, err)
		}
		v.booked = s.Start
		return &message{"good", "It is in your calendar", interview + ", " + s.Label() + "."}
	}
	return &message{"info", "Please choose a time", "Nothing was scheduled. These times are free:"}
}

func (a *app) show(w http.ResponseWriter, p page) {
	p.CalendarURL = a.CalendarURL
	var b bytes.Buffer
	if err := pages.ExecuteTemplate(&b, "page.html", p); err != nil {
		a.Logger.Error("hireme123: render", "error", err)
		http.Error(w, "This page cannot be shown at the moment.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	if _, err := b.WriteTo(w); err != nil {
		a.Logger.Debug("hireme123: the browser left", "error", err)
	}
}
