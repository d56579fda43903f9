package api

import (
	"context"
	"net/http"
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/factor/password"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/lifecycle"
	"github.com/cardea-iam/cardea/internal/store"
)

// Account is an account as the API shows it. The standard claims are members of it.
type Account struct {
	// ID is the account's identifier, and the sub of public subjects.
	ID account.ID `json:"id"`
	// Username is what the person signs in with.
	Username account.Username `json:"username"`
	account.Claims
	// Emails are the addresses that the account claims.
	Emails []account.Email `json:"emails"`
	// PhoneVerifiedAt is when the telephone number was verified.
	PhoneVerifiedAt time.Time `json:"phone_number_verified_at,omitzero"`
	// DisabledAt is when the account was disabled.
	DisabledAt time.Time `json:"disabled_at,omitzero"`
	// DeletionDueAt is when the account will be erased, because its person asked for that.
	DeletionDueAt time.Time `json:"deletion_due_at,omitzero"`
	// CreatedAt is when the account was made.
	CreatedAt time.Time `json:"created_at"`
	// UpdatedAt is when anything of this last changed.
	UpdatedAt time.Time `json:"updated_at"`
	// Version grows with every change; it is the entity tag.
	Version int64 `json:"version"`
}

func (a Account) version() int64 { return a.Version }

func showAccount(a account.Account) Account {
	return Account{ID: a.ID, Username: a.Username, Claims: a.Claims, Emails: a.Emails, PhoneVerifiedAt: a.PhoneVerifiedAt,
		DisabledAt: a.DisabledAt, DeletionDueAt: a.DeletionDueAt, CreatedAt: a.CreatedAt, UpdatedAt: a.UpdatedAt, Version: a.Version}
}

// AccountSettings is what may be changed of an account.
type AccountSettings struct {
	// Username is what the person signs in with.
	Username string `json:"username"`
	account.Claims
}

// NewAccount is the wish for an account.
type NewAccount struct {
	AccountSettings
	// Email is the first address of the account.
	Email string `json:"email,omitempty"`
	// EmailVerified says that you vouch for the address: it signs in.
	EmailVerified bool `json:"email_verified,omitempty"`
	// Password is the first password; without one the account cannot sign in by password.
	Password string `json:"password,omitempty"`
}

// Password is a new password.
type Password struct {
	// Password is at least 15 characters, and none that is common or was breached.
	Password string `json:"password"`
	// Temporary says that the person has to choose another at the next sign-in.
	Temporary bool `json:"temporary,omitempty"`
}

func accountEndpoints() []endpoint {
	return []endpoint{
		list("account.list", "/accounts", account.ListAll, "List the accounts.", []param{
			{name: "username", doc: "Only the account of this username, in any spelling of it."},
			{name: "email", doc: "Only accounts that claim this address."},
			{name: "disabled", doc: "Only disabled accounts (true), or only others (false)."},
		}, pageAccounts, func(a Account) string { return string(a.ID) }),
		create("account.create", "/accounts", account.Add, "Create an account, with its first password if one is given.", newAccount).dear(),
		get("account.show", "/accounts/{id}", account.Show, "Look at an account.", nil, lookAccount),
		change("account.update", "/accounts/{id}", account.Change, "Change an account's username or claims.", func(c *call) (AccountSettings, int64, error) {
			a, err := lookAccount(c)
			return AccountSettings{string(a.Username), a.Claims}, a.Version, err
		}, func(c *call, in AccountSettings, version int64) (Account, error) {
			a, err := account.Update(c.ctx(), c.api.Guard, c.who, c.tenant, account.Account{
				ID: account.ID(c.r.PathValue("id")), Username: account.Username(in.Username), Claims: in.Claims, Version: version})
			return showAccount(a), err
		}),
		act("account.disable", http.MethodPost, "/accounts/{id}/disable", account.TurnOff, "Disable an account: its sessions and tokens end.", onAccount((*lifecycle.Lifecycle).Disable)),
		act("account.enable", http.MethodPost, "/accounts/{id}/enable", account.TurnOn, "Enable a disabled account; what ended stays ended.", onAccount((*lifecycle.Lifecycle).Enable)),
		act("account.delete", http.MethodDelete, "/accounts/{id}", account.Remove, "Delete an account with all that belongs to it. The log still says from where it was used.", onAccount((*lifecycle.Lifecycle).Delete)),
		act("account.erase", http.MethodPost, "/accounts/{id}/erase", account.Forget, "Erase an account with all that belongs to it, and what is personal of it in the log. One that was deleted before can be erased too.", onAccount((*lifecycle.Lifecycle).Erase)),
		send("account.set_password", http.MethodPut, "/accounts/{id}/password", password.Set, "Give an account a new password; its sessions end.", func(c *call, in Password) error {
			if in.Temporary {
				return c.api.Passwords.SetTemporary(c.ctx(), c.who, c.tenant, account.ID(c.r.PathValue("id")), in.Password)
			}
			return c.api.Passwords.Set(c.ctx(), c.who, c.tenant, account.ID(c.r.PathValue("id")), in.Password, true)
		}).dear(),
		act("account.verify_phone", http.MethodPost, "/accounts/{id}/phone/verify", account.VerifyPhone, "Vouch for an account's telephone number.", onID(account.ConfirmPhone)),
	}
}

