package scenario

import (
	"context"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"
)

// authenticator plugs a virtual authenticator into the window and returns its id.
func (w *window) authenticator(o webauthn.VirtualAuthenticatorOptions) webauthn.AuthenticatorID {
	w.t.Helper()
	var id webauthn.AuthenticatorID
	w.do(chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		if _, err := cdp.Call(ctx, target, webauthn.Enable, webauthn.EnableParams{}); err != nil {
			return err
		}
		added, err := cdp.Call(ctx, target, webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{Options: &o})
		id = added.AuthenticatorID
		return err
	}))
	return id
}

// present says whether somebody touches the authenticator when it asks.
func (w *window) present(id webauthn.AuthenticatorID, yes bool) {
	w.t.Helper()
	w.do(chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, webauthn.SetAutomaticPresenceSimulation, webauthn.SetAutomaticPresenceSimulationParams{AuthenticatorID: id, Enabled: yes})
		return err
	}))
}

// A person adds a passkey with a real browser, signs out, and signs in by what the browser offers
// in the field of the name: no password is typed.
func TestPasskey(t *testing.T) {
	s := serve(t)
	ada := person(t, s, "ada")
	w := newWindow(t)
	key := w.authenticator(webauthn.VirtualAuthenticatorOptions{
		Protocol: webauthn.AuthenticatorProtocolCtap2, Transport: webauthn.AuthenticatorTransportInternal, Ctap2version: webauthn.Ctap2versionCtap21,
		HasResidentKey: true, HasUserVerification: true, IsUserVerified: true, AutomaticPresenceSimulation: true, DefaultBackupEligibility: true, DefaultBackupState: true,
	})
	w.open(s.URL + "/account/security")
	w.shoot("1-signin")
	w.signIn("ada", ada.Password, "#way-passkey")
	w.shoot("2-security")
	w.press("way-passkey", "#no-keys")
	w.press("add", "#passkey-start:not([hidden])")
	w.shoot("3-add")
	w.fill("name", "My laptop")
	w.press("passkey-start", "#key-0")
	w.shoot("4-list")
	if got := w.text("#key-0"); !strings.Contains(got, "My laptop") || !strings.Contains(got, "Shared among your devices") || w.text("#done") == "" {
		t.Errorf("the list says %q", got)
	}
	// A change needs as much proof as the account has now: the key is asked for. The same authenticator
	// makes no second one, and the page says why.
	w.press("add", "form[data-passkey=get] #passkey-start:not([hidden])")
	w.shoot("5-asked")
	w.press("passkey-start", "form[data-passkey=create] #passkey-start:not([hidden])")
	w.press("passkey-start", "#passkey [role=alert]:not([hidden])")
	if got := w.text("#passkey [role=alert]"); !strings.Contains(got, "already has a passkey") {
		t.Errorf("a second key: %q", got)
	}
	w.shoot("5-exists")
	// Signed out, the browser offers the key in the field, and nothing else is asked.
	w.press("signout", ".threshold")
	w.open(s.URL + "/account/security/passkeys")
	w.do(chromedp.WaitReady(chromedp.CSS("#key-0")))
	w.shoot("6-signed-in-by-autofill")
	if got := w.text("#key-0"); !strings.Contains(got, "Last used: today") {
		t.Errorf("the list says %q", got)
	}
	// Nobody takes what is offered: the form works as before, and the button asks for the key, too.
	w.present(key, false)
	w.press("signout", ".threshold")
	w.open(s.URL + "/account/security/passkeys")
	w.do(chromedp.WaitVisible(chromedp.ID("passkey-start")))
	w.shoot("7-offered")
	w.present(key, true)
	w.press("passkey-start", "#key-0")
	w.press("change-0", "#remove")
	w.shoot("8-key")
	w.press("remove", "#no-keys")
	w.shoot("9-removed")
}
