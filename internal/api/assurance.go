package api

import (
	"net/http"
	"reflect"
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/assurance"
	"github.com/cardea-iam/cardea/internal/client"
	"github.com/cardea-iam/cardea/internal/session"
	"github.com/cardea-iam/cardea/internal/strictjson"
)

// Policy is a policy of sign-in.
type Policy struct{ assurance.Policy }

func (p Policy) version() int64 { return p.Version }

// PolicySettings is what may be changed of a policy of the tenant's own.
type PolicySettings struct {
	// Name is unique in the tenant: 1 to 64 of a to z, 0 to 9 and inner . _ -
	Name string `json:"name"`
	// Source is one to twenty forbids in Cedar, each with @says("…"): what it does, in plain words.
	Source string `json:"source"`
}

// PolicyNew is a policy to add.
type PolicyNew struct {
	PolicySettings
	// Disabled adds it without switching it on.
	Disabled bool `json:"disabled,omitempty"`
}

// Trial is a policy to try on what is past.
type Trial struct {
	// Source is the policy, in Cedar. It may be left out where Instead is given: then the question is
	// what happens without that one.
	Source string `json:"source,omitempty"`
	// Instead is the policy whose place it would take, by id.
	Instead assurance.PolicyID `json:"instead,omitempty"`
}

// SignIn is a recorded attempt to sign in, which the policies let come so far.
type SignIn struct {
	ID      assurance.SignInID `json:"id"`
	Account account.ID         `json:"account"`
	// Client is the application, "account" for the pages of Cardea.
	Client client.ID `json:"client_id"`
	At     time.Time `json:"at"`
	// Outcome is what the policies asked for: allowed (one factor), challenged (more) or denied.
	Outcome assurance.Outcome `json:"outcome"`
	// Refused tells that it did not become a session.
	Refused bool `json:"refused"`
	// Told tells that the policies wanted the person told.
	Told bool `json:"told"`
	// ACR is the level that was proved: aal1, aal2, aal3.
	ACR string `json:"acr"`
	// AMR are the methods that were proved (RFC 8176).
	AMR []string `json:"amr"`
	// Signals are what was unusual, by the names that policies know.
	Signals []string `json:"signals"`
	Address string   `json:"address,omitempty"`
	Country string   `json:"country,omitempty"`
	City    string   `json:"city,omitempty"`
	Network string   `json:"network,omitempty"`
	// Device is desktop, phone, tablet or other.
	Device  string             `json:"device"`
	Session session.ID         `json:"session,omitempty"`
	Reasons []assurance.Reason `json:"reasons"`
}

// SignInExplained is a recorded attempt with the reasons in plain words.
type SignInExplained struct {
	SignIn
	// Explanation has a sentence a line.
	Explanation []string `json:"explanation"`
}

func signInOf(s assurance.SignIn) SignIn {
	out := SignIn{
		ID: s.ID, Account: s.Account, Client: s.Client, At: s.At, Outcome: s.Outcome, Refused: s.Refused, Told: s.Notified,
		ACR: s.Proof.Level.ACR(), AMR: append([]string{}, s.Proof.Methods...), Signals: s.Present(),
		Country: s.Country, City: s.City, Network: s.Network, Device: s.Device, Session: s.Session, Reasons: append([]assurance.Reason{}, s.Reasons...),
	}
	if s.Address.IsValid() {
		out.Address = s.Address.String()
	}
	return out
}

