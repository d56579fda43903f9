package data

import (
	"io"
	"strings"
	"time"

	"github.com/cardea-iam/cardea/internal/ui/own"
	"github.com/cardea-iam/cardea/internal/ui/part"
)

// Sort groups what happens with an account.
type Sort string

// The sorts; each has a filter on the page. All is none of them.
const (
	All     Sort = ""
	SignIns Sort = "signins"
	Changes Sort = "changes"
	Apps    Sort = "apps"
)

// Sentence says an action in plain words.
type Sentence struct {
	Sort    Sort
	Icon    string
	Done    part.Key // "" is not worth a line
	Refused part.Key // of what did not happen; "" is not worth a line
}

// Entry is one thing that happened.
type Entry struct {
	Action  string // its name, such as session.start
	Said    *part.Message
	At      time.Time
	Address string // "" where it is not known, or not the person's business
	App     string // "" for none
	Device  *own.Device
	Bad     bool // worth a second look
}

// Icon is the sign of the action.
func (e Entry) Icon() string {
	if s, ok := SentenceOf(e.Action); ok {
		return s.Icon
	}
	return "clock"
}

// Filter is one entry of the page's filter.
type Filter struct {
	Label   part.Key
	URL     string
	Current bool
}

// Activity lists what happened with the account, newest first.
type Activity struct {
	own.Frame
	Sort    Sort
	Path    string // of this page
	Entries []Entry
	Later   bool   // this is not the newest page
	Older   string // leads to the next page; empty at the end
}

var activityPage = own.Parse(files, "activity.html")

// Render writes the page.
func (p *Activity) Render(w io.Writer) error { return activityPage.Execute(w, p.Locale, p) }

// Filters lead to the sorts.
func (p *Activity) Filters() []Filter {
	var out []Filter
	for _, f := range []struct {
		sort  Sort
		label part.Key
	}{{All, "activity.filter.all"}, {SignIns, "activity.filter.signins"}, {Changes, "activity.filter.changes"}, {Apps, "activity.filter.apps"}} {
		url := p.Path
		if f.sort != All {
			url += map[bool]string{true: "&", false: "?"}[strings.Contains(url, "?")] + paramShow + "=" + string(f.sort)
		}
		out = append(out, Filter{f.label, url, f.sort == p.Sort})
	}
	return out
}

// paramShow names the sort in the page's address.
const paramShow = "show"

