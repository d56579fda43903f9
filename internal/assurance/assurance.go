package assurance

import (
	"embed"
	"net/netip"
	"slices"
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/client"
	"github.com/cardea-iam/cardea/internal/factor"
	"github.com/cardea-iam/cardea/internal/store"
)

//go:embed migrations
var files embed.FS

// Migrations are the room's tables.
var Migrations = store.Migrations{Room: "assurance", Files: files}

// Pages stands for a client where a person signs in to Cardea's own pages: Client::"account".
const Pages client.ID = "account"

// Proof is what was proved, or what would be enough.
type Proof struct {
	Level             factor.Level `json:"level"`
	PhishingResistant bool         `json:"phishing_resistant"`
	// Methods are RFC 8176's. In what would be enough, one that must be among the proved ones;
	// nearly always there is none.
	Methods []string `json:"methods"`
}

// ProofOf is the proof that the strength of facts amounts to.
func ProofOf(s factor.Strength) Proof { return Proof{s.Level, s.PhishingResistant, s.AMR} }

// Want is what the dispatcher asks for to get at this proof, where it is a Verdict's Least.
func (p Proof) Want() factor.Want {
	w := factor.Want{Level: p.Level, PhishingResistant: p.PhishingResistant}
	if len(p.Methods) > 0 {
		w.Method = p.Methods[0] // Least names at most one
	}
	return w
}

// Signals is what is known of an attempt beside its proof. Each is a field of the context of
// policies; builtin/signin.cedarschema says what each means.
type Signals struct {
	FirstSignIn      bool   `json:"first_signin"`
	NewDevice        bool   `json:"new_device"`
	NewNetwork       bool   `json:"new_network"`
	NewCountry       bool   `json:"new_country"`
	ImpossibleTravel bool   `json:"impossible_travel"`
	BadReputation    bool   `json:"bad_reputation"`
	Dormant          bool   `json:"dormant"`
	BreachedPassword bool   `json:"breached_password"`
	AutomatedBrowser bool   `json:"automated_browser"`
	Remembered       bool   `json:"remembered"`
	Failures         int    `json:"failures"` // failed attempts since the last that succeeded
	Country          string `json:"country"`  // ISO 3166-1 alpha-2, "" where it is not known
	City             string `json:"city"`
	Network          string `json:"network"` // AS64500, 198.51.100.0/24 or 2001:db8::/48
}

// Attempt is one sign-in as policies see it.
type Attempt struct {
	Account account.ID `json:"-"`
	Client  client.ID  `json:"-"` // "" is Pages
	Signals
	MFAEnforced     bool       `json:"mfa_enforced"` // the tenant asks everybody for a second factor
	HasSecondFactor bool       `json:"has_second_factor"`
	Address         netip.Addr `json:"address,omitzero"`
	At              time.Time  `json:"at"`
}

// Outcome is what the policies ask of an attempt, whatever was proved in it.
type Outcome string

// The outcomes.
const (
	Allowed    Outcome = "allowed"    // one factor is enough
	Challenged Outcome = "challenged" // more than one factor is asked for
	Denied     Outcome = "denied"     // nothing is enough
)

// Effect is what a policy does to an attempt.
type Effect string

// The effects.
const (
	StepUp Effect = "step_up" // it asks for a stronger proof
	Deny   Effect = "deny"    // no proof is enough for it
	Notify Effect = "notify"  // the person is told
	Change Effect = "change"  // the password has to be changed
)

// order puts what stops a sign-in before what follows from it.
func (e Effect) order() int { return slices.Index([]Effect{Deny, StepUp, Notify, Change}, e) }

// Reason is a policy that had something to say.
type Reason struct {
	Policy string `json:"policy"` // its id; a further statement of one policy has "/2" and so on behind it
	Effect Effect `json:"effect"`
	Says   string `json:"says"` // plain words, from its @says
}

// Verdict is the answer for an attempt with what was proved in it.
type Verdict struct {
	Allowed bool
	// Least is what is enough: where Allowed is false, the least that is more than what was proved.
	// It is nil where nothing is: the attempt is denied whatever is proved.
	Least *Proof
	// Notify says that the person is told of the sign-in.
	Notify bool
	// ChangePassword says that the person has to choose another password.
	ChangePassword bool
	Outcome        Outcome
	Reasons        []Reason
}
