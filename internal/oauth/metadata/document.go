package metadata

import (
	"encoding/json"

	"github.com/cardea-iam/cardea/internal/factor"
	"github.com/cardea-iam/cardea/internal/jose"
	"github.com/cardea-iam/cardea/internal/oauth"
)

// document is the metadata of an issuer. Members that would be empty are not there: an absent
// member has the meaning that its specification gives it.
type document struct {
	// RFC 8414 §2 and OpenID Connect Discovery 1.0 §3.
	Issuer                string `json:"issuer"`
	AuthorizationEndpoint string `json:"authorization_endpoint"`
	TokenEndpoint         string `json:"token_endpoint"`
	UserinfoEndpoint      string `json:"userinfo_endpoint"`
	JWKSURI               string `json:"jwks_uri"`
	IntrospectionEndpoint string `json:"introspection_endpoint"`
	RevocationEndpoint    string `json:"revocation_endpoint"`
	// OpenID Connect RP-Initiated Logout 1.0 §2.1.
	EndSessionEndpoint string `json:"end_session_endpoint"`

	ScopesSupported        []oauth.Scope            `json:"scopes_supported"`
	ResponseTypesSupported []oauth.ResponseType     `json:"response_types_supported"`
	ResponseModesSupported []oauth.ResponseMode     `json:"response_modes_supported"`
	GrantTypesSupported    []oauth.GrantType        `json:"grant_types_supported"`
	SubjectTypesSupported  []oauth.SubjectType      `json:"subject_types_supported"`
	TokenAuth              []oauth.ClientAuthMethod `json:"token_endpoint_auth_methods_supported"`
	IntrospectionAuth      []oauth.ClientAuthMethod `json:"introspection_endpoint_auth_methods_supported"`
	RevocationAuth         []oauth.ClientAuthMethod `json:"revocation_endpoint_auth_methods_supported"`
	CodeChallengeMethods   []string                 `json:"code_challenge_methods_supported"`
	IDTokenAlgorithms      []jose.Algorithm         `json:"id_token_signing_alg_values_supported"`
	UserinfoAlgorithms     []jose.Algorithm         `json:"userinfo_signing_alg_values_supported"`

	// OpenID Connect Discovery 1.0 §3.
	ACRValuesSupported     []string `json:"acr_values_supported"`
	DisplayValuesSupported []string `json:"display_values_supported"`
	ClaimTypesSupported    []string `json:"claim_types_supported"`
	ClaimsSupported        []string `json:"claims_supported"`
	UILocalesSupported     []string `json:"ui_locales_supported"`
	ClaimsParameter        bool     `json:"claims_parameter_supported"`
	RequestParameter       bool     `json:"request_parameter_supported"`
	RequestURIParameter    bool     `json:"request_uri_parameter_supported"` // its default is true
	// Initiating User Registration via OpenID Connect 1.0 §3.
	PromptValuesSupported []string `json:"prompt_values_supported"`
	// RFC 9207 §3.
	IssParameter bool `json:"authorization_response_iss_parameter_supported"`
}

// algorithms that clients may choose for their ID tokens and signed UserInfo responses.
var algorithms = []jose.Algorithm{jose.RS256, jose.ES256, jose.PS256, jose.EdDSA}

func newDocument(issuer string, o Options) document {
	d := document{
		// RFC 8414 §3.3: issuer is the identifier from which the address of this document was made
		Issuer:                issuer,
		AuthorizationEndpoint: issuer + "/oauth/authorize",
		TokenEndpoint:         issuer + "/oauth/token",
		UserinfoEndpoint:      issuer + "/oauth/userinfo",
		JWKSURI:               issuer + "/oauth/jwks",
		IntrospectionEndpoint: issuer + "/oauth/introspect",
		RevocationEndpoint:    issuer + "/oauth/revoke",
		// OpenID Connect RP-Initiated Logout 1.0 §2.1: the metadata names the logout endpoint
		EndSessionEndpoint: issuer + "/oauth/logout",

		ScopesSupported: []oauth.Scope{oauth.ScopeOpenID, oauth.ScopeProfile, oauth.ScopeEmail, oauth.ScopeAddress, oauth.ScopePhone, oauth.ScopeOfflineAccess},
		// RFC 9700 §2.1.2: no response type issues tokens from the authorization endpoint
		ResponseTypesSupported: []oauth.ResponseType{oauth.ResponseTypeCode},
		ResponseModesSupported: []oauth.ResponseMode{oauth.ResponseModeQuery, oauth.ResponseModeFormPost},
		// RFC 9700 §2.4: the password grant is not among them
		GrantTypesSupported:   []oauth.GrantType{oauth.GrantAuthorizationCode, oauth.GrantRefreshToken, oauth.GrantClientCredentials},
		SubjectTypesSupported: []oauth.SubjectType{oauth.SubjectPublic, oauth.SubjectPairwise},
		TokenAuth:             []oauth.ClientAuthMethod{oauth.ClientAuthBasic, oauth.ClientAuthPost, oauth.ClientAuthNone},
		// RFC 7662 §2.1: whoever introspects must authenticate
		IntrospectionAuth: []oauth.ClientAuthMethod{oauth.ClientAuthBasic, oauth.ClientAuthPost},
		RevocationAuth:    []oauth.ClientAuthMethod{oauth.ClientAuthBasic, oauth.ClientAuthPost, oauth.ClientAuthNone},
		// RFC 9700 §2.1.1: support of PKCE is published; plain does not exist
		CodeChallengeMethods: []string{oauth.MethodS256},
		// OpenID Connect Discovery 1.0 §3: RS256 must be among the ID token's algorithms
		IDTokenAlgorithms:  algorithms,
		UserinfoAlgorithms: algorithms,

		DisplayValuesSupported: []string{"page", "popup", "touch"},
		ClaimTypesSupported:    []string{"normal"},
		ClaimsSupported:        []string{"iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "sid", "at_hash"},
		UILocalesSupported:     o.Locales,
		ClaimsParameter:        true,
		PromptValuesSupported:  []string{"none", "login", "consent", "select_account"},
		// RFC 9207 §2.3: a server that sends iss says so
		IssParameter: true,
	}
	// RFC 9470 §7: the acr values are those that the factors of this server can prove
	for _, class := range factor.Classes() {
		if o.Reach.Meets(class.Want) {
			d.ACRValuesSupported = append(d.ACRValuesSupported, class.ACR)
		}
	}
	for _, scope := range d.ScopesSupported {
		d.ClaimsSupported = append(d.ClaimsSupported, oauth.ScopeClaims(scope)...)
	}
	return d
}

func (d document) render() ([]byte, error) { return json.Marshal(d) }
