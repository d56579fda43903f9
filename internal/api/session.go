package api

import (
	"net/http"
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/assurance"
	"github.com/cardea-iam/cardea/internal/factor"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/session"
	"github.com/cardea-iam/cardea/internal/store"
)

// Session is a person's session in a browser, as the API shows it.
type Session struct {
	// ID is the session's identifier, the sid of ID tokens.
	ID session.ID `json:"id"`
	// Account is whose session it is.
	Account account.ID `json:"account"`
	// ACR is the level of assurance that the session has now: aal1, aal2 or aal3. It falls with time.
	ACR string `json:"acr"`
	// Factors are what the person proved, in the order in which they did.
	Factors []factor.Kind `json:"factors"`
	// AMR are the methods that the person proved (RFC 8176).
	AMR []string `json:"amr"`
	// AuthTime is when the person last proved something.
	AuthTime time.Time `json:"auth_time,omitzero"`
	// Address is where the session began.
	Address string `json:"address"`
	// Country is the address's (ISO 3166-1 alpha-2), where a GeoIP file of the server knows it.
	Country string `json:"country,omitempty"`
	// City is the address's, in English, where a GeoIP file of the server knows it.
	City string `json:"city,omitempty"`
	// Agent is the browser with which it began, in the browser's words.
	Agent string `json:"user_agent"`
	// CreatedAt is when it began.
	CreatedAt time.Time `json:"created_at"`
	// SeenAt is when it was last used, to the minute.
	SeenAt time.Time `json:"seen_at"`
	// ExpiresAt is its absolute end.
	ExpiresAt time.Time `json:"expires_at"`
}

func sessionEndpoints() []endpoint {
	return []endpoint{
		list("session.list", "/sessions", session.ListAll, "List the living sessions, newest first.",
			[]param{{name: "account", doc: "Only the sessions of this account."}}, pageSessions, func(s Session) string { return string(s.ID) }),
		act("session.revoke", http.MethodDelete, "/sessions/{id}", session.Revoke, "End somebody's session.", func(c *call) error {
			return session.RevokeOne(c.ctx(), c.api.Guard, c.who, c.tenant, session.ID(c.r.PathValue("id")), assurance.ForgetSession)
		}),
		act("account.end_sessions", http.MethodDelete, "/accounts/{id}/sessions", session.RevokeAll, "End all sessions of an account, and what hangs on them.", func(c *call) error {
			return session.RevokeEvery(c.ctx(), c.api.Guard, c.who, c.tenant, account.ID(c.r.PathValue("id")), func(tx *store.Tx, tenant id.Tenant, who account.ID) error {
				return assurance.Forget(tx, tenant, who, nil)
			})
		}),
	}
}

func pageSessions(c *call, after string, limit int) ([]Session, error) {
	who := account.ID(c.query["account"])
	if who != "" && who.Check() != nil {
		return nil, account.ErrNone
	}
	found, err := session.Page(c.ctx(), c.api.Guard, c.who, c.tenant, who, session.ID(after), limit)
	out := make([]Session, len(found))
	for i, s := range found {
		strength := s.Strength()
		place := c.api.Assurance.Place(s.Address)
		out[i] = Session{ID: s.ID, Account: s.Account, ACR: strength.Level.ACR(), Factors: factor.KindsOf(s.Proved), AMR: append([]string{}, strength.AMR...), AuthTime: strength.At,
			Address: s.Address, Country: place.Country, City: place.City, Agent: s.Agent, CreatedAt: s.CreatedAt, SeenAt: s.SeenAt, ExpiresAt: s.ExpiresAt}
	}
	return out, err
}
