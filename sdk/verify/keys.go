package verify

import (
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/json"
)

const (
	// A key set without Cache-Control is kept this long; one with it at least and at most so long.
	usualAge, leastAge, mostAge = 5 * time.Minute, 10 * time.Second, 24 * time.Hour
	// unknownEvery is how often an unknown kid may cause a request to the issuer. Anybody can
	// send unknown kids.
	unknownEvery = time.Minute
)

// keys holds the issuer's published keys. A fetch replaces the whole set, so that a key which the
// issuer took back is gone. From half of their age on they are renewed in the background; past
// their full age they verify nothing, even if the issuer cannot be reached.
type keys struct {
	issuer *issuer
	now    func() time.Time

	mu          sync.Mutex
	set         *keySet
	failed      error
	failedAt    time.Time
	lastUnknown time.Time
	flights     flights[struct{}, *keySet]
}

func newKeys(i *issuer, now func() time.Time) *keys {
	return &keys{issuer: i, now: now, flights: flights[struct{}, *keySet]{now: now}}
}

// keyName is how a token names a key: by its id and, as one key serves one algorithm, that too
// (RFC 8725 §3.1).
type keyName struct{ kid, alg string }

type keySet struct {
	keys           map[keyName]any // *ecdsa.PublicKey, *rsa.PublicKey or ed25519.PublicKey
	renew, expires time.Time
}

// find returns the key for kid and algorithm. An unknown one is a refusal; an issuer out of reach
// is a fault.
func (k *keys) find(ctx context.Context, kid, alg string) (any, error) {
	set, err := k.current(ctx)
	if err != nil {
		return nil, err
	}
	if key := set.key(kid, alg); key != nil {
		return key, nil
	}
	if k.mayAskForUnknown() {
		if set, err = k.fetch(ctx); err != nil {
			return nil, err
		}
		if key := set.key(kid, alg); key != nil {
			return key, nil
		}
	}
	return nil, refuse("the access token is signed with a key that the issuer does not publish")
}

// key returns nil when there is none. A token without kid is matched when only one key of the set
// serves its algorithm.
func (s *keySet) key(kid, alg string) any {
	if kid != "" {
		return s.keys[keyName{kid, alg}]
	}
	var only any
	for name, key := range s.keys {
		if name.alg != alg {
			continue
		}
		if only != nil {
			return nil
		}
		only = key
	}
	return only
}

// current returns keys that may still be used.
func (k *keys) current(ctx context.Context) (*keySet, error) {
	k.mu.Lock()
	set, now := k.set, k.now()
	fresh := set != nil && now.Before(set.expires)
	renew := fresh && !now.Before(set.renew)
	if renew {
		set.renew = now.Add(retryAfter)
	}
	k.mu.Unlock()
	if renew {
		// Nobody waits for this one; a failure is kept and met when the keys are past their age.
		go func() { _, _ = k.fetch(context.WithoutCancel(ctx)) }()
	}
	if fresh {
		return set, nil
	}
	return k.fetch(ctx)
}

func (k *keys) mayAskForUnknown() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	now := k.now()
	if !k.lastUnknown.IsZero() && now.Sub(k.lastUnknown) < unknownEvery {
		return false
	}
	k.lastUnknown = now
	return true
}

// fetch reads the set anew, sharing a request under way. A failure is remembered for a second.
func (k *keys) fetch(ctx context.Context) (*keySet, error) {
	k.mu.Lock()
	failed := k.failed
	if k.now().Sub(k.failedAt) >= retryAfter {
		failed = nil
	}
	k.mu.Unlock()
	if failed != nil {
		return nil, failed
	}
	return k.flights.do(ctx, struct{}{}, fetchTimeout, func(ctx context.Context, asked time.Time) (*keySet, error) {
		set, err := k.read(ctx, asked)
		k.mu.Lock()
		defer k.mu.Unlock()
		k.failed, k.failedAt = err, k.now()
		if err == nil {
			k.set = set
		}
		return set, err
	})
}

func (k *keys) read(ctx context.Context, asked time.Time) (*keySet, error) {
	meta, err := k.issuer.discover(ctx)
	if err != nil {
		return nil, err
	}
	var doc struct {
		Keys []json.RawMessage `json:"keys"`
	}
	fields, err := k.issuer.get(ctx, meta.JWKSURI, &doc)
	if err != nil {
		return nil, err
	}
	age := cacheAge(fields)
	set := &keySet{keys: map[keyName]any{}, renew: asked.Add(age / 2), expires: asked.Add(age)}
	for _, text := range doc.Keys {
		// RFC 7517 §5: keys of unknown kinds are left out, they do not spoil the others.
		name, key := parseKey(text)
		if _, twice := set.keys[name]; key != nil && !twice {
			set.keys[name] = key
		}
	}
	return set, nil
}

// parseKey reads one JWK. The result is nil unless it is a public signature key for one of our
// algorithms; a symmetric or private key in a public document never is.
func parseKey(text []byte) (keyName, any) {
	var jwk jose.JSONWebKey
	if err := json.Unmarshal(text, &jwk); err != nil || !jwk.IsPublic() || !jwk.Valid() {
		return keyName{}, nil
	}
	if jwk.Use != "" && jwk.Use != "sig" {
		return keyName{}, nil
	}
	var fits []jose.SignatureAlgorithm
	switch key := jwk.Key.(type) {
	case *ecdsa.PublicKey:
		if key.Curve == elliptic.P256() {
			fits = []jose.SignatureAlgorithm{jose.ES256}
		}
	case *rsa.PublicKey:
		// RFC 7518 §3.3: 2048 bits or more.
		if key.N.BitLen() >= 2048 {
			fits = []jose.SignatureAlgorithm{jose.RS256, jose.PS256}
		}
	case ed25519.PublicKey:
		fits = []jose.SignatureAlgorithm{jose.EdDSA}
	}
	for _, alg := range fits {
		// RFC 8725 §3.1: one key, one algorithm. A key that names none gets the first that fits.
		if jwk.Algorithm == "" || jwk.Algorithm == string(alg) {
			return keyName{jwk.KeyID, string(alg)}, jwk.Key
		}
	}
	return keyName{}, nil
}

// cacheAge reads how long an answer may be kept (RFC 9111 §5.2.2), inside our limits.
func cacheAge(fields http.Header) time.Duration {
	age, said := usualAge, false
	for directive := range strings.SplitSeq(strings.Join(fields.Values("Cache-Control"), ","), ",") {
		name, value, _ := strings.Cut(strings.ToLower(strings.TrimSpace(directive)), "=")
		switch name {
		case "no-store", "no-cache":
			return leastAge
		case "max-age":
			if seconds, err := strconv.ParseUint(strings.Trim(value, `"`), 10, 31); err == nil && !said {
				age, said = time.Duration(seconds)*time.Second, true
			}
		}
	}
	if spent, err := strconv.ParseUint(fields.Get("Age"), 10, 31); err == nil {
		age -= time.Duration(spent) * time.Second
	}
	return min(max(age, leastAge), mostAge)
}
