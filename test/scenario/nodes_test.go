package scenario

import (
	"context"
	"net/http"
	"net/url"
	"path/filepath"
	"testing"
	"time"

	"github.com/cardea-iam/cardea/internal/store/storetest"
	"github.com/cardea-iam/cardea/test/rig"
)

// Two servers on one PostgreSQL are one authorization server: what happens at one is known to the
// other at once, or within a second where it may keep things in memory.
func TestTwoNodesAreOne(t *testing.T) {
	database, key := storetest.Postgres(t), filepath.Join(t.TempDir(), "root.key")
	one := serve(t, "--database", database, "--root-key-file", key)
	two, err := rig.NewServer(binary, filepath.Join(t.TempDir(), "two"), "--database", database, "--root-key-file", key)
	if err != nil {
		t.Fatal(err)
	}
	two.URL = one.URL // both stand behind one name
	start(t, two)

	ctx := t.Context()
	ann := person(t, one, "ann")
	web := client(t, one, "web", "https://rp.example/cb")
	there := web.Through(two.Address())

	// A client made at one is known at the other.
	within(t, time.Second, "the other node knows the client", func(ctx context.Context) (bool, error) {
		got, err := there.Token(ctx, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {"none"}})
		return got.Error == "invalid_grant", err
	})

	// Signed in at one, with a session at both.
	tokens, err := web.SignIn(ctx, ann, url.Values{"scope": {"openid offline_access"}, "prompt": {"consent"}})
	if err != nil {
		t.Fatal(err)
	}
	again := &rig.Person{Agent: ann.Through(two.Address())}
	silent := web.Attempt(url.Values{"prompt": {"none"}})
	answer, err := again.Authorize(ctx, silent.URL, web.RedirectURI)
	if err != nil {
		t.Fatal(err)
	}
	if answer.Get("code") == "" || answer.Get("iss") != one.URL {
		t.Fatalf("the session is not seen by the other node: %v", answer)
	}

	// The other node's code is spent here, and then nowhere.
	if got, err := web.Redeem(ctx, silent, answer); err != nil || got.Status != http.StatusOK {
		t.Fatalf("the code of the other node: %+v %v", got, err)
	}
	if got, err := there.Redeem(ctx, silent, answer); err != nil || got.Error != "invalid_grant" {
		t.Fatalf("the code was spent twice: %+v %v", got, err)
	}

	// A family that was revoked here is dead there.
	if active, err := there.Active(ctx, tokens.Access); err != nil || !active {
		t.Fatalf("the access token is active at the other node: %v %v", active, err)
	}
	if status, body, err := web.Post(ctx, "/oauth/revoke", url.Values{"token": {tokens.Refresh}}); err != nil || status != http.StatusOK {
		t.Fatalf("revocation: %d %s %v", status, body, err)
	}
	within(t, time.Second, "the other node knows of the revocation", func(ctx context.Context) (bool, error) {
		active, err := there.Active(ctx, tokens.Access)
		return !active, err
	})
	if got, err := there.Renew(ctx, tokens.Refresh); err != nil || got.Error != "invalid_grant" {
		t.Fatalf("the revoked refresh token at the other node: %+v %v", got, err)
	}

	// An account that is disabled through one is refused by the other.
	fresh, err := there.SignIn(ctx, again, nil)
	if err != nil {
		t.Fatal(err)
	}
	if status, _, err := there.Userinfo(ctx, fresh.Access); err != nil || status != http.StatusOK {
		t.Fatalf("userinfo: %d %v", status, err)
	}
	if err := one.Command(ctx, nil, "account", "disable", "ann"); err != nil {
		t.Fatal(err)
	}
	within(t, time.Second, "the other node refuses the disabled account", func(ctx context.Context) (bool, error) {
		status, _, err := there.Userinfo(ctx, fresh.Access)
		return status == http.StatusUnauthorized, err
	})
}
