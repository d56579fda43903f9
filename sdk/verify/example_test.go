package verify_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/cardea-iam/cardea/sdk/verify"
)

// An API with one public page, one page that needs a scope, and metadata for its clients.
func Example() {
	issuer := newTestIssuer(new(testing.T)) // in your program: Cardea
	v, err := verify.New(context.Background(), verify.Config{
		Issuer:   issuer.server.URL,
		Audience: "http://localhost:8082/api",
		Scopes:   []string{"read:events"},
		Now:      issuer.clock, // leave it out: time.Now is the default
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	mux := http.NewServeMux()
	mux.Handle("GET "+v.MetadataPath(), v.MetadataHandler())
	mux.Handle("GET /api/events", v.RequireScope("read:events")(http.HandlerFunc(
		func(w http.ResponseWriter, r *http.Request) {
			token, _ := verify.FromContext(r.Context())
			fmt.Fprintf(w, "the events of %s, for %s", token.Subject, token.ClientID)
		})))

	api := httptest.NewServer(mux)
	defer api.Close()
	for _, token := range []string{issuer.token(nil, nil), issuer.token(map[string]any{"scope": "openid"}, nil)} {
		req, err := http.NewRequest(http.MethodGet, api.URL+"/api/events", nil)
		if err != nil {
			fmt.Println(err)
			return
		}
		req.Header.Set("Authorization", "Bearer "+token)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			fmt.Println(err)
			return
		}
		body, _ := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		fmt.Println(resp.StatusCode, string(body))
	}
	// Output:
	// 200 the events of acc_ada, for hireme123
	// 403 {"error":"insufficient_scope","error_description":"the access token does not grant what this request needs"}
}

// With introspection, access that was withdrawn is refused within a second.
func ExampleConfig_introspection() {
	issuer := newTestIssuer(new(testing.T)) // in your program: Cardea
	v, err := verify.New(context.Background(), verify.Config{
		Issuer:        issuer.server.URL,
		Audience:      "http://localhost:8082/api",
		Introspection: verify.Introspection{ClientID: "calendar:api", ClientSecret: "s:cret"},
		Now:           issuer.clock,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = v.Verify(context.Background(), issuer.token(nil, nil)) // the issuer knows nothing of it any more
	fmt.Println(err)
	// Output:
	// verify: the access token expired or was withdrawn
}
