package jwt

import (
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/cardea-iam/cardea/internal/jose"
	"github.com/cardea-iam/cardea/internal/strictjson"
	"github.com/spf13/cobra"
)

func (t *tool) sign() *cobra.Command {
	var keyFile, typ string
	var expiresIn time.Duration
	c := &cobra.Command{
		Use:     "sign FILE|- --key FILE",
		Short:   "Make a token of claims in a JSON file",
		Example: `  echo '{"sub":"me"}' | cardea jwt sign - --key key.jwk --expires-in 5m`,
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if keyFile == "" {
				return usage("--key FILE is missing; make one with: cardea jwt keygen --out FILE")
			}
			if c.Flags().Changed("expires-in") && expiresIn < time.Second {
				return usage("--expires-in must be one second or more, like 5m")
			}
			text, err := readFile(keyFile, "key")
			if err != nil {
				return err
			}
			key, err := jose.ParsePrivateKey(text)
			if err != nil {
				return refused("the file is not a private JWK with alg; make one with: cardea jwt keygen --out FILE", err)
			}
			claims, err := t.readClaims(c, args[0], expiresIn)
			if err != nil {
				return err
			}
			token, err := key.Sign(typ, claims)
			if err != nil {
				return usage("%v", err)
			}
			if len(token) > jose.MaxTokenSize {
				return refused(fmt.Sprintf("the token would have %d bytes, and verifiers refuse more than %d", len(token), jose.MaxTokenSize), nil)
			}
			if t.json {
				return printJSON(c, map[string]string{"token": token, "kid": key.ID(), "alg": string(key.Algorithm())})
			}
			_, err = fmt.Fprintln(c.OutOrStdout(), token)
			return err
		},
	}
	c.Flags().StringVar(&keyFile, "key", "", "file with the private JWK (required)")
	c.Flags().StringVar(&typ, "typ", "JWT", "type for the header")
	c.Flags().DurationVar(&expiresIn, "expires-in", 0, "add iat (now) and exp (now and this)")
	return c
}

// readClaims reads a JSON object and adds the times that were asked for.
func (t *tool) readClaims(c *cobra.Command, name string, expiresIn time.Duration) (map[string]json.RawMessage, error) {
	var text []byte
	var err error
	if name == "-" {
		if text, err = io.ReadAll(io.LimitReader(c.InOrStdin(), strictjson.DefaultBytes+1)); err != nil {
			return nil, refused("could not read the claims from standard input", err)
		}
	} else if text, err = readFile(name, "claims"); err != nil {
		return nil, err
	}
	var claims map[string]json.RawMessage
	if err := strictjson.Unmarshal(text, &claims); err != nil || claims == nil {
		return nil, refused(`the claims are not a JSON object, like {"sub":"me"}`, err)
	}
	if expiresIn == 0 {
		return claims, nil
	}
	if _, twice := claims["exp"]; twice {
		return nil, usage("the claims have exp already; leave out --expires-in")
	}
	now := t.now()
	claims["exp"], _ = json.Marshal(now.Add(expiresIn).Unix())
	if _, given := claims["iat"]; !given {
		claims["iat"], _ = json.Marshal(now.Unix())
	}
	return claims, nil
}
