package jwt

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/cardea-iam/cardea/internal/jose"
	"github.com/cardea-iam/cardea/internal/strictjson"
	"github.com/spf13/cobra"
)

type verifyFlags struct {
	jwks, key, issuer, audience, typ, alg, at string
	leeway                                    time.Duration
	ignoreExpiry                              bool
}

const algHS256 = "HS256"

func (t *tool) verify() *cobra.Command {
	var f verifyFlags
	c := &cobra.Command{
		Use:   "verify TOKEN|- (--issuer URL | --jwks FILE | --key FILE)",
		Short: "Check a token's signature, times and addressees",
		Long: "Check a token against the keys of an issuer (found by discovery), a JWKS file or one JWK file.\n" +
			"What you do not name is not checked, and the answer says so.",
		Example: "  cardea jwt verify --issuer https://as.example --audience https://api.example --typ at+jwt eyJ...\n" +
			"  cardea jwt verify --key secret.jwk --alg HS256 --ignore-expiry -",
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error { return t.runVerify(c, args[0], f) },
	}
	flags := c.Flags()
	flags.StringVar(&f.issuer, "issuer", "", "issuer that iss must name; its keys are fetched unless --jwks or --key is given")
	flags.StringVar(&f.jwks, "jwks", "", "file with a JWK set")
	flags.StringVar(&f.key, "key", "", "file with one JWK")
	flags.StringVar(&f.audience, "audience", "", "audience that aud must name")
	flags.StringVar(&f.typ, "typ", "", `type that the header must name, e.g. "at+jwt"`)
	flags.StringVar(&f.alg, "alg", "", "the one algorithm to accept (ES256, RS256, PS256, EdDSA; HS256 with a symmetric --key)")
	flags.StringVar(&f.at, "at", "", "check as of this time (RFC 3339 or seconds since 1970)")
	flags.DurationVar(&f.leeway, "leeway", 10*time.Second, "tolerance for clocks, up to 5m")
	flags.BoolVar(&f.ignoreExpiry, "ignore-expiry", false, "accept an expired token")
	return c
}

func (t *tool) runVerify(c *cobra.Command, arg string, f verifyFlags) error {
	e, err := t.expectation(f)
	if err != nil {
		return err
	}
	token, err := readToken(c, arg)
	if err != nil {
		return err
	}
	claims, err := check(c, token, f, e)
	if err != nil {
		return explain(err, e.Now)
	}
	if t.json {
		return printJSON(c, struct {
			Verified   bool            `json:"verified"`
			KeyID      string          `json:"kid,omitempty"`
			NotChecked []string        `json:"not_checked"`
			Claims     json.RawMessage `json:"claims"`
		}{true, claims.KeyID, notChecked(e), claims.Payload()})
	}
	u, err := jose.Inspect(token)
	if err != nil {
		return err
	}
	text := "Good: the signature is right"
	if claims.KeyID != "" {
		text += " (key " + claims.KeyID + ")"
	}
	if missing := notChecked(e); len(missing) > 0 {
		text += "\nNot checked: " + strings.Join(missing, ", ")
	}
	pretty, err := json.MarshalIndent(json.RawMessage(u.RawPayload()), "", "  ")
	if err != nil {
		return fmt.Errorf("print claims: %w", err)
	}
	_, err = fmt.Fprint(c.OutOrStdout(), visible([]byte(text+"\n\nClaims\n"+string(pretty)+"\n"+times(u.RawPayload(), e.Now))))
	return err
}

