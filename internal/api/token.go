package api

import (
	"net/http"
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/apitoken"
	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/guard"
)

// TokenSettings is the wish for an API token.
type TokenSettings struct {
	// Account is in whose name the token speaks; the caller's own if not given.
	Account account.ID `json:"account,omitempty"`
	// Name says what the token is for.
	Name string `json:"name"`
	// ExpiresIn is its life in seconds: 60 to 366 days, 90 days if not given. A token that is
	// made with a token ends no later than that one.
	ExpiresIn int64 `json:"expires_in,omitempty"`
}

// NewToken is an API token that was just made.
type NewToken struct {
	apitoken.Token
	// Text is the token itself, shown this once and stored nowhere.
	Text string `json:"token"`
}

func tokenEndpoints() []endpoint {
	return []endpoint{
		list("token.list", "/tokens", apitoken.ListAll, "List the living API tokens; one's own need no role.",
			[]param{{name: "account", doc: "Only the tokens that speak for this account."}},
			func(c *call, after string, limit int) ([]apitoken.Token, error) {
				return apitoken.Page(c.ctx(), c.api.Guard, c.who, c.tenant, account.ID(c.query["account"]), apitoken.ID(after), limit)
			}, func(t apitoken.Token) string { return string(t.ID) }),
		create("token.create", "/tokens", apitoken.Create, "Make an API token; one's own needs no role. The answer holds it, this once.", makeToken),
		act("token.delete", http.MethodDelete, "/tokens/{id}", apitoken.Delete, "End an API token; one's own needs no role.", onID(apitoken.Remove)),
	}
}

func makeToken(c *call, in TokenSettings) (NewToken, error) {
	if in.Account == "" {
		if c.who.Kind != caller.Account {
			return NewToken{}, guard.Invalid("account", "Name the account that the token speaks for.")
		}
		in.Account = account.ID(c.who.ID)
	}
	if in.ExpiresIn < 0 || in.ExpiresIn > int64(apitoken.MaxLifetime/time.Second) {
		return NewToken{}, guard.Invalid("expires_in", "A token lives from one minute to 366 days.")
	}
	t, text, err := apitoken.Make(c.ctx(), c.api.Guard, c.who, c.api.Root, c.tenant, apitoken.New{
		Account: in.Account, Name: in.Name, Lifetime: time.Duration(in.ExpiresIn) * time.Second, Until: c.until})
	if err != nil {
		return NewToken{}, err
	}
	return NewToken{t, text.Reveal()}, nil
}
