package scenario

import (
	"context"
	"net/http"
	"net/url"
	"testing"
	"time"
)

// OP14: expiry is compared when a token is used, to the second, and waits for no sweeper: one that
// lives ten seconds is active before and inactive right after.
func TestOP14_ExpiryIsComparedAtUse(t *testing.T) {
	eachDatabase(t, func(t *testing.T, args ...string) {
		t.Parallel() // it mostly waits
		s, ctx := serve(t, args...), t.Context()
		if _, err := s.CreateResource(ctx, "short", opaque, "--format", "opaque", "--lifetime", "10s", "--scope", "read=Read things"); err != nil {
			t.Fatal(err)
		}
		job, err := s.CreateClient(ctx, "job", "--grant", "client_credentials", "--resource", opaque, "--scope", "read")
		if err != nil {
			t.Fatal(err)
		}
		tokens, err := job.Token(ctx, url.Values{"grant_type": {"client_credentials"}, "resource": {opaque}})
		if err != nil || tokens.Status != http.StatusOK || tokens.ExpiresIn != 10 {
			t.Fatalf("%+v %v", tokens, err)
		}
		issued := time.Now()
		within(t, 12*time.Second, "the token has expired", func(ctx context.Context) (bool, error) {
			active, err := job.Active(ctx, tokens.Access)
			if err == nil && !active && time.Since(issued) < 8*time.Second {
				t.Errorf("inactive after %s already", time.Since(issued))
			}
			return !active, err
		})
	})
}
