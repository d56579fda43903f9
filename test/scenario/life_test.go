package scenario

import (
	"context"
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // RFC 6238 §1.2: what authenticator apps compute
	"encoding/base32"
	be "encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"

	"github.com/cardea-iam/cardea/test/rig"
)

// life is one person's story with an account, in one browser.
type life struct {
	*window
	s    *rig.Server
	seed string // of the authenticator app
	step int64  // the last time step whose code was used
}

const (
	gracesMail = "grace@example.com"
	secretText = "otters lend lanterns to quiet bakers"
)

// The whole life of an account, by its own person alone: signed up with a code from a mail, a
// passkey, signed in by what the browser offers, an authenticator app, the passkey lost, in by a
// recovery code, the mails that told of all of it, the data downloaded, the account deleted.
func TestTheLifeOfAnAccount(t *testing.T) {
	s := serve(t, "--mail-inbox", "true")
	if err := s.Command(t.Context(), nil, "setting", "set", "registration", "open=true"); err != nil {
		t.Fatal(err)
	}
	g := &life{window: newWindow(t), s: s}
	g.signUp()
	key := g.addPasskey()
	g.signInByAutofill()
	codes := g.addApp()
	g.losePasskey(key)
	g.signInByRecoveryCode(codes[0])
	g.removePasskey()
	g.readMails()
	g.download()
	g.delete()
}

// mail waits for a mail whose subject has the word, opens it and returns what it says; the browser
// then is where it was. Mails leave a moment after what they tell.
func (g *life) mail(word string) string {
	g.t.Helper()
	at, text := g.location(), ""
	for end := time.Now().Add(20 * time.Second); text == ""; {
		if time.Now().After(end) {
			g.t.Fatalf("no mail about %q:\n%s", word, g.text("main"))
		}
		g.open(g.s.URL + "/inbox")
		for n := 0; g.has(fmt.Sprintf("#message-%d", n)); n++ {
			if id := fmt.Sprintf("message-%d", n); strings.Contains(strings.ToLower(g.text("#"+id)), word) {
				g.do(chromedp.Click(chromedp.CSS("#"+id+" a")), chromedp.WaitReady(chromedp.CSS("#text")))
				text = g.text("#text")
				break
			}
		}
	}
	g.open(at)
	return text
}

func (g *life) signUp() {
	g.open(g.s.URL + "/account")
	g.press("signup", "#email")
	g.shoot("01-sign-up")
	g.fill("email", gracesMail)
	g.press("submit", "#code")
	g.shoot("02-code")
	code := regexp.MustCompile(`\b[0-9]{6,8}\b`).FindString(g.mail("confirm"))
	if code == "" {
		g.t.Fatal("the mail has no code")
	}
	g.fill("code", code)
	g.press("submit", "#new-password")
	g.fill("claim-name", "Grace Hopeful")
	g.fill("new-password", secretText)
	g.shoot("03-person")
	g.press("submit", "#signout")
	g.shoot("04-overview")
}

func (g *life) addPasskey() webauthn.AuthenticatorID {
	key := g.authenticator(webauthn.VirtualAuthenticatorOptions{
		Protocol: webauthn.AuthenticatorProtocolCtap2, Transport: webauthn.AuthenticatorTransportInternal, Ctap2version: webauthn.Ctap2versionCtap21,
		HasResidentKey: true, HasUserVerification: true, IsUserVerified: true, AutomaticPresenceSimulation: true, DefaultBackupEligibility: true, DefaultBackupState: true,
	})
	g.open(g.s.URL + "/account/security/passkeys")
	g.press("add", "#passkey-start:not([hidden])")
	g.fill("name", "Laptop")
	g.press("passkey-start", "#key-0")
	g.shoot("05-passkey")
	return key
}

func (g *life) signInByAutofill() {
	g.press("signout", ".threshold")
	g.open(g.s.URL + "/account/security/authenticator")
	g.do(chromedp.WaitReady(chromedp.CSS("#signout"))) // nothing was typed or pressed
	g.shoot("06-by-autofill")
}

