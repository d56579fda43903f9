package app

import (
	"slices"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/apitoken"
	"github.com/cardea-iam/cardea/internal/assurance"
	"github.com/cardea-iam/cardea/internal/audit"
	"github.com/cardea-iam/cardea/internal/consent"
	"github.com/cardea-iam/cardea/internal/credential"
	"github.com/cardea-iam/cardea/internal/factor/approval"
	"github.com/cardea-iam/cardea/internal/factor/passkey"
	"github.com/cardea-iam/cardea/internal/factor/password"
	"github.com/cardea-iam/cardea/internal/imports"
	"github.com/cardea-iam/cardea/internal/issued"
	"github.com/cardea-iam/cardea/internal/membership"
	"github.com/cardea-iam/cardea/internal/outbox"
	"github.com/cardea-iam/cardea/internal/registration"
	"github.com/cardea-iam/cardea/internal/session"
	"github.com/cardea-iam/cardea/internal/store"
)

// Exports are the sections of the document that a person may download about themselves, in order.
func Exports(log *audit.Log, keys *passkey.Room) []store.Export {
	return slices.Concat(account.Exports, membership.Exports, credential.Exports, password.Exports, keys.Exports(), session.Exports, assurance.Exports, consent.Exports, imports.Exports, issued.Exports, approval.Exports, apitoken.Exports, outbox.Exports, log.Exports(), registration.Exports)
}

// notExported are the tables that no export names, each with the reason. A new table is in an
// export or here, or a test fails.
var notExported = [][2]string{
	{"account_group", "groups of the tenant; who is in them is in group_member"},
	{"assurance_off", "policies of the tenant"},
	{"assurance_policy", "policies of the tenant"},
	{"assurance_version", "policies of the tenant"},
	{"brand", "how pages look: colours and words of the tenant"},
	{"brand_image", "how pages look: pictures of the tenant"},
	{"client", "applications of the tenant"},
	{"credential_draft", "an app that is being set up, or codes that are being shown: secrets, over within half an hour"},
	{"event_cursor", "of the installation"},
	{"group_role", "roles of groups, not of people"},
	{"import_rejection", "numbers of lines that made no account, and why"},
	{"import_run", "files that administrators imported"},
	{"inbox_message", "what a server for development would have sent"},
	{"interaction", "a sign-in under way: over within half an hour"},
	{"mailbox_code", "codes that were sent to addresses, and which of them were proved: over within half an hour"},
	{"notify_lane", "how many messages an address had, under a MAC: over within days"},
	{"one_time", "codes and links that were not used yet: secrets, over within days"},
	{"opaque_token", "tokens, as digests: the grants that they belong to are exported"},
	{"outofband_code", "codes and links that were sent, under a MAC: over within ten minutes"},
	{"password_census", "how many passwords the tenant has"},
	{"password_import", "how many imported passwords the tenant has"},
	{"password_lane", "how fast somebody may try passwords, under a MAC: over within minutes"},
	{"password_record", "how often a password was wrong, under a MAC; the log has the attempts"},
	{"resource", "APIs of the tenant"},
	{"resource_scope", "APIs of the tenant"},
	{"revoked_token", "ids of tokens that were taken back, until they would have ended"},
	{"role", "roles of the tenant; who holds them is in account_role"},
	{"role_permission", "roles of the tenant"},
	{"schema_migration", "of the installation"},
	{"setting", "settings of the tenant"},
	{"signing_key", "keys of the tenant"},
	{"store_lease", "of the installation"},
	{"store_order", "of the installation"},
	{"store_version", "of the installation"},
	{"tenant", "the tenant itself"},
	{"throttle_lane", "how fast somebody may try codes, under a MAC: over within minutes"},
	{"throttle_record", "how often a code was wrong, under a MAC; the log has the attempts"},
}
