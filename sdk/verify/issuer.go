package verify

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4/json"
)

// retryAfter is how long a failed request to the issuer is answered from memory.
const retryAfter = time.Second

// issuer speaks to the authorization server. Its URLs come from configuration and from the
// issuer's own metadata, never from a token.
type issuer struct {
	name         string
	introspected bool
	client       *http.Client
	now          func() time.Time

	mu       sync.Mutex
	known    *serverMetadata
	failed   error
	failedAt time.Time
	flights  flights[struct{}, *serverMetadata]
}

// serverMetadata is the part of RFC 8414 §2 that a resource server needs.
type serverMetadata struct {
	Issuer                string `json:"issuer"`
	JWKSURI               string `json:"jwks_uri"`
	IntrospectionEndpoint string `json:"introspection_endpoint"`
}

func newIssuer(cfg Config) *issuer {
	var client http.Client
	if cfg.HTTPClient != nil {
		client = *cfg.HTTPClient
	}
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &issuer{
		name: cfg.Issuer, introspected: cfg.Introspection.ClientID != "", client: &client, now: cfg.Now,
		flights: flights[struct{}, *serverMetadata]{now: cfg.Now},
	}
}

// discover returns the issuer's metadata, fetched once. After a failure it tries again, one second
// later at the earliest.
func (i *issuer) discover(ctx context.Context) (*serverMetadata, error) {
	i.mu.Lock()
	known, failed := i.known, i.failed
	if failed != nil && i.now().Sub(i.failedAt) >= retryAfter {
		failed = nil
	}
	i.mu.Unlock()
	if known != nil || failed != nil {
		return known, failed
	}
	return i.flights.do(ctx, struct{}{}, fetchTimeout, func(ctx context.Context, _ time.Time) (*serverMetadata, error) {
		found, err := i.readMetadata(ctx)
		i.mu.Lock()
		defer i.mu.Unlock()
		i.known, i.failed, i.failedAt = found, err, i.now()
		return found, err
	})
}

// readMetadata asks at the address of RFC 8414 §3.1 and, where there is nothing, at the one of
// OpenID Connect Discovery 1.0 §4.
func (i *issuer) readMetadata(ctx context.Context) (*serverMetadata, error) {
	u, err := url.Parse(i.name)
	if err != nil {
		return nil, err
	}
	path := strings.TrimSuffix(u.Path, "/")
	// RFC 8414 §3.1: the well-known part goes between host and path of the issuer.
	places := []string{
		u.Scheme + "://" + u.Host + "/.well-known/oauth-authorization-server" + path,
		strings.TrimSuffix(i.name, "/") + "/.well-known/openid-configuration",
	}
	var found *serverMetadata
	for _, place := range places {
		found, err = i.readMetadataAt(ctx, place)
		if !errors.Is(err, errNotThere) {
			break
		}
	}
	if err != nil {
		return nil, fmt.Errorf("read the metadata of %s: %w", i.name, err)
	}
	return found, nil
}

func (i *issuer) readMetadataAt(ctx context.Context, place string) (*serverMetadata, error) {
	var m serverMetadata
	if _, err := i.get(ctx, place, &m); err != nil {
		return nil, err
	}
	// RFC 8414 §3.3: the metadata names exactly the issuer that was asked for.
	if m.Issuer != i.name {
		return nil, fmt.Errorf("the metadata is that of %q", m.Issuer)
	}
	if err := checkURL(m.JWKSURI); err != nil {
		return nil, fmt.Errorf("jwks_uri: %w", err)
	}
	if i.introspected {
		if err := checkURL(m.IntrospectionEndpoint); err != nil {
			return nil, fmt.Errorf("introspection_endpoint: %w", err)
		}
	}
	return &m, nil
}

// errNotThere is a 404 from the issuer.
var errNotThere = errors.New("not found")

// get reads a JSON document and returns the answer's header fields.
func (i *issuer) get(ctx context.Context, address string, into any) (http.Header, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	return i.send(req, into)
}

// send carries one request and reads its JSON answer, at most maxAnswer bytes.
func (i *issuer) send(req *http.Request, into any) (http.Header, error) {
	req.Header.Set("Accept", "application/json")
	resp, err := i.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("%s: %w", req.URL.Redacted(), err)
	case resp.StatusCode == http.StatusNotFound:
		return nil, fmt.Errorf("%s: %w", req.URL.Redacted(), errNotThere)
	case resp.StatusCode != http.StatusOK:
		return nil, fmt.Errorf("%s answered %s", req.URL.Redacted(), resp.Status)
	case len(body) > maxAnswer:
		return nil, fmt.Errorf("%s answered more than %d bytes", req.URL.Redacted(), maxAnswer)
	}
	if err := json.Unmarshal(body, into); err != nil {
		return nil, fmt.Errorf("%s: %w", req.URL.Redacted(), err)
	}
	return resp.Header, nil
}
