// Package session keeps who is who between two requests of a browser: a random name in a cookie
// here, everything else in memory. Both sample apps use it; nothing in it is about OAuth.
package session

import (
	"crypto/rand"
	"net/http"
	"sync"
	"time"
)

const (
	lifetime = 12 * time.Hour
	most     = 10_000
)

// Store holds the sessions of one app. T is whatever the app remembers of a visitor.
type Store[T any] struct {
	cookie http.Cookie

	mu   sync.Mutex
	held map[string]held[T]
}

type held[T any] struct {
	value *T
	until time.Time
}

// New makes a store whose cookie has this name. Two apps on localhost need two names, as browsers
// share cookies between the ports of a host. Set secure where the app is served over https.
func New[T any](name string, secure bool) *Store[T] {
	return &Store[T]{
		// HttpOnly keeps scripts away from it. Lax sends it along when Cardea redirects back to
		// us, and not when another site posts a form here.
		cookie: http.Cookie{Name: name, Path: "/", HttpOnly: true, Secure: secure, SameSite: http.SameSiteLaxMode},
		held:   map[string]held[T]{},
	}
}

// Get returns what is remembered of the visitor, or nil.
func (s *Store[T]) Get(r *http.Request) *T {
	c, err := r.Cookie(s.cookie.Name)
	if err != nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	h, ok := s.held[c.Value]
	if !ok || time.Now().After(h.until) {
		return nil
	}
	return h.value
}

// Start begins a session with a new name and ends the one before it. Call it whenever a visitor
// becomes somebody: a name that was known before a sign-in must be worth nothing after it.
func (s *Store[T]) Start(w http.ResponseWriter, r *http.Request, value *T) {
	name := rand.Text()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.drop(r)
	now := time.Now()
	for n, h := range s.held {
		if now.After(h.until) || len(s.held) >= most {
			delete(s.held, n)
		}
	}
	s.held[name] = held[T]{value, now.Add(lifetime)}
	c := s.cookie
	c.Value = name
	http.SetCookie(w, &c)
}

// End forgets the visitor.
func (s *Store[T]) End(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.drop(r)
	c := s.cookie
	c.MaxAge = -1
	http.SetCookie(w, &c)
}

func (s *Store[T]) drop(r *http.Request) {
	if c, err := r.Cookie(s.cookie.Name); err == nil {
		delete(s.held, c.Value)
	}
}
