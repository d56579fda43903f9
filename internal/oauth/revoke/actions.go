package revoke

import "github.com/cardea-iam/cardea/internal/guard"

// TokenID names a token in the log: the id of a refresh token's grant, the jti of an access token.
type TokenID string

// Detail is what the log keeps of a revocation.
type Detail struct {
	Kind  string `json:"kind"` // refresh_token or access_token
	Grant string `json:"grant,omitempty"`
}

// Revoke is the room's verb. Each kind of token ends by one conditional statement.
var Revoke = guard.Declare[TokenID, Detail]("token.revoke", guard.Issue, "Take back a token at the request of the application that has it", guard.Conditional)
