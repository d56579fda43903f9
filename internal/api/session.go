package api

import (
	"net/http"
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/session"
)

// Session is a person's session in a browser, as the API shows it.
type Session struct {
	// ID is the session's identifier, the sid of ID tokens.
	ID session.ID `json:"id"`
	// Account is whose session it is.
	Account account.ID `json:"account"`
	// AMR are the methods that the person proved (RFC 8176).
	AMR []string `json:"amr"`
	// AuthTime is when the person last proved something.
	AuthTime time.Time `json:"auth_time,omitzero"`
	// Address is where the session began.
	Address string `json:"address"`
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
		act("session.revoke", http.MethodDelete, "/sessions/{id}", session.Revoke, "End somebody's session.", onID(session.RevokeOne)),
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
		out[i] = Session{ID: s.ID, Account: s.Account, AMR: append([]string{}, strength.AMR...), AuthTime: strength.At,
			Address: s.Address, Agent: s.Agent, CreatedAt: s.CreatedAt, SeenAt: s.SeenAt, ExpiresAt: s.ExpiresAt}
	}
	return out, err
}
