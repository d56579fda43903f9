package scenario

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cardea-iam/cardea/sdk/verify"
	"github.com/cardea-iam/cardea/test/rig"
)

const sensitive = "https://payroll.example/api"

// guarded is an API that asks for two factors, proved not long ago.
func guarded(t *testing.T, s *rig.Server) *verify.Verifier {
	t.Helper()
	v, err := verify.New(t.Context(), verify.Config{Issuer: s.URL, Audience: sensitive})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

var parameter = regexp.MustCompile(`(\w+)="([^"]*)"`)

// ask calls the API and returns the status and the challenge's parameters.
func ask(v *verify.Verifier, access string) (int, map[string]string) {
	api := v.RequireScope("pay")(v.RequireAuthentication(verify.Authentication{ACRValues: []string{"aal2", "aal3"}, MaxAge: time.Minute})(
		http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})))
	r := httptest.NewRequest(http.MethodPost, "/", nil)
	r.Header.Set("Authorization", "Bearer "+access)
	w := httptest.NewRecorder()
	api.ServeHTTP(w, r)
	challenge := map[string]string{}
	for _, found := range parameter.FindAllStringSubmatch(w.Header().Get("WWW-Authenticate"), -1) {
		challenge[found[1]] = found[2]
	}
	return w.Code, challenge
}

func payroll(t *testing.T, s *rig.Server) rig.Client {
	t.Helper()
	if _, err := s.CreateResource(t.Context(), "Payroll", sensitive, "--scope", "pay=Pay wages"); err != nil {
		t.Fatal(err)
	}
	return client(t, s, "web", "https://rp.example/cb", "--first-party", "--resource", sensitive, "--scope", "openid", "--scope", "offline_access", "--scope", "pay")
}

// setUpApp gives a person who is signed in an authenticator app.
func setUpApp(t *testing.T, s *rig.Server, p *rig.Person) {
	t.Helper()
	page, err := p.Follow(t.Context(), s.URL+"/account/security/authenticator/add", "")
	if err != nil {
		t.Fatal(err)
	}
	key, ok := page.Element("totp-key")
	if !ok {
		t.Fatalf("%s shows no key", page.URL)
	}
	p.App = &rig.App{Key: key}
	if page = send(t, p.Agent, page, "code", code(t, p.App)); !strings.HasSuffix(page.URL.Path, "/recovery-codes") {
		t.Fatalf("the app is not set up: %s", page.URL)
	}
}