// expectation turns the flags into what jose checks, all but the keys.
func (t *tool) expectation(f verifyFlags) (jose.Expect, error) {
	e := jose.Expect{Typ: f.typ, Issuer: f.issuer, Audience: f.audience, Now: t.now(), Leeway: f.leeway,
		AnyTyp: f.typ == "", AnyIssuer: f.issuer == "", NoAudience: f.audience == "", IgnoreExpiry: f.ignoreExpiry}
	if f.jwks != "" && f.key != "" {
		return e, usage("--jwks and --key exclude each other")
	}
	if f.jwks == "" && f.key == "" && f.issuer == "" {
		return e, usage("no key to check with: give --issuer URL, --jwks FILE or --key FILE")
	}
	if f.leeway < 0 || f.leeway > 5*time.Minute {
		return e, usage("--leeway must be between 0 and 5m")
	}
	if f.at != "" {
		at, err := parseTime(f.at)
		if err != nil {
			return e, err
		}
		e.Now = at
	}
	switch f.alg {
	case "":
		e.Algorithms = []jose.Algorithm{jose.ES256, jose.RS256, jose.PS256, jose.EdDSA}
	case algHS256:
		if f.key == "" {
			return e, usage("--alg HS256 needs the shared secret: --key FILE with a JWK of kty oct")
		}
	default:
		alg, err := jose.ParseAlgorithm(f.alg)
		if err != nil {
			return e, usage("--alg must be ES256, RS256, PS256, EdDSA or HS256")
		}
		e.Algorithms = []jose.Algorithm{alg}
	}
	return e, nil
}

func parseTime(text string) (time.Time, error) {
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return at, nil
	}
	var seconds int64
	if err := strictjson.Unmarshal([]byte(text), &seconds); err != nil || seconds <= 0 {
		return time.Time{}, usage("--at must be like 2011-03-22T18:42:59Z or 1300819379")
	}
	return time.Unix(seconds, 0).UTC(), nil
}

// check finds the keys and verifies.
func check(c *cobra.Command, token string, f verifyFlags, e jose.Expect) (jose.Claims, error) {
	if f.alg == algHS256 {
		text, err := readFile(f.key, "key")
		if err != nil {
			return jose.Claims{}, err
		}
		key, err := jose.ParseHMACKey(text)
		if err != nil {
			return jose.Claims{}, refused("--alg HS256 needs a JWK of kty oct with 32 bytes or more", err)
		}
		return jose.VerifyHMAC(token, key, e)
	}
	keys, err := findKeys(c, f)
	if err != nil {
		return jose.Claims{}, err
	}
	e.Keys = keys
	return new(jose.Verifier).Verify(token, e)
}

func findKeys(c *cobra.Command, f verifyFlags) (jose.KeySource, error) {
	switch {
	case f.jwks != "":
		text, err := readFile(f.jwks, "JWK set")
		if err != nil {
			return nil, err
		}
		set, err := jose.ParseJWKS(text)
		if err != nil {
			return nil, refused("the file is not a set of public keys", err)
		}
		return set, nil
	case f.key != "":
		text, err := readFile(f.key, "key")
		if err != nil {
			return nil, err
		}
		key, err := publicKey(text)
		if err != nil {
			return nil, err
		}
		return soleKey{key}, nil
	}
	return fetchKeys(c.Context(), f.issuer)
}

// publicKey reads a public JWK, or the public part of a private one.
func publicKey(text []byte) (jose.PublicKey, error) {
	key, err := jose.ParsePublicKey(text)
	if err == nil {
		return key, nil
	}
	if private, err := jose.ParsePrivateKey(text); err == nil {
		return private.Public(), nil
	}
	if _, err := jose.ParseHMACKey(text); err == nil {
		return jose.PublicKey{}, usage("the key is a shared secret: say --alg HS256 if that is what you mean")
	}
	return jose.PublicKey{}, refused("the file is not a JWK with a signature key", err)
}

// soleKey is the key that the person pointed at: whatever kid the token names, it is meant.
type soleKey struct{ key jose.PublicKey }

func (s soleKey) Key(string) (jose.PublicKey, bool) { return s.key, true }

func notChecked(e jose.Expect) []string {
	list := []string{}
	for _, row := range []struct {
		is   bool
		name string
	}{{e.AnyIssuer, "iss"}, {e.NoAudience, "aud"}, {e.AnyTyp, "typ"}, {e.IgnoreExpiry, "exp"}} {
		if row.is {
			list = append(list, row.name)
		}
	}
	return list
}

func explain(err error, now time.Time) error {
	var f *failure
	switch {
	case errors.As(err, &f):
		return err
	case errors.Is(err, jose.ErrExpired):
		return refused(fmt.Sprintf("the signature is good, but the token has expired as of %s (--at TIME checks as of then, --ignore-expiry accepts it)",
			now.UTC().Format(time.RFC3339)), err)
	case errors.Is(err, jose.ErrInvalidToken):
		return refused("the token is refused (cardea jwt decode shows what it says)", err)
	}
	return err
}
