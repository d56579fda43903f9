package jwt

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/cardea-iam/cardea/internal/jose"
	"github.com/cardea-iam/cardea/internal/strictjson"
)

const (
	maxDocument  = 256 << 10
	fetchTimeout = 10 * time.Second
)

// fetchKeys finds an issuer's keys by its metadata. The address comes from the
// person at the keyboard and never from a token.
func fetchKeys(ctx context.Context, issuer string) (jose.KeySource, error) {
	base, err := checkURL(issuer)
	if err != nil {
		return nil, usage("--issuer: %v", err)
	}
	ctx, cancel := context.WithTimeout(ctx, fetchTimeout)
	defer cancel()
	var document struct {
		Issuer  string `json:"issuer"`
		JWKSURI string `json:"jwks_uri"`
	}
	text, err := fetch(ctx, strings.TrimSuffix(issuer, "/")+"/.well-known/openid-configuration")
	if err != nil {
		// RFC 8414 §3.1: plain OAuth servers put the well-known part before the issuer's path
		location := *base
		location.Path = "/.well-known/oauth-authorization-server" + strings.TrimSuffix(base.Path, "/")
		var second error
		if text, second = fetch(ctx, location.String()); second != nil {
			return nil, refused("the issuer's metadata could not be fetched; give its keys with --jwks FILE", errors.Join(err, second))
		}
	}
	if err := strictjson.Unmarshal(text, &document, strictjson.AllowUnknown(), strictjson.MaxBytes(maxDocument)); err != nil {
		return nil, refused("the issuer's metadata is not good JSON", err)
	}
	// RFC 8414 §3.3: the metadata must name the issuer that was asked
	if document.Issuer != issuer {
		return nil, refused(fmt.Sprintf("the metadata is of issuer %q; give --issuer exactly so if you trust it", document.Issuer), nil)
	}
	if _, err := checkURL(document.JWKSURI); err != nil {
		return nil, refused("the issuer's jwks_uri is not usable", err)
	}
	text, err = fetch(ctx, document.JWKSURI)
	if err != nil {
		return nil, refused("the issuer's keys could not be fetched", err)
	}
	keys, err := jose.ParseJWKS(text)
	if err != nil {
		return nil, refused("the issuer's keys are not good", err)
	}
	return keys, nil
}

// checkURL accepts https, and http for loopback hosts.
func checkURL(raw string) (*url.URL, error) {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" || u.User != nil || u.Fragment != "" {
		return nil, fmt.Errorf("%q is not an https URL", raw)
	}
	addr, _ := netip.ParseAddr(u.Hostname())
	if u.Scheme != "https" && (u.Scheme != "http" || u.Hostname() != "localhost" && !addr.IsLoopback()) {
		return nil, fmt.Errorf("%q is not https (http is for loopback only)", raw)
	}
	return u, nil
}

func fetch(ctx context.Context, location string) ([]byte, error) {
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, location, nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Accept", "application/json")
	response, err := client.Do(request)
	if err != nil {
		return nil, err
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s answered %s", location, response.Status)
	}
	text, err := io.ReadAll(io.LimitReader(response.Body, maxDocument+1))
	if err == nil && len(text) > maxDocument {
		err = fmt.Errorf("%s answered more than %d bytes", location, maxDocument)
	}
	return text, err
}
