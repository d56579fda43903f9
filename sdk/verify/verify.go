package verify

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Limits that do not depend on configuration.
const (
	// maxToken is the longest token looked at, in bytes.
	maxToken = 8 << 10
	// maxAnswer is the longest answer read from the issuer, in bytes.
	maxAnswer = 256 << 10
	// fetchTimeout bounds every request to the issuer.
	fetchTimeout = 10 * time.Second
)

// Config says whose tokens are accepted and for which API.
type Config struct {
	// Issuer is the issuer identifier, compared byte for byte with the issuer's own metadata and
	// with the iss claim. It must be https, or http on a loopback host. Required.
	Issuer string
	// Audience names this API; a token must carry it in its aud claim. Use the API's URL, so that
	// clients can name it as resource (RFC 8707). Required: without it a token meant for another
	// API would open this one.
	Audience string
	// Introspection, when set, asks the issuer about every token (RFC 7662), which makes
	// revocation work within Freshness and admits opaque tokens.
	Introspection Introspection
	// Freshness is how old an introspection answer may be, counted from the moment the question
	// was sent. Zero means one second; negative means that no answer is used twice.
	Freshness time.Duration
	// Leeway is the tolerated difference between the issuer's clock and ours, applied to exp,
	// nbf and iat. Zero means ten seconds; negative means none.
	Leeway time.Duration
	// Lazy puts discovery off until the first token, for a server that starts together with its
	// issuer. Failed attempts are repeated with later tokens. Otherwise New does it and fails with it.
	Lazy bool
	// Realm is the realm of the WWW-Authenticate challenge. Empty means Audience.
	Realm string
	// Name and Scopes describe this API to people and clients in its metadata (RFC 9728). Optional.
	Name   string
	Scopes []string
	// HTTPClient carries the requests to the issuer; nil means a plain client. Redirects are never
	// followed, and each request ends after ten seconds.
	HTTPClient *http.Client
	// Logger receives the private cause of refusals (debug) and faults (warn), never a token.
	// Nil means slog.Default.
	Logger *slog.Logger
	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

// Introspection is the resource server's own account at the issuer, presented with
// client_secret_basic (RFC 6749 §2.3.1). The zero value switches introspection off.
type Introspection struct {
	ClientID     string
	ClientSecret string
}

// Verifier checks access tokens of one issuer for one audience. It is safe for concurrent use.
type Verifier struct {
	cfg      Config
	issuer   *issuer
	keys     *keys
	live     *introspector // nil when introspection is off
	metadata string        // URL of our RFC 9728 metadata, "" when Audience is not a URL
}

// New checks the configuration and, unless Config.Lazy is set, reads the issuer's metadata. The
// error says which setting is missing or wrong, or why the issuer could not be read.
func New(ctx context.Context, cfg Config) (*Verifier, error) {
	if err := checkURL(cfg.Issuer); err != nil {
		return nil, fmt.Errorf("verify: Issuer: %w", err)
	}
	if strings.TrimSpace(cfg.Audience) == "" {
		return nil, errors.New("verify: Audience is required: it is what keeps tokens for other APIs out")
	}
	if (cfg.Introspection.ClientID == "") != (cfg.Introspection.ClientSecret == "") {
		return nil, errors.New("verify: Introspection needs both ClientID and ClientSecret")
	}
	cfg.Freshness = orDefault(cfg.Freshness, time.Second)
	cfg.Leeway = orDefault(cfg.Leeway, 10*time.Second)
	if cfg.Realm == "" {
		cfg.Realm = cfg.Audience
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.Default()
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	v := &Verifier{cfg: cfg, metadata: metadataURL(cfg.Audience)}
	v.issuer = newIssuer(cfg)
	v.keys = newKeys(v.issuer, cfg.Now)
	if cfg.Introspection.ClientID != "" {
		v.live = newIntrospector(v.issuer, cfg)
	}
	if cfg.Lazy {
		return v, nil
	}
	if _, err := v.issuer.discover(ctx); err != nil {
		return nil, fmt.Errorf("verify: %w", err)
	}
	return v, nil
}

// orDefault reads a duration setting: zero is the default, negative is none.
func orDefault(d, standard time.Duration) time.Duration {
	switch {
	case d == 0:
		return standard
	case d < 0:
		return 0
	}
	return d
}

// Verify checks one access token and returns what it grants. The error is always an *Error, and
// the Token is empty unless the error is nil.
func (v *Verifier) Verify(ctx context.Context, raw string) (Token, error) {
	token, err := v.verify(ctx, raw)
	if err != nil {
		return Token{}, asError(err)
	}
	return token, nil
}

func (v *Verifier) verify(ctx context.Context, raw string) (Token, error) {
	// The length is judged first, so that no parser meets a token of unlimited size.
	if len(raw) > maxToken {
		return Token{}, refuse("the access token is too long")
	}
	if !isB64Token(raw) {
		return Token{}, refuse("the access token has characters that no token has")
	}
	switch strings.Count(raw, ".") {
	case 2:
		return v.verifySigned(ctx, raw)
	case 4:
		// RFC 8725 §2.3: that something can be decrypted says nothing about who made it.
		return Token{}, refuse("encrypted access tokens are not accepted")
	}
	if v.live == nil {
		return Token{}, refuse("the access token is not a JWT")
	}
	answer, err := v.live.ask(ctx, raw)
	if err != nil {
		return Token{}, err
	}
	if err := v.checkAnswer(answer); err != nil {
		return Token{}, err
	}
	// RFC 7662 §2.2 leaves these members optional; without them nobody knows whose token it is
	// and which API it was meant for.
	if answer.Subject == "" || answer.ClientID == "" {
		return Token{}, refuse("the issuer does not say whose access token this is")
	}
	if !answer.Audience.contains(v.cfg.Audience) {
		return Token{}, refuse("the access token was issued for another API")
	}
	return answer.token(), nil
}

// verifySigned checks a JWT by its signature and claims and, where introspection is on, asks
// whether it is still good.
func (v *Verifier) verifySigned(ctx context.Context, raw string) (Token, error) {
	signed, err := v.checkSigned(ctx, raw)
	if err != nil {
		return Token{}, err
	}
	token := signed.token()
	if v.live == nil {
		return token, nil
	}
	answer, err := v.live.ask(ctx, raw)
	if err != nil {
		return Token{}, err
	}
	if err := v.checkAnswer(answer); err != nil {
		return Token{}, err
	}
	if differs(answer.Subject, signed.Subject) || differs(answer.ClientID, signed.ClientID) ||
		(len(answer.Audience) > 0 && !answer.Audience.contains(v.cfg.Audience)) {
		return Token{}, refuse("the issuer contradicts the access token")
	}
	// What the issuer grants now counts, and never more than what was signed.
	if answer.Scope != nil {
		token.Scopes = intersect(token.Scopes, splitScopes(*answer.Scope))
	}
	return token, nil
}

// isB64Token reports whether s is a b64token (RFC 6750 §2.1).
func isB64Token(s string) bool {
	body := strings.TrimRight(s, "=")
	if body == "" {
		return false
	}
	for i := range len(body) {
		c := body[i]
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		case c == '-', c == '.', c == '_', c == '~', c == '+', c == '/':
		default:
			return false
		}
	}
	return true
}

// checkURL accepts https URLs, and http URLs on a loopback host, without query or fragment
// (RFC 8414 §2).
func checkURL(s string) error {
	u, err := url.Parse(s)
	switch {
	case s == "":
		return errors.New("it is required")
	case err != nil:
		return err
	case u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return fmt.Errorf("%q is not a plain URL", s)
	case u.Scheme == "https":
		return nil
	case u.Scheme == "http" && isLoopback(u.Hostname()):
		return nil
	}
	return fmt.Errorf("%q must be https (http is accepted on loopback only)", s)
}

func isLoopback(host string) bool {
	return host == "localhost" || host == "127.0.0.1" || host == "::1"
}
