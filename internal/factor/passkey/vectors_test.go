package passkey

import (
	"encoding/hex"
	"encoding/json"
	"os"
	"strings"
	"testing"
)

type octets []byte

func (h *octets) UnmarshalText(text []byte) (err error) {
	*h, err = hex.DecodeString(string(text))
	return err
}

type vector struct {
	Name         string
	Registration struct {
		Challenge                         octets
		CredentialID                      octets `json:"credential_id"`
		ClientDataJSON, AttestationObject octets
	}
	Authentication struct {
		Challenge, ClientDataJSON, AuthenticatorData, Signature octets
	}
}

func vectors(t *testing.T) (out []vector) {
	t.Helper()
	text, err := os.ReadFile("testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &out); err != nil || len(out) != 15 {
		t.Fatalf("%d vectors: %v", len(out), err)
	}
	return out
}

func (v vector) registration() (expected, registrationResponse) {
	var r registrationResponse
	r.RawID, r.Response.ClientDataJSON, r.Response.AttestationObject = Bytes(v.Registration.CredentialID), Bytes(v.Registration.ClientDataJSON), Bytes(v.Registration.AttestationObject)
	return v.expected(v.Registration.Challenge), r
}

func (v vector) assertion() (expected, assertionResponse) {
	var r assertionResponse
	r.RawID, r.Response.ClientDataJSON = Bytes(v.Registration.CredentialID), Bytes(v.Authentication.ClientDataJSON)
	r.Response.AuthenticatorData, r.Response.Signature = Bytes(v.Authentication.AuthenticatorData), Bytes(v.Authentication.Signature)
	return v.expected(v.Authentication.Challenge), r
}

func (v vector) expected(challenge []byte) expected {
	return expected{rpID: "example.org", origins: []string{"https://example.org"}, challenge: Bytes(challenge).String()}
}

// WebAuthn L3 §16: every vector of an algorithm that we ask for, in a page of our own, is accepted;
// the others are refused for just that reason.
func TestVectors(t *testing.T) {
	refused := map[string]string{
		`ES256 Credential with "crossOrigin": true in clientDataJSON`: "inside of another origin's page",
		`ES256 Credential with "topOrigin" in clientDataJSON`:         "inside of another origin's page",
		"Packed Attestation with ES384 Credential":                    "the algorithm -35 was not asked for",
		"Packed Attestation with ES512 Credential":                    "the algorithm -36 was not asked for",
		"Packed Attestation with Ed448 Credential":                    "the algorithm -53 was not asked for",
		// These end at the root of the vectors, which is not their makers' root.
		"TPM Attestation with ES256 Credential":             "Invalid TPM manufacturer",
		"Android Key Attestation with ES256 Credential":     "x5c cert chain",
		"Apple Anonymous Attestation with ES256 Credential": "x5c cert chain",
	}
	for _, v := range vectors(t) {
		e, r := v.registration()
		k, err := e.registration(r, Rules{})
		if want, no := refused[v.Name]; no {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %v, want %s", v.Name, err, want)
			}
			delete(refused, v.Name)
			continue
		}
		if err != nil {
			t.Errorf("%s: registration: %v", v.Name, err)
			continue
		}
		e, a := v.assertion()
		if _, err := e.assertion(a, k, true); err != nil {
			t.Errorf("%s: assertion: %v", v.Name, err)
		}
		// And no bit of what was signed can be another.
		for name, field := range map[string]*Bytes{"client data": &a.Response.ClientDataJSON, "authenticator data": &a.Response.AuthenticatorData, "signature": &a.Response.Signature} {
			good := *field
			for i := range good {
				bad := append(Bytes{}, good...)
				bad[i] ^= 1 << (i % 8)
				*field = bad
				if _, err := e.assertion(a, k, true); err == nil {
					t.Fatalf("%s: bit %d of the %s changed nothing", v.Name, i, name)
				}
			}
			*field = good
		}
	}
	if len(refused) > 0 {
		t.Errorf("no such vectors: %v", refused)
	}
}

// Statements of attestation are verified, also where none was asked for.
func TestAttestationIsVerified(t *testing.T) {
	attested := 0
	for _, v := range vectors(t) {
		e, r := v.registration()
		k, err := e.registration(r, Rules{})
		if err != nil {
			continue // TestVectors says which
		}
		_, err = e.registration(r, Rules{Attestation: Direct})
		if k.Format == "none" {
			if err != errUnwanted {
				t.Errorf("%s with attestation direct: %v", v.Name, err)
			}
			continue
		}
		attested++
		if err != nil {
			t.Errorf("%s with attestation direct: %v", v.Name, err)
		}
		for _, s := range []Rules{{DenyAAGUIDs: []string{model(k.AAGUID)}}, {Attestation: Direct, AllowAAGUIDs: []string{"fdb141b2-5d84-443e-8a35-4698c205a502"}}} {
			if _, err := e.registration(r, s); err != errUnwanted {
				t.Errorf("%s by %+v: %v", v.Name, s, err)
			}
		}
		if _, err := e.registration(r, Rules{Attestation: Direct, AllowAAGUIDs: []string{model(k.AAGUID)}}); err != nil {
			t.Errorf("%s, which is allowed: %v", v.Name, err)
		}
		// The statement signs the client data: with other bytes that read the same it is worthless.
		r.Response.ClientDataJSON = append(Bytes(strings.TrimSuffix(string(r.Response.ClientDataJSON), "}")), " }"...)
		if _, err := e.registration(r, Rules{}); err == nil {
			t.Errorf("%s: a broken statement was taken", v.Name)
		}
	}
	if attested < 4 {
		t.Errorf("%d vectors with a statement", attested)
	}
}
