package api

import (
	"context"
	"net/http"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/id"
)

// NewEmail is an address to add to an account.
type NewEmail struct {
	// Email is the address.
	Email string `json:"email"`
	// EmailVerified says that you vouch for it: it signs in.
	EmailVerified bool `json:"email_verified,omitempty"`
}

// ChosenEmail names an address of an account.
type ChosenEmail struct {
	// Email is the address.
	Email string `json:"email"`
}

func emailEndpoints() []endpoint {
	return []endpoint{
		create("account.add_email", "/accounts/{id}/emails", account.Change, "Add an address to an account.", func(c *call, in NewEmail) (Account, error) {
			a, err := account.AddEmail(c.ctx(), c.api.Guard, c.who, c.tenant, account.ID(c.r.PathValue("id")), in.Email, in.EmailVerified)
			return showAccount(a), err
		}),
		send("account.verify_email", http.MethodPost, "/accounts/{id}/emails/verify", account.VerifyEmail, "Vouch for an account's address: it signs in from now on.", onEmail(account.ConfirmEmail)),
		send("account.prefer_email", http.MethodPost, "/accounts/{id}/emails/prefer", account.Change, "Make an address the account's primary one.", onEmail(account.PreferEmail)),
		send("account.remove_email", http.MethodPost, "/accounts/{id}/emails/remove", account.Change, "Take an address from an account.", onEmail(account.RemoveEmail)),
	}
}

// onEmail takes the address in the body: addresses do not belong in paths, which are logged.
func onEmail(do func(context.Context, *guard.Guard, caller.Caller, id.Tenant, account.ID, string) (account.Account, error)) func(*call, ChosenEmail) error {
	return func(c *call, in ChosenEmail) error {
		_, err := do(c.ctx(), c.api.Guard, c.who, c.tenant, account.ID(c.r.PathValue("id")), in.Email)
		return err
	}
}