func assuranceEndpoints() []endpoint {
	return []endpoint{
		list("assurance.list", "/assurance/policies", assurance.ListPolicies, "List the policies of sign-in, the built-in ones first.", nil,
			func(c *call, after string, limit int) ([]assurance.Policy, error) {
				return c.api.Assurance.Page(c.ctx(), c.who, c.tenant, assurance.PolicyID(after), limit)
			}, func(p assurance.Policy) string { return string(p.ID) }),
		create("assurance.create", "/assurance/policies", assurance.AddPolicy, "Add a policy of sign-in and switch it on.", func(c *call, in PolicyNew) (Policy, error) {
			p, err := c.api.Assurance.Create(c.ctx(), c.who, c.tenant, assurance.Wish{Name: in.Name, Source: in.Source}, in.Disabled)
			return Policy{p}, err
		}),
		get("assurance.show", "/assurance/policies/{id}", assurance.ShowPolicy, "Look at a policy of sign-in.", nil, lookPolicy),
		change("assurance.update", "/assurance/policies/{id}", assurance.ChangePolicy, "Change a policy of the tenant's own.", func(c *call) (PolicySettings, int64, error) {
			p, err := lookPolicy(c)
			return PolicySettings{p.Name, p.Source}, p.Version, err
		}, func(c *call, in PolicySettings, version int64) (Policy, error) {
			p, err := c.api.Assurance.Update(c.ctx(), c.who, c.tenant, policyID(c), assurance.Wish{Name: in.Name, Source: in.Source}, version)
			return Policy{p}, err
		}),
		act("assurance.enable", http.MethodPost, "/assurance/policies/{id}/enable", assurance.EnablePolicy, "Switch a policy of sign-in on.", func(c *call) error {
			return c.api.Assurance.Enable(c.ctx(), c.who, c.tenant, policyID(c))
		}),
		act("assurance.disable", http.MethodPost, "/assurance/policies/{id}/disable", assurance.StopPolicy, "Switch a policy of sign-in off, also a built-in one.", func(c *call) error {
			return c.api.Assurance.Disable(c.ctx(), c.who, c.tenant, policyID(c))
		}),
		act("assurance.delete", http.MethodDelete, "/assurance/policies/{id}", assurance.RemovePolicy, "Remove a policy of the tenant's own.", func(c *call) error {
			return c.api.Assurance.Delete(c.ctx(), c.who, c.tenant, policyID(c))
		}),
		{
			name: "assurance.simulate", method: http.MethodPost, path: "/assurance/simulate", action: assurance.Trial.Name(), costly: true,
			doc: "Try a policy on the sign-ins of the last 30 days, without switching it on.", in: reflect.TypeFor[Trial](), out: reflect.TypeFor[assurance.Simulation](),
			run: simulate,
		},
		list("signin.list", "/signins", assurance.ListSignIns, "List the sign-ins of the last 30 days, newest first.",
			[]param{{name: "account", doc: "Only the sign-ins of this account."}}, pageSignIns, func(s SignIn) string { return string(s.ID) }),
		get("signin.explain", "/signins/{id}", assurance.ShowSignIn, "Explain why a sign-in went as it did.", nil, func(c *call) (SignInExplained, error) {
			s, why, err := c.api.Assurance.Explain(c.ctx(), c.who, c.tenant, assurance.SignInID(c.r.PathValue("id")))
			return SignInExplained{signInOf(s), why}, err
		}),
	}
}

func policyID(c *call) assurance.PolicyID { return assurance.PolicyID(c.r.PathValue("id")) }

func lookPolicy(c *call) (Policy, error) {
	p, err := c.api.Assurance.Look(c.ctx(), c.who, c.tenant, policyID(c))
	return Policy{p}, err
}

func simulate(c *call) (any, error) {
	body, err := c.body("application/json")
	if err != nil {
		return nil, err
	}
	var in Trial
	if err := strictjson.Unmarshal(body, &in); err != nil {
		return nil, err
	}
	return c.api.Assurance.Simulate(c.ctx(), c.who, c.tenant, assurance.Candidate{Source: in.Source, Instead: in.Instead})
}

func pageSignIns(c *call, after string, limit int) ([]SignIn, error) {
	who := account.ID(c.query["account"])
	if who != "" && who.Check() != nil {
		return nil, account.ErrNone
	}
	found, err := c.api.Assurance.SignIns(c.ctx(), c.who, c.tenant, who, assurance.SignInID(after), limit)
	out := make([]SignIn, len(found))
	for i, s := range found {
		out[i] = signInOf(s)
	}
	return out, err
}