// sentences are what the page says of an action, by its name with an underscore for the dot. See
// hidden for the others.
var sentences = map[string]Sentence{
	"session_start":               {Sort: SignIns, Icon: "door", Done: "activity.session_start"},
	"password_verify":             {Sort: SignIns, Icon: "alert", Refused: "activity.password_wrong"},
	"session_logout":              {Sort: SignIns, Icon: "door", Done: "activity.session_logout"},
	"session_end":                 {Sort: SignIns, Icon: "computer", Done: "activity.session_end"},
	"session_end_others":          {Sort: SignIns, Icon: "computer", Done: "activity.session_end_others"},
	"session_end_all":             {Sort: SignIns, Icon: "computer", Done: "activity.session_end_all"},
	"account_end_sessions":        {Sort: SignIns, Icon: "computer", Done: "activity.account_end_sessions"},
	"session_revoke":              {Sort: SignIns, Icon: "computer", Done: "activity.session_revoke"},
	"setup_redeem":                {Sort: Changes, Icon: "person", Done: "activity.setup_redeem"},
	"account_create":              {Sort: Changes, Icon: "person", Done: "activity.account_create"},
	"account_edit":                {Sort: Changes, Icon: "card", Done: "activity.account_edit"},
	"account_set_picture":         {Sort: Changes, Icon: "person", Done: "activity.account_set_picture"},
	"account_prefer":              {Sort: Changes, Icon: "card", Done: "activity.account_prefer"},
	"account_update":              {Sort: Changes, Icon: "card", Done: "activity.account_update"},
	"account_verify_email":        {Sort: Changes, Icon: "mail", Done: "activity.account_verify_email"},
	"account_verify_phone":        {Sort: Changes, Icon: "phone", Done: "activity.account_verify_phone"},
	"account_change_password":     {Sort: Changes, Icon: "lock", Done: "activity.account_change_password"},
	"account_set_password":        {Sort: Changes, Icon: "lock", Done: "activity.account_set_password"},
	"account_disable":             {Sort: Changes, Icon: "alert", Done: "activity.account_disable"},
	"account_enable":              {Sort: Changes, Icon: "person", Done: "activity.account_enable"},
	"account_ask_deletion":        {Sort: Changes, Icon: "alert", Done: "activity.account_ask_deletion"},
	"account_cancel_deletion":     {Sort: Changes, Icon: "person", Done: "activity.account_cancel_deletion"},
	"account_export":              {Sort: Changes, Icon: "download", Done: "activity.account_export"},
	"apitoken_create":             {Sort: Changes, Icon: "key", Done: "activity.apitoken_create"},
	"apitoken_create_own":         {Sort: Changes, Icon: "key", Done: "activity.apitoken_create_own"},
	"apitoken_delete":             {Sort: Changes, Icon: "key", Done: "activity.apitoken_delete"},
	"apitoken_delete_own":         {Sort: Changes, Icon: "key", Done: "activity.apitoken_delete_own"},
	"governance_bind":             {Sort: Changes, Icon: "shield", Done: "activity.role_bind"},
	"governance_unbind":           {Sort: Changes, Icon: "shield", Done: "activity.role_unbind"},
	"governance_join":             {Sort: Changes, Icon: "shield", Done: "activity.group_join"},
	"governance_leave":            {Sort: Changes, Icon: "shield", Done: "activity.group_leave"},
	"role_bind":                   {Sort: Changes, Icon: "shield", Done: "activity.role_bind"},
	"role_unbind":                 {Sort: Changes, Icon: "shield", Done: "activity.role_unbind"},
	"group_join":                  {Sort: Changes, Icon: "shield", Done: "activity.group_join"},
	"group_leave":                 {Sort: Changes, Icon: "shield", Done: "activity.group_leave"},
	"account_renew_password":      {Sort: Changes, Icon: "lock", Done: "activity.account_change_password"},
	"account_add_passkey":         {Sort: Changes, Icon: "key", Done: "activity.account_add_passkey"},
	"account_rename_passkey":      {Sort: Changes, Icon: "key", Done: "activity.account_rename_passkey"},
	"account_remove_passkey":      {Sort: Changes, Icon: "key", Done: "activity.account_remove_passkey"},
	"account_add_totp":            {Sort: Changes, Icon: "phone", Done: "activity.account_add_totp"},
	"account_remove_totp":         {Sort: Changes, Icon: "phone", Done: "activity.account_remove_totp"},
	"account_make_recovery_codes": {Sort: Changes, Icon: "shield", Done: "activity.account_make_recovery_codes"},
	"account_remove_credential":   {Sort: Changes, Icon: "shield", Done: "activity.account_remove_credential"},
	"passkey_enrol":               {Sort: Changes, Icon: "key", Done: "activity.account_add_passkey"},
	"totp_enrol":                  {Sort: Changes, Icon: "phone", Done: "activity.account_add_totp", Refused: "activity.code_wrong"},
	"passkey_verify":              {Sort: SignIns, Icon: "alert", Refused: "activity.passkey_wrong"},
	"totp_verify":                 {Sort: SignIns, Icon: "alert", Refused: "activity.code_wrong"},
	"phone_send":                  {Sort: SignIns, Icon: "message", Done: "activity.phone_send"},
	"phone_verify":                {Sort: SignIns, Icon: "alert", Refused: "activity.code_wrong"},
	"account_confirm_phone":       {Sort: Changes, Icon: "phone", Done: "activity.account_confirm_phone", Refused: "activity.code_wrong"},
	"account_remove_phone":        {Sort: Changes, Icon: "phone", Done: "activity.account_remove_phone"},
	"account_add_email":           {Sort: Changes, Icon: "mail", Done: "activity.account_add_email"},
	"account_prefer_email":        {Sort: Changes, Icon: "mail", Done: "activity.account_prefer_email"},
	"account_remove_email":        {Sort: Changes, Icon: "mail", Done: "activity.account_remove_email"},
	"account_recovery_link":       {Sort: Changes, Icon: "key", Done: "activity.account_recovery_link"},
	"account_complete":            {Sort: Changes, Icon: "card", Done: "activity.account_complete"},
	"account_not_me":              {Sort: SignIns, Icon: "alert", Done: "activity.account_not_me"},
	"invitation_accept":           {Sort: Changes, Icon: "person", Done: "activity.invitation_accept"},
	"registration_join":           {Sort: Changes, Icon: "person", Done: "activity.registration_join"},
	"recovery_restore":            {Sort: Changes, Icon: "lock", Done: "activity.recovery_restore"},
	"approval_ask":                {Sort: SignIns, Icon: "computer", Done: "activity.approval_ask"},
	"account_answer_approval":     {Sort: SignIns, Icon: "shield", Done: "activity.account_answer_approval"},
	"mailbox_send":                {Sort: SignIns, Icon: "mail", Done: "activity.mailbox_send"},
	"email_code_verify":           {Sort: SignIns, Icon: "alert", Refused: "activity.code_wrong"},
	"recovery_code_verify":        {Sort: SignIns, Icon: "shield", Done: "activity.recovery_code_verify", Refused: "activity.code_wrong"},
	"code_issue":                  {Sort: Apps, Icon: "apps", Done: "activity.code_issue"},
	"consent_give":                {Sort: Apps, Icon: "apps", Done: "activity.consent_give", Refused: "activity.consent_refuse"},
	"consent_withdraw":            {Sort: Apps, Icon: "minus", Done: "activity.consent_withdraw"},
}

// SentenceOf is what the page says of an action, by its name; ok is false for one that it does
// not show.
func SentenceOf(action string) (s Sentence, ok bool) {
	s, ok = sentences[strings.ReplaceAll(action, ".", "_")]
	return s, ok
}
