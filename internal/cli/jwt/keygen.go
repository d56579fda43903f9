package jwt

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/cardea-iam/cardea/internal/jose"
	"github.com/spf13/cobra"
)

func (t *tool) keygen() *cobra.Command {
	var algName, out string
	c := &cobra.Command{
		Use:     "keygen",
		Short:   "Make a signing key",
		Long:    "Make a signing key. With --out the private JWK goes to a new file that only you can read,\nand the public JWK is printed. Without --out the private JWK is printed.",
		Example: "  cardea jwt keygen --alg ES256 --out key.jwk > key.pub.jwk",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			alg, err := jose.ParseAlgorithm(algName)
			if err != nil {
				return usage("--alg must be ES256, RS256, PS256 or EdDSA")
			}
			key, err := jose.GenerateKey(alg)
			if err != nil {
				return err
			}
			private, err := key.MarshalJWK()
			if err != nil {
				return err
			}
			if out == "" {
				_, _ = fmt.Fprintln(c.ErrOrStderr(), "This is the private key: keep it secret. --out FILE writes it to a file that only you can read.")
				return printJSON(c, json.RawMessage(private))
			}
			if err := writeNew(out, append(private, '\n')); err != nil {
				return err
			}
			if t.json {
				return printJSON(c, struct {
					File   string         `json:"file"`
					Public jose.PublicKey `json:"public"`
				}{out, key.Public()})
			}
			return printJSON(c, key.Public())
		},
	}
	c.Flags().StringVar(&algName, "alg", string(jose.ES256), "ES256, RS256, PS256 or EdDSA")
	c.Flags().StringVar(&out, "out", "", "new file for the private key (mode 0600)")
	return c
}

// writeNew creates a file of mode 0600 and never writes over one.
func writeNew(name string, text []byte) (err error) {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return refused("the file exists; choose another name for --out, or remove it", err)
	}
	if err != nil {
		return refused("could not create the key file", err)
	}
	_, err = f.Write(text)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return refused("could not write the key file", err)
	}
	return nil
}
