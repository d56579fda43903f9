package passkey

import (
	"net/url"
	"regexp"
	"slices"

	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/setting"
)

// Conveyance says whether authenticators are asked to vouch for their model (WebAuthn L3 §5.4.7).
type Conveyance string

// The conveyances that are offered.
const (
	None   Conveyance = "none"
	Direct Conveyance = "direct"
)

// Rules are what a tenant's administrators decide about passkeys.
type Rules struct {
	Attestation     Conveyance `json:"attestation"`       // none, or direct: a new key comes with a valid statement
	AllowAAGUIDs    []string   `json:"allow_aaguids"`     // only these models; needs direct
	DenyAAGUIDs     []string   `json:"deny_aaguids"`      // none of these models
	DeviceBoundOnly bool       `json:"device_bound_only"` // no key that may be copied to other devices
	RequireUV       bool       `json:"require_uv"`        // PIN or biometrics each time
	RelatedOrigins  []string   `json:"related_origins"`   // of the default tenant: further origins that may use our keys
}

// Settings are the rules of each tenant.
//
// RelatedOrigins counts in the default tenant alone: the RP ID is the installation's host, all
// tenants share it, and one of them must not let strangers ask for the keys of the others.
var Settings = setting.Declare("passkeys", "Which passkeys are accepted, and what they must prove.",
	Rules{Attestation: None, AllowAAGUIDs: []string{}, DenyAAGUIDs: []string{}, RelatedOrigins: []string{}}, Rules.check)

// maxRelated is how many related origins a browser reads at least, where each is of another label
// (WebAuthn L3 §5.11.1).
const maxRelated = 5

// maxModels bounds the lists of models.
const maxModels = 500

var aaguidForm = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

func (s Rules) check() error {
	if s.Attestation != None && s.Attestation != Direct {
		return guard.Invalid("attestation", "Attestation is none or direct.")
	}
	for name, list := range map[string][]string{"allow_aaguids": s.AllowAAGUIDs, "deny_aaguids": s.DenyAAGUIDs} {
		if len(list) > maxModels || slices.ContainsFunc(list, func(a string) bool { return !aaguidForm.MatchString(a) }) {
			return guard.Invalid(name, "Name at most 500 models, each by its AAGUID in lower case, such as fdb141b2-5d84-443e-8a35-4698c205a502.")
		}
	}
	if len(s.AllowAAGUIDs) > 0 && s.Attestation != Direct {
		return guard.Invalid("allow_aaguids", "A list of allowed models needs attestation direct: without it anybody can claim any model.")
	}
	if len(s.RelatedOrigins) > maxRelated {
		return guard.Invalid("related_origins", "Browsers look at five related origins at most.")
	}
	for _, text := range s.RelatedOrigins {
		u, err := url.Parse(text)
		if err != nil || u.Scheme != "https" || u.Host == "" || "https://"+u.Host != text {
			return guard.Invalid("related_origins", "A related origin is https:// with a host, and a port if it is not 443.")
		}
	}
	return nil
}

// accepts reports whether a model may be registered.
func (s Rules) accepts(model string) bool {
	return !slices.Contains(s.DenyAAGUIDs, model) && (len(s.AllowAAGUIDs) == 0 || slices.Contains(s.AllowAAGUIDs, model))
}
