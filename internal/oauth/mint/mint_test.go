package mint

import (
	"testing"

	"github.com/cardea-iam/cardea/internal/client"
	"github.com/cardea-iam/cardea/internal/oauth"
	"github.com/cardea-iam/cardea/internal/secret"
)

// Two pairwise clients of different hosts that lay their ID tokens side by side learn nothing: not
// by sub and not by sid.
func TestPairwiseClientsCannotBeLinked(t *testing.T) {
	m := &Mint{root: secret.NewRoot([32]byte{1})}
	pairwise := func(sector string) client.Client {
		return client.Client{Metadata: client.Metadata{SubjectType: oauth.SubjectPairwise, Sector: sector}}
	}
	public := client.Client{Metadata: client.Metadata{SubjectType: oauth.SubjectPublic}}
	seen := map[string]string{}
	for name, v := range map[string]string{
		"sub a": m.Subject("t", pairwise("a.example"), "acc_1"), "sub b": m.Subject("t", pairwise("b.example"), "acc_1"),
		"sid a": m.SID("t", pairwise("a.example"), "ses_1"), "sid b": m.SID("t", pairwise("b.example"), "ses_1"),
		"another person": m.Subject("t", pairwise("a.example"), "acc_2"), "another session": m.SID("t", pairwise("a.example"), "ses_2"),
		"another tenant": m.Subject("u", pairwise("a.example"), "acc_1"), "sid of the account's id": m.SID("t", pairwise("a.example"), "acc_1"),
		"public sub": m.Subject("t", public, "acc_1"), "public sid": m.SID("t", public, "ses_1"),
	} {
		if other := seen[v]; other != "" {
			t.Errorf("%s equals %s", name, other)
		}
		seen[v] = name
	}
	again := &Mint{root: secret.NewRoot([32]byte{1})}
	if m.Subject("t", pairwise("a.example"), "acc_1") != again.Subject("t", pairwise("a.example"), "acc_1") || m.Subject("t", public, "acc_1") != "acc_1" {
		t.Error("a subject does not stay the same")
	}
}

func TestAtHashFollowsTheAlgorithm(t *testing.T) {
	// OpenID Connect Core 1.0 §A.3: the access token and at_hash of its example
	const token, want = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y", "77QmUPtjPfzWtF2AnpK9RQ"
	if got := atHash("RS256", token); got != want {
		t.Errorf("at_hash %s, want %s", got, want)
	}
	if len(atHash("EdDSA", token)) != 43 {
		t.Error("Ed25519 hashes with SHA-512: half of it has 32 bytes")
	}
}
