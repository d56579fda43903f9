package verify

import (
	"context"
	"crypto/sha256"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// maxAnswers bounds each of the two generations of remembered answers.
const maxAnswers = 50_000

// introspector asks the issuer about tokens (RFC 7662). Answers are remembered under the SHA-256
// of the token, for at most the configured freshness counted from when the question was sent.
type introspector struct {
	issuer     *issuer
	id, secret string
	freshness  time.Duration
	now        func() time.Time
	flights    flights[[sha256.Size]byte, *answer]
	mu         sync.Mutex
	young, old map[[sha256.Size]byte]*answer // two generations: the old one is dropped whole
	youngSince time.Time
}

// answer is an introspection response (RFC 7662 §2.2).
type answer struct {
	claims
	Active    bool   `json:"active"`
	TokenType string `json:"token_type"`
	asked     time.Time
}

func newIntrospector(i *issuer, cfg Config) *introspector {
	return &introspector{
		issuer: i, id: cfg.Introspection.ClientID, secret: cfg.Introspection.ClientSecret,
		freshness: cfg.Freshness, now: cfg.Now,
		flights: flights[[sha256.Size]byte, *answer]{now: cfg.Now},
	}
}

// ask returns the issuer's answer about a token, active or not. An issuer out of reach is a
// fault: the token opens nothing.
func (i *introspector) ask(ctx context.Context, raw string) (*answer, error) {
	name := sha256.Sum256([]byte(raw))
	if known := i.remembered(name); known != nil {
		return known, nil
	}
	return i.flights.do(ctx, name, i.freshness, func(ctx context.Context, asked time.Time) (*answer, error) {
		a, err := i.send(ctx, raw)
		if err != nil {
			return nil, err
		}
		a.asked = asked
		i.remember(name, a)
		return a, nil
	})
}

func (i *introspector) send(ctx context.Context, raw string) (*answer, error) {
	meta, err := i.issuer.discover(ctx)
	if err != nil {
		return nil, err
	}
	// RFC 7662 §2.1: the token is a form parameter, and the asker authenticates.
	form := url.Values{"token": {raw}, "token_type_hint": {"access_token"}}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, meta.IntrospectionEndpoint, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	// RFC 6749 §2.3.1: both parts are form-encoded before they are joined.
	req.SetBasicAuth(url.QueryEscape(i.id), url.QueryEscape(i.secret))
	var a answer
	if _, err := i.issuer.send(req, &a); err != nil {
		return nil, err
	}
	return &a, nil
}

func (i *introspector) remembered(name [sha256.Size]byte) *answer {
	i.mu.Lock()
	defer i.mu.Unlock()
	a := i.young[name]
	if a == nil {
		a = i.old[name]
	}
	if a == nil || i.now().Sub(a.asked) >= i.freshness {
		return nil
	}
	return a
}

func (i *introspector) remember(name [sha256.Size]byte, a *answer) {
	i.mu.Lock()
	defer i.mu.Unlock()
	now := i.now()
	if i.young == nil || now.Sub(i.youngSince) >= i.freshness {
		i.old, i.young, i.youngSince = i.young, map[[sha256.Size]byte]*answer{}, now
	}
	if len(i.young) < maxAnswers {
		i.young[name] = a
	}
}

// checkAnswer judges an introspection answer by what it says itself.
func (v *Verifier) checkAnswer(a *answer) error {
	// RFC 7662 §2.2: active is the issuer's whole judgement: issued here, not expired, not revoked.
	if !a.Active {
		return refuse("the access token expired or was withdrawn")
	}
	if differs(a.Issuer, v.cfg.Issuer) {
		return refuse("the access token comes from another issuer")
	}
	// RFC 9449 §6.2: a token of another type is not a bearer token.
	if a.TokenType != "" && !strings.EqualFold(a.TokenType, "Bearer") {
		return refuse("the access token cannot be used as a bearer token")
	}
	return v.checkValidity(&a.claims)
}
