package authorize

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/cardea-iam/cardea/internal/factor"
	"github.com/cardea-iam/cardea/internal/oauth"
	"github.com/cardea-iam/cardea/internal/oauth/hint"
)

func prompts(e *examination) (err error) {
	// OpenID Connect Core 1.0 §3.1.2.1: none together with another value is an error
	if e.prompt, err = oauth.ParsePrompt(e.params.Get("prompt")); err != nil {
		return err
	}
	// OpenID Connect Core 1.0 §3.1.2.1: login asks for a sign-in, though there is a session
	if e.prompt.Has(oauth.PromptLogin) {
		e.want.NotOlder = e.at
	}
	return nil
}

func maxAge(e *examination) error {
	text := e.params.Get("max_age")
	// OpenID Connect Dynamic Client Registration 1.0 §2: max_age overrides default_max_age
	if text == "" && e.client.DefaultMaxAge > 0 {
		text = strconv.FormatInt(e.client.DefaultMaxAge, 10)
	}
	age, err := oauth.ParseMaxAge(text)
	if err != nil {
		return err
	}
	// OpenID Connect Core 1.0 §3.1.2.1, RFC 9470 §4: a sign-in longer ago than max_age is repeated
	e.want.NotOlder = latest(e.want.NotOlder, age.NotOlder(e.at))
	return nil
}

func latest(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

func requestedClaims(e *examination) (err error) {
	// OpenID Connect Core 1.0 §5.5: claims asks for single claims
	if e.claims, err = oauth.ParseClaims(e.params.Get("claims")); err != nil {
		return err
	}
	// OpenID Connect Core 1.0 §3.1.2.2: where a certain sub is asked for, only that person gets a positive answer
	if sub, asked := e.claims.ForIDToken("sub"); asked && len(sub.Values) > 0 {
		if e.subjects = sub.Strings(); len(e.subjects) == 0 {
			return oauth.InvalidRequest("claims: a sub is a string")
		}
	}
	return nil
}

// maxACR bounds the acr values that are looked at.
const maxACR = 20

func authenticationContext(e *examination) error {
	values := strings.SplitN(e.params.Get("acr_values"), " ", maxACR+1)
	asks := values[0] != ""
	claim, asked := e.claims.ForIDToken("acr")
	if asked && len(claim.Values) > 0 {
		// OpenID Connect Core 1.0 §5.5.1.1: acr asked for as a claim goes before acr_values
		values, asks = claim.Strings(), true
	}
	// OpenID Connect Core 1.0 §3.1.2.1: acr_values are in order of preference
	for _, v := range values {
		if class, ok := factor.ClassOf(v); ok && e.room.Reach.Meets(class.Want) {
			e.classes = append(e.classes, class)
		}
	}
	// OpenID Connect Core 1.0 §5.5.1.1: an essential acr has to be met
	e.needed = asked && claim.Essential && len(claim.Values) > 0
	// RFC 9470 §5: for an API's token the classes asked for are necessary, lest the client gets one that the API has refused already
	e.needed = e.needed || asks && len(e.apis) > 0
	// OpenID Connect Core Error Code unmet_authentication_requirements 1.0 §2: what is necessary and cannot be reached here is a failed sign-in
	if e.needed && len(e.classes) == 0 {
		return oauth.UnmetAuthenticationRequirements("none of the acr values that are needed can be reached here")
	}
	return nil
}

func hintedPerson(e *examination) error {
	text := e.params.Get("id_token_hint")
	if text == "" {
		return nil
	}
	h, err := hint.Read(e.ctx, e.room.Ring, e.tenant, e.issuer, text, e.at)
	// OpenID Connect Core 1.0 §3.1.2.1: the hint is an ID token that this server issued
	if errors.Is(err, hint.ErrInvalid) || err == nil && !h.For(string(e.client.ID)) {
		return oauth.InvalidRequest("id_token_hint is not an ID token that this server made for this client").Because(err)
	}
	if err != nil {
		return err
	}
	if len(e.subjects) > 0 && !slices.Contains(e.subjects, h.Subject) {
		return oauth.InvalidRequest("id_token_hint and the sub in claims are about different people")
	}
	e.subjects = []string{h.Subject}
	return nil
}

const (
	maxHint    = 320 // bytes: the longest mail address
	maxLocales = 10
	maxLocale  = 35 // bytes
)

func hints(e *examination) error {
	// OpenID Connect Core 1.0 §3.1.2.1: login_hint is a hint, which may be left unused
	if text := e.params.Get("login_hint"); len(text) <= maxHint {
		e.loginHint = text
	}
	// OpenID Connect Core 1.0 §3.1.2.1: locales that are not supported are no error
	for tag := range strings.FieldsSeq(e.params.Get("ui_locales")) {
		if len(tag) <= maxLocale && len(e.locales) < maxLocales {
			e.locales = append(e.locales, tag)
		}
	}
	return nil
}
