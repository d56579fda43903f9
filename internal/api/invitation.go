package api

import (
	"net/http"
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/membership"
	"github.com/cardea-iam/cardea/internal/recovery"
	"github.com/cardea-iam/cardea/internal/registration"
)

// NewInvitation is the wish for an invitation.
type NewInvitation struct {
	// Email is where the invitation goes, and the verified address of the account that comes of it.
	Email string `json:"email"`
	// Name fills in the person's name.
	Name string `json:"name,omitempty"`
	// Groups are ids of groups that the account will belong to.
	Groups []membership.GroupID `json:"member_of,omitempty"`
	// Roles are roles that the account will have: ids, or owner, admin or auditor.
	Roles []membership.Role `json:"holds,omitempty"`
	// Locale is the language of the letter, such as de.
	Locale string `json:"locale,omitempty"`
}

// NewRecoveryLink is the wish for a link with which a person gets back into the account.
type NewRecoveryLink struct {
	// WithoutFactors says that the link also takes away what else the account signs in with.
	WithoutFactors bool `json:"without_factors,omitempty"`
	// Mail sends the link to the account's primary address in place of showing it.
	Mail bool `json:"mail,omitempty"`
}

// RecoveryLink is a link with which a person gets back into the account, once.
type RecoveryLink struct {
	// Link is the link; hand it to nobody else. It is missing where it was sent by mail.
	Link string `json:"link,omitempty"`
	// ExpiresAt is when it stops working.
	ExpiresAt time.Time `json:"expires_at"`
}

func invitationEndpoints() []endpoint {
	return []endpoint{
		list("invitation.list", "/invitations", registration.ListAll, "List the invitations, also those that are over.", nil, func(c *call, after string, limit int) ([]registration.Invitation, error) {
			return c.api.Registration.Page(c.ctx(), c.who, c.tenant, registration.InvitationID(after), limit)
		}, func(v registration.Invitation) string { return string(v.ID) }),
		create("invitation.create", "/invitations", registration.Invite, "Invite somebody by mail to make an account; the link works for seven days, also where nobody else may register.", func(c *call, in NewInvitation) (registration.Invitation, error) {
			t, err := c.api.Tenants.ByID(c.ctx(), c.tenant)
			if err != nil {
				return registration.Invitation{}, err
			}
			return c.api.Registration.Invite(c.ctx(), c.who, c.tenant, registration.Invited{Email: in.Email, Name: in.Name, Locale: in.Locale, Tenant: t.Called(),
				Places: membership.Places{Groups: in.Groups, Roles: in.Roles}})
		}),
		act("invitation.revoke", http.MethodDelete, "/invitations/{id}", registration.Revoke, "Take an invitation back: its link stops working.", func(c *call) error {
			return c.api.Registration.TakeBack(c.ctx(), c.who, c.tenant, registration.InvitationID(c.r.PathValue("id")))
		}),
		create("account.recovery_link", "/accounts/{id}/recovery-link", recovery.Offer, "Make a link with which a person gets back into the account, once.", func(c *call, in NewRecoveryLink) (RecoveryLink, error) {
			l, err := c.api.Recovery.MakeLink(c.ctx(), c.who, c.tenant, account.ID(c.r.PathValue("id")), recovery.Wish{WithoutFactors: in.WithoutFactors, Mail: in.Mail})
			return RecoveryLink{l.URL.Reveal(), l.ExpiresAt}, err
		}),
	}
}
