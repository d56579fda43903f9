package ui_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/cardea-iam/cardea/internal/ui/account"
	"github.com/cardea-iam/cardea/internal/ui/approval"
	"github.com/cardea-iam/cardea/internal/ui/code"
	"github.com/cardea-iam/cardea/internal/ui/consent"
	"github.com/cardea-iam/cardea/internal/ui/notice"
	"github.com/cardea-iam/cardea/internal/ui/own"
	"github.com/cardea-iam/cardea/internal/ui/part"
	"github.com/cardea-iam/cardea/internal/ui/security"
	"github.com/cardea-iam/cardea/internal/ui/signin"
)

// controls lists what the forms of a page post: "name" for typed fields,
// "name=value" for chosen ones.
func controls(t *testing.T, page renderer) []string {
	t.Helper()
	var out []string
	for _, e := range elements(parse(t, render(t, page))) {
		name, named := attr(e, "name")
		if !named || (e.Data != "input" && e.Data != "button") {
			continue
		}
		kind, _ := attr(e, "type")
		if value, _ := attr(e, "value"); kind != "text" && kind != "password" && kind != "tel" {
			name += "=" + value
		}
		out = append(out, name)
	}
	return out
}

// Templates cannot refer to Go constants: this test holds the two together.
func TestFormsPostTheDeclaredFields(t *testing.T) {
	want := map[string][]string{
		"signin":        {signin.FieldUsername, signin.FieldPassword},
		"signin-again":  {signin.FieldUsername, signin.FieldPassword},
		"signin-choose": {signin.FieldAccount + "=ses_1", signin.FieldAccount + "=ses_2", signin.FieldAccount + "=" + signin.AnotherAccount},
		"consent":       {consent.FieldDecision + "=" + consent.Deny, consent.FieldDecision + "=" + consent.Approve},
		"password": {account.FieldCurrentPassword, account.FieldNewPassword, account.FieldRepeatPassword,
			account.FieldEndOthers + "=" + account.EndOthersOn},
		"sessions":      {account.FieldSession + "=ses_2", account.FieldSession + "=ses_3"},
		"withdraw":      nil,
		"code-app":      {code.FieldCode},
		"code-paper":    {code.FieldCode},
		"email":         {code.FieldCode},
		"email-ask":     nil,
		"email-away":    nil,
		"sms":           {code.FieldCode, code.FieldRemember + "=1"},
		"phone-pending": {security.FieldCode, security.FieldNumber},
		"approval-wait": {approval.FieldRemember + "=1"},
		"approve": {approval.FieldRequest + "=apr_1", approval.FieldNumber + "=12", approval.FieldNumber + "=47", approval.FieldNumber + "=83",
			approval.FieldNumber + "=" + approval.AnswerDeny},
		"code-enrol": {code.FieldCode},
		"totp-add":   {security.FieldCode},
		"codes":      nil,
		"signout":    {notice.FieldAnswer + "=" + notice.No, notice.FieldAnswer + "=" + notice.Yes},
		"setup":      {notice.FieldUsername, notice.FieldPassword},
	}
	for _, s := range samples(part.German) {
		expected, listed := want[s.name]
		if !listed {
			continue
		}
		delete(want, s.name)
		got := slices.DeleteFunc(controls(t, s.page), func(c string) bool { return strings.HasPrefix(c, "flow=") })
		if !slices.Equal(got, expected) {
			t.Errorf("%s posts %q, declared is %q", s.name, got, expected)
		}
	}
	if len(want) > 0 {
		t.Errorf("no such pages: %v", want)
	}
}

// Every link among the account pages is one of the declared paths, below the
// tenant's root.
func TestAccountLinksAreTheDeclaredPaths(t *testing.T) {
	const root = "/t/acme"
	paths := own.Paths()
	page := &account.Overview{}
	page.Root = root
	seen := map[string]bool{}
	for _, e := range elements(parse(t, render(t, page))) {
		href, _ := attr(e, "href")
		if e.Data != "a" || strings.HasPrefix(href, "#") {
			continue
		}
		path, below := strings.CutPrefix(href, root)
		if !below || !slices.Contains(paths, path) {
			t.Errorf("link to %s", href)
		}
		seen[path] = true
	}
	if len(seen) != len(paths) {
		t.Errorf("links to %v only", seen)
	}
	if got := (&consent.Page{Base: page.Base}).AccountURL(); got != root+own.PathApps {
		t.Errorf("consent points to %s", got)
	}
}

// What a person may not grant is said with the app, the API and the scope, and
// is never among what approval would give.
func TestConsentIsHonestAboutWithheldScopes(t *testing.T) {
	page := &consent.Page{
		Base: base(part.English), App: part.App{Name: "HireMe123"}, Person: part.Person{Username: "tom"}, Action: "/consent",
		APIs:     []part.API{{Name: "MyCalApp", Scopes: []part.Scope{{Text: "See events"}}}},
		Withheld: []part.API{{Name: "MyCalApp", Scopes: []part.Scope{{Text: "Add events"}}}},
	}
	var given, withheld string
	for _, e := range elements(parse(t, render(t, page))) {
		if class, _ := attr(e, "class"); e.Data == "section" && hasWord(class, "panel-withheld") {
			withheld += textOf(e)
		} else if e.Data == "section" {
			given += textOf(e)
		}
	}
	for _, words := range []string{"HireMe123 also asked for this.", "Your account may not do it in MyCalApp", "Add events"} {
		if !strings.Contains(withheld, words) {
			t.Errorf("%q is missing in %q", words, withheld)
		}
	}
	if !strings.Contains(given, "See events") || strings.Contains(given, "Add events") {
		t.Errorf("given: %q", given)
	}
}