// addApp sets an authenticator app up and returns the recovery codes that come with it.
func (g *life) addApp() []string {
	g.press("add", "#code")
	g.shoot("07-app")
	seed := regexp.MustCompile(`(?:[A-Z2-7]{4}\s+){7}[A-Z2-7]{4}`).FindString(g.text("main"))
	if g.seed = strings.Join(strings.Fields(seed), ""); g.seed == "" {
		g.t.Fatalf("the page has no seed:\n%s", g.text("main"))
	}
	g.fill("code", g.code())
	g.press("submit", "#codes")
	g.shoot("08-recovery-codes")
	codes := regexp.MustCompile(`[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}`).FindAllString(g.text("#codes"), -1)
	if len(codes) != 10 {
		g.t.Fatalf("%d recovery codes:\n%s", len(codes), g.text("#codes"))
	}
	g.press("kept", "#make")
	return codes
}

// code is what the app shows (RFC 6238), of a step that was not used.
func (g *life) code() string {
	g.step = max(time.Now().Unix()/30, g.step+1)
	key, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(g.seed)
	if err != nil {
		g.t.Fatal(err)
	}
	mac := hmac.New(sha1.New, key)
	_ = be.Write(mac, be.BigEndian, g.step) //nolint:errcheck // a hash takes everything
	sum := mac.Sum(nil)
	at := sum[len(sum)-1] & 15
	return fmt.Sprintf("%06d", be.BigEndian.Uint32(sum[at:])&0x7fffffff%1_000_000)
}

func (g *life) losePasskey(key webauthn.AuthenticatorID) {
	g.press("signout", ".threshold")
	g.do(chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, webauthn.RemoveVirtualAuthenticator, webauthn.RemoveVirtualAuthenticatorParams{AuthenticatorID: key})
		return err
	}))
}

func (g *life) signInByRecoveryCode(code string) {
	g.open(g.s.URL + "/account/security/passkeys")
	g.fill("username", gracesMail)
	g.press("submit", "#password")
	g.fill("password", secretText)
	g.press("submit", "#other")
	g.shoot("09-second-factor")
	g.press("other", "#way-recovery_code")
	g.shoot("10-other-ways")
	g.press("way-recovery_code", "#code")
	g.fill("code", strings.ToLower(code))
	g.shoot("11-recovery-code")
	g.press("submit", "#key-0")
}

// removePasskey takes the lost key away: the proof of a moment ago is fresh enough.
func (g *life) removePasskey() {
	g.press("change-0", "#remove")
	g.press("remove", "#no-keys")
	g.shoot("12-passkey-removed")
}

// readMails finds what she was told, and looks at the list.
func (g *life) readMails() {
	for _, word := range []string{"was added", "code was used", "was removed"} {
		if !strings.Contains(g.mail(word), "/not-me?t=") {
			g.t.Errorf("the mail about %q has no way to dispute it", word)
		}
	}
	g.open(g.s.URL + "/inbox")
	g.shoot("13-inbox")
}

func (g *life) download() {
	dir := g.t.TempDir()
	g.do(chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{Behavior: browser.SetDownloadBehaviorBehaviorAllow, DownloadPath: dir})
		return err
	}))
	g.open(g.s.URL + "/account/data")
	g.shoot("14-data")
	g.do(chromedp.Click(chromedp.ID("download")))
	var document map[string]any
	for end := time.Now().Add(20 * time.Second); document == nil; {
		if time.Now().After(end) {
			g.t.Fatal("nothing was downloaded")
		}
		files, err := filepath.Glob(filepath.Join(dir, "*.json"))
		if err != nil {
			g.t.Fatal(err)
		}
		if len(files) == 0 {
			g.do(chromedp.WaitReady(chromedp.ID("download")))
			continue
		}
		text, err := os.ReadFile(files[0])
		if err != nil || json.Unmarshal(text, &document) != nil {
			document = nil // not whole yet
			continue
		}
		if body := string(text); !strings.Contains(body, gracesMail) || strings.Contains(body, "argon2id") || strings.Contains(body, g.seed) {
			g.t.Errorf("the document lacks the address, or has a secret:\n%.2000s", body)
		}
	}
}

func (g *life) delete() {
	g.open(g.s.URL + "/account/data")
	g.press("delete", "#delete-yes")
	g.shoot("15-delete")
	g.press("delete-yes", "#deletion-asked")
	g.shoot("16-asked")
	if text := g.mail("delet"); !strings.Contains(text, "delet") {
		g.t.Errorf("the last mail says nothing of it: %s", text)
	}
}
