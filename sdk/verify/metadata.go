package verify

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
)

// wellKnown is the registered suffix of RFC 9728 §3.
const wellKnown = "/.well-known/oauth-protected-resource"

// resourceMetadata is the document of RFC 9728 §2.
type resourceMetadata struct {
	Resource             string   `json:"resource"`
	AuthorizationServers []string `json:"authorization_servers"`
	ScopesSupported      []string `json:"scopes_supported,omitempty"`
	BearerMethods        []string `json:"bearer_methods_supported"`
	Name                 string   `json:"resource_name,omitempty"`
}

// MetadataHandler serves this API's metadata (RFC 9728): which issuer's tokens it takes, and which
// scopes it knows. Mount it at MetadataPath.
func (v *Verifier) MetadataHandler() http.Handler {
	body, err := json.Marshal(resourceMetadata{
		Resource:             v.cfg.Audience,
		AuthorizationServers: []string{v.cfg.Issuer},
		ScopesSupported:      v.cfg.Scopes,
		BearerMethods:        []string{"header"},
		Name:                 v.cfg.Name,
	})
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if err != nil {
			http.Error(w, "the metadata cannot be written", http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Cache-Control", "public, max-age=3600")
		// Clients in browsers of any origin may read it; it holds nothing private.
		w.Header().Set("Access-Control-Allow-Origin", "*")
		// The client may be gone; there is nobody else to tell.
		_, _ = w.Write(body)
	})
}

// MetadataPath is where RFC 9728 §3.1 puts the metadata: the well-known part, then the path of
// the audience. It is the bare well-known path when Audience is not a URL.
func (v *Verifier) MetadataPath() string {
	u, err := url.Parse(v.metadata)
	if err != nil || v.metadata == "" {
		return wellKnown
	}
	return u.EscapedPath()
}

// metadataURL is the address of the metadata of an audience, empty when that is not a URL.
func metadataURL(audience string) string {
	u, err := url.Parse(audience)
	if err != nil || checkURL(audience) != nil {
		return ""
	}
	return u.Scheme + "://" + u.Host + wellKnown + strings.TrimSuffix(u.EscapedPath(), "/")
}