func code(t *testing.T, a *rig.App) string {
	t.Helper()
	text, err := a.Code()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// send fills in a field of the form that has it, and follows where that leads.
func send(t *testing.T, a *rig.Agent, page *rig.Page, field, text string) *rig.Page {
	t.Helper()
	for _, f := range page.Forms() {
		if !slices.Contains(f.Inputs, field) {
			continue
		}
		f.Fields.Set(field, text)
		var button rig.Button
		for _, b := range f.Buttons {
			if b.ID == "submit" {
				button = b
			}
		}
		next, err := a.Press(t.Context(), f, button, "https://rp.example/")
		if err != nil {
			t.Fatal(err)
		}
		return next
	}
	t.Fatalf("%s has no field %s:\n%.2000s", page.URL, field, page.Body)
	return nil
}

// AU16 (RFC 9470): an API that finds a sign-in too weak gets another by the factor that was missing
// and by nothing else: not by the password once more, and not by renewing the token.
func TestAU16_StepUpFromEndToEnd(t *testing.T) {
	eachDatabase(t, func(t *testing.T, args ...string) {
		s := serve(t, args...)
		web, ann := payroll(t, s), person(t, s, "ann")
		wants := url.Values{"scope": {"openid offline_access pay"}, "resource": {sensitive}}
		weak, err := web.SignIn(t.Context(), ann, wants)
		if err != nil {
			t.Fatal(err)
		}
		setUpApp(t, s, ann)
		v := guarded(t, s)
		status, challenge := ask(v, weak.Access)
		if status != http.StatusUnauthorized || challenge["error"] != "insufficient_user_authentication" || challenge["acr_values"] != "aal2 aal3" || challenge["max_age"] != "60" {
			t.Fatalf("%d %v", status, challenge)
		}

		// RFC 9470 §4: the client repeats its request with what the challenge says.
		wants.Set("acr_values", challenge["acr_values"])
		wants.Set("max_age", challenge["max_age"])
		request := web.Attempt(wants)
		page, err := ann.Follow(t.Context(), request.URL, web.RedirectURI)
		if err != nil || page.URL.Path != "/signin/totp" {
			t.Fatalf("the step-up asks at %v (%v), want the app alone", page.URL, err)
		}
		if page = send(t, ann.Agent, page, "code", code(t, ann.App)); page.Location() == nil {
			t.Fatalf("after the code: %s", page.URL)
		}
		strong, err := web.Redeem(t.Context(), request, page.Location().Query())
		if err != nil {
			t.Fatal(err)
		}
		if status, challenge = ask(v, strong.Access); status != http.StatusOK {
			t.Fatalf("after the step-up: %d %v", status, challenge)
		}

		// RFC 9068 §2.2.1: a refresh is no authentication; acr and auth_time stay those of the sign-in.
		for name, c := range map[string]struct {
			tokens rig.Tokens
			acr    string
		}{"before": {weak, "aal1"}, "after": {strong, "aal2"}} {
			first, err := v.Verify(t.Context(), c.tokens.Access)
			if err != nil {
				t.Fatal(err)
			}
			again, err := web.Renew(t.Context(), c.tokens.Refresh)
			if err != nil || again.Access == "" {
				t.Fatalf("%v %+v", err, again)
			}
			renewed, err := v.Verify(t.Context(), again.Access)
			if err != nil || renewed.ACR != c.acr || first.ACR != c.acr || first.AuthTime.IsZero() || !renewed.AuthTime.Equal(first.AuthTime) || !slices.Equal(renewed.AMR, first.AMR) {
				t.Errorf("a token of %s the step-up: %v %+v, renewed %+v", name, err, first, renewed)
			}
		}

		// The password alone, however fresh, is no step-up: beside the code of before it is one factor.
		wants.Set("max_age", "0")
		if page, err = ann.Follow(t.Context(), web.Attempt(wants).URL, web.RedirectURI); err != nil || page.URL.Path != "/signin/totp" {
			t.Fatalf("max_age=0 asks at %v (%v)", page.URL, err)
		}
		for _, f := range page.Forms() {
			if f.Fields.Has("password") {
				t.Error("the password is taken for a step-up")
			}
		}
		wants.Set("prompt", "none")
		if answer, err := ann.Authorize(t.Context(), web.Attempt(wants).URL, web.RedirectURI); err != nil || answer.Get("error") != "login_required" {
			t.Errorf("prompt=none: %v %v", answer, err)
		}
	})
}

// AU16: a link from a mail begins a sign-in and is fresh, but gives no step-up: the app is asked for
// beside it, and what was proved a while ago does not stand in.
func TestAU16_OneTimeLinkIsNoStepUp(t *testing.T) {
	eachDatabase(t, func(t *testing.T, args ...string) {
		s := serve(t, append(args, "--mail-inbox", "true")...)
		web, ann := payroll(t, s), &rig.Person{Agent: rig.NewAgent(), Username: "ann", Password: "a pass phrase of ann"}
		if _, err := s.CreateAccount(t.Context(), ann.Username, ann.Password, "--email", "ann@mail.example", "--email-verified"); err != nil {
			t.Fatal(err)
		}
		wants := url.Values{"scope": {"openid pay"}, "resource": {sensitive}}
		if _, err := web.SignIn(t.Context(), ann, wants); err != nil {
			t.Fatal(err)
		}
		setUpApp(t, s, ann)

		// Somebody who reads her mail has a browser of their own.
		thief := rig.NewAgent()
		wants.Set("acr_values", "aal2")
		page, err := thief.Follow(t.Context(), web.Attempt(wants).URL, web.RedirectURI)
		if err != nil {
			t.Fatal(err)
		}
		page = send(t, thief, page, "username", "ann")
		interaction := page.URL.Query().Get("i")
		for _, path := range []string{"/signin/email", "/signin/totp", "/signin/enrol", "/signin/enrol/totp", "/consent", "/oauth/authorize/resume"} {
			at, err := thief.Follow(t.Context(), s.URL+path+"?i="+interaction, web.RedirectURI)
			if err != nil {
				t.Fatal(err)
			}
			if to := at.Location(); to != nil && to.Query().Has("code") {
				t.Fatalf("%s leads to a code", path)
			}
		}

		// Without the demand a link begins the sign-in, and more is asked.
		wants.Del("acr_values")
		page, err = thief.Follow(t.Context(), web.Attempt(wants).URL, web.RedirectURI)
		if err != nil {
			t.Fatal(err)
		}
		page = send(t, thief, page, "username", "ann")
		interaction = page.URL.Query().Get("i")
		if page = byMail(t, s, thief, interaction); page.Location() != nil {
			t.Fatalf("the link leads to %s", page.Location())
		}
		if page, err = thief.Follow(t.Context(), s.URL+"/signin/totp?i="+interaction, web.RedirectURI); err != nil || page.URL.Path != "/signin/totp" {
			t.Fatalf("the link counts for nothing: %v (%v)", page.URL, err)
		}

		// Ann herself, asked for a step-up where she is signed in: only the app's page opens.
		wants.Set("acr_values", "aal2")
		wants.Set("max_age", "0")
		if page, err = ann.Follow(t.Context(), web.Attempt(wants).URL, web.RedirectURI); err != nil {
			t.Fatal(err)
		}
		interaction = page.URL.Query().Get("i")
		for _, path := range []string{"/signin", "/signin/email"} {
			if page, err = ann.Follow(t.Context(), s.URL+path+"?i="+interaction, web.RedirectURI); err != nil || page.URL.Path != "/signin/totp" {
				t.Errorf("%s leads to %v (%v)", path, page.URL, err)
			}
		}
	})
}

var letters = regexp.MustCompile(`href="(/inbox/[^"/?]+)"`)

// byMail takes the link that the mail of a sign-in has, in the same browser.
func byMail(t *testing.T, s *rig.Server, a *rig.Agent, interaction string) *rig.Page {
	t.Helper()
	page, err := a.Follow(t.Context(), s.URL+"/signin/email?i="+interaction, "")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range page.Forms() {
		if strings.Contains(f.Action, "/send") {
			if _, err = a.Press(t.Context(), f, f.Buttons[0], ""); err != nil {
				t.Fatal(err)
			}
		}
	}
	link := ""
	within(t, 10*time.Second, "a mail with a link", func(ctx context.Context) (bool, error) {
		list, err := a.Get(ctx, s.URL+"/inbox")
		if err != nil {
			return false, err
		}
		for _, found := range letters.FindAllStringSubmatch(string(list.Body), -1) {
			letter, err := a.Get(ctx, s.URL+found[1])
			if err != nil {
				return false, err
			}
			if text, ok := letter.Element("link-0"); ok && strings.Contains(text, "/signin/email/link") {
				link = text
				return true, nil
			}
		}
		return false, nil
	})
	if page, err = a.Follow(t.Context(), link, "https://rp.example/"); err != nil {
		t.Fatal(err)
	}
	for _, f := range page.Forms() {
		for _, b := range f.Buttons {
			if b.ID == "submit" {
				if page, err = a.Press(t.Context(), f, b, "https://rp.example/"); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	return page
}