// dear marks an endpoint whose request is costly, such as by hashing a password.
func (e endpoint) dear() endpoint { e.costly = true; return e }

func pageAccounts(c *call, after string, limit int) ([]Account, error) {
	disabled, err := c.boolean("disabled")
	if err != nil {
		return nil, err
	}
	f := account.Filter{Username: c.query["username"], Email: c.query["email"], Disabled: disabled}
	found, err := account.Page(c.ctx(), c.api.Guard, c.who, c.tenant, f, account.ID(after), limit)
	out := make([]Account, len(found))
	for i, a := range found {
		out[i] = showAccount(a)
	}
	return out, err
}

func lookAccount(c *call) (Account, error) {
	a, err := account.Look(c.ctx(), c.api.Guard, c.who, c.tenant, account.ID(c.r.PathValue("id")))
	return showAccount(a), err
}

// newAccount makes the account with its password in one transaction. The password is hashed
// before, so whether the caller may is asked first: hashing is dear.
func newAccount(c *call, in NewAccount) (Account, error) {
	wish := account.New{Username: in.Username, Claims: in.Claims, Email: in.Email, EmailVerified: in.EmailVerified}
	if in.Password == "" {
		a, err := account.Create(c.ctx(), c.api.Guard, c.who, c.tenant, wish)
		return showAccount(a), err
	}
	which := account.NewID(c.api.Guard.Store().Now())
	deed := account.Add.On(c.tenant, which, nil)
	if allowed, err := c.api.Guard.May(c.ctx(), c.who, deed); err != nil {
		return Account{}, err
	} else if !allowed {
		return Account{}, &guard.Denied{Action: account.Add.Name()}
	}
	about := account.Account{ID: which, Username: account.Username(in.Username), Claims: in.Claims, Emails: []account.Email{{Address: account.EmailAddress(in.Email), Primary: true}}}
	keep, err := c.api.Passwords.Initial(c.ctx(), c.tenant, in.Password, about)
	if err != nil {
		return Account{}, password.Unfit(err)
	}
	var made account.Account
	err = c.api.Guard.Do(c.ctx(), c.who, deed, func(tx *store.Tx) (err error) {
		if made, err = account.Insert(tx, c.tenant, which, wish); err != nil {
			return err
		}
		return keep(tx, which)
	})
	if err != nil {
		return Account{}, err
	}
	return showAccount(made), nil
}

func onAccount(do func(*lifecycle.Lifecycle, context.Context, caller.Caller, id.Tenant, account.ID) error) func(*call) error {
	return func(c *call) error {
		return do(c.api.Lifecycle, c.ctx(), c.who, c.tenant, account.ID(c.r.PathValue("id")))
	}
}
