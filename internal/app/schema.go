package app

import (
	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/apitoken"
	"github.com/cardea-iam/cardea/internal/assurance"
	"github.com/cardea-iam/cardea/internal/audit"
	"github.com/cardea-iam/cardea/internal/brand"
	"github.com/cardea-iam/cardea/internal/client"
	"github.com/cardea-iam/cardea/internal/consent"
	"github.com/cardea-iam/cardea/internal/credential"
	"github.com/cardea-iam/cardea/internal/factor/approval"
	"github.com/cardea-iam/cardea/internal/factor/mailbox"
	"github.com/cardea-iam/cardea/internal/factor/passkey"
	"github.com/cardea-iam/cardea/internal/factor/password"
	"github.com/cardea-iam/cardea/internal/imports"
	"github.com/cardea-iam/cardea/internal/interaction"
	"github.com/cardea-iam/cardea/internal/issued"
	"github.com/cardea-iam/cardea/internal/key"
	"github.com/cardea-iam/cardea/internal/membership"
	"github.com/cardea-iam/cardea/internal/notify"
	"github.com/cardea-iam/cardea/internal/outbox"
	"github.com/cardea-iam/cardea/internal/outbox/inbox"
	"github.com/cardea-iam/cardea/internal/outofband"
	"github.com/cardea-iam/cardea/internal/registration"
	"github.com/cardea-iam/cardea/internal/resource"
	"github.com/cardea-iam/cardea/internal/role"
	"github.com/cardea-iam/cardea/internal/session"
	"github.com/cardea-iam/cardea/internal/setting"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/tenant"
	"github.com/cardea-iam/cardea/internal/throttle"
)

// Schema is every room's tables. Files of one date run in this order: what is referred to
// comes first.
var Schema = []store.Migrations{
	audit.Migrations,
	outbox.Migrations,
	tenant.Migrations,
	account.Migrations,
	setting.Migrations,
	credential.Migrations,
	client.Migrations,
	brand.Migrations,
	resource.Migrations,
	key.Migrations,
	role.Migrations,
	membership.Migrations,
	session.Migrations,
	consent.Migrations,
	issued.Migrations,
	interaction.Migrations,
	throttle.Migrations,
	password.Migrations,
	passkey.Migrations,
	apitoken.Migrations,
	notify.Migrations,
	inbox.Migrations,
	mailbox.Migrations,
	registration.Migrations,
	assurance.Migrations,
	outofband.Migrations,
	approval.Migrations,
	imports.Migrations,
}
