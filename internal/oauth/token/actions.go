package token

import (
	"github.com/cardea-iam/cardea/internal/client"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/issued"
	"github.com/cardea-iam/cardea/internal/oauth/mint"
	"github.com/cardea-iam/cardea/internal/store"
)

// Detail is what the log keeps of an issuance.
type Detail struct {
	Token    string `json:"token,omitempty"`    // jti of the access token
	Account  string `json:"account,omitempty"`  // whom it speaks for
	Audience string `json:"audience,omitempty"` // "" is the issuer itself
	Scope    string `json:"scope,omitempty"`
	Revoked  string `json:"revoked,omitempty"` // the grant that a replay ended
}

// The room's verbs. Each may run at read committed on PostgreSQL: the code is spent by one
// conditional UPDATE, the refresh token rotated by another, and what a grant hangs on (account,
// session, client) is tested again at every use of its tokens.
var (
	Redeem  = guard.Declare[issued.GrantID, Detail]("token.redeem", guard.Issue, "Give tokens for an authorization code", guard.Conditional)
	Refresh = guard.Declare[issued.GrantID, Detail]("token.refresh", guard.Issue, "Give new tokens for a refresh token", guard.Conditional)
	Issue   = guard.Declare[client.ID, Detail]("token.issue", guard.Issue, "Give an application a token in its own name", guard.Conditional)
)

// begin prepares an order inside its transaction and notes it for the log.
func begin(tx *store.Tx, m *mint.Mint, o mint.Order, detail *Detail) (*mint.Issuance, error) {
	i := m.Begin(o, tx.Now())
	*detail = Detail{Token: i.TokenID(), Audience: string(o.Resource.Audience), Scope: o.Reported.String()}
	if o.Grant != nil {
		detail.Account = string(o.Grant.Account)
	}
	return i, i.Write(tx)
}
