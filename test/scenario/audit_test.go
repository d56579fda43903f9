package scenario

import (
	"net/http"
	"net/url"
	"testing"
)

// audit compares what the server acknowledged with what it knows after its restart.
func (k *kill) audit(t *testing.T, entries []entry) {
	t.Helper()
	var (
		verifiers = map[string]string{}          // of codes
		tried     = map[string]bool{}            // codes
		redeemed  = map[string]int{}             // times
		children  = map[string]map[string]bool{} // of refresh tokens
		issued    []string                       // opaque tokens
		revoking  = map[string]bool{}
		revoked   = map[string]bool{}
	)
	for _, e := range entries {
		switch e.Did {
		case "code":
			verifiers[e.What] = e.Made
		case "trying":
			tried[e.What] = true
		case "redeemed":
			redeemed[e.What]++
		case "rotated":
			if children[e.What] == nil {
				children[e.What] = map[string]bool{}
			}
			children[e.What][e.Made] = true
		case "issued":
			issued = append(issued, e.What)
		case "revoking":
			revoking[e.What] = true
		case "revoked":
			revoked[e.What] = true
		}
	}
	if len(verifiers) == 0 || len(children) == 0 || len(issued) == 0 {
		t.Fatalf("the load was one-sided: %d codes, %d rotations, %d tokens", len(verifiers), len(children), len(issued))
	}
	k.auditCodes(t, verifiers, tried, redeemed)
	k.auditChains(t, children)
	for _, token := range issued {
		active, err := k.job.Active(t.Context(), token)
		switch {
		case err != nil:
			t.Fatal(err)
		case revoked[token] && active:
			t.Error("lost: a revocation")
		case !revoking[token] && !active:
			t.Error("lost: an issued token")
		}
	}
}

// auditCodes tries every code once more. One that was never tried works now; one that was
// redeemed does not; one whose redemption was cut off may do either, once.
func (k *kill) auditCodes(t *testing.T, verifiers map[string]string, tried map[string]bool, redeemed map[string]int) {
	t.Helper()
	for code, verifier := range verifiers {
		form := url.Values{
			"grant_type": {"authorization_code"}, "code": {code},
			"redirect_uri": {k.web.RedirectURI}, "code_verifier": {verifier},
		}
		for range 2 {
			got, err := k.web.Token(t.Context(), form)
			if err != nil {
				t.Fatal(err)
			}
			if got.Status == http.StatusOK {
				redeemed[code]++
			} else if got.Error != "invalid_grant" {
				t.Errorf("a code after the restart: %+v", got)
			}
		}
		if redeemed[code] > 1 {
			t.Errorf("a code was spent %d times", redeemed[code])
		}
		if !tried[code] && redeemed[code] == 0 {
			t.Error("lost: an issued code")
		}
	}
}

// auditChains goes on with every chain: its last acknowledged token still works. Then it replays
// the tokens before: none may have a second child.
func (k *kill) auditChains(t *testing.T, children map[string]map[string]bool) {
	t.Helper()
	for i, current := range k.chains {
		got, err := k.web.Renew(t.Context(), current)
		if err != nil {
			t.Fatal(err)
		}
		if got.Status != http.StatusOK {
			t.Fatalf("lost: the last refresh token of chain %d: %+v", i, got)
		}
		k.chains[i] = got.Refresh
	}
	// A replay may revoke its family, which is right: the chains begin anew afterwards.
	replayed := 0
	for parent, known := range children {
		if replayed++; replayed > 40 {
			break
		}
		got, err := k.web.Renew(t.Context(), parent)
		if err != nil {
			t.Fatal(err)
		}
		if got.Status == http.StatusOK {
			known[got.Refresh] = true
		}
		if len(known) > 1 {
			t.Errorf("a refresh token has %d children", len(known))
		}
	}
	for i, p := range k.people {
		tokens, err := k.web.SignIn(t.Context(), p, url.Values{"scope": {"openid offline_access"}, "prompt": {"consent"}})
		if err != nil {
			t.Fatal(err)
		}
		k.chains[i] = tokens.Refresh
	}
}
