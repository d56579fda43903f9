package authorize

// step is one check of a request.
type step struct {
	name   string // what must hold
	source string // who demands it
	check  func(*examination) error
}

// steps are all checks of a request, in order. Until the second has passed an error is a page;
// from then on it goes to the client, from the fourth on in the response mode that it asked for.
var steps = []step{
	{"client_id names an active client", "RFC 6749 §4.1.1", knownClient},
	{"redirect_uri is one of the client's", "RFC 9700 §2.1", registeredTarget},

	{"state is kept, whatever it says", "RFC 6749 §4.1.1", keepState},
	{"response_mode is query or form_post", "OAuth 2.0 Form Post Response Mode §2", responseMode},
	{"there is no request object and no registration", "OpenID Connect Core 1.0 §6, §7.2.1", noRequestObject},
	{"response_type is code", "RFC 6749 §3.1.1", responseType},
	{"the client may use the authorization code grant", "RFC 6749 §4.1.2.1", allowedGrant},
	{"scope asks for nothing that the client may not ask for", "RFC 6749 §3.3", allowedScopes},
	{"resource names APIs that the client may reach and that the scopes belong to", "RFC 8707 §2", reachableResources},
	{"code_challenge is there, by S256", "RFC 7636 §4.4.1", codeChallenge},
	{"nonce is of a reasonable length", "OpenID Connect Core 1.0 §3.1.2.1", keepNonce},
	{"prompt is none, or any of login, consent, select_account", "OpenID Connect Core 1.0 §3.1.2.1", prompts},
	{"max_age is a number, the client's default else", "OpenID Connect Core 1.0 §3.1.2.1", maxAge},
	{"claims is well-formed", "OpenID Connect Core 1.0 §5.5", requestedClaims},
	{"an acr that is needed can be reached", "OpenID Connect Core 1.0 §5.5.1.1, RFC 9470 §5", authenticationContext},
	{"id_token_hint is our ID token for this client", "OpenID Connect Core 1.0 §3.1.2.1", hintedPerson},
	{"login_hint and ui_locales help the pages", "OpenID Connect Core 1.0 §3.1.2.1", hints},
}
