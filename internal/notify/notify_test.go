package notify_test

import (
	"bytes"
	"errors"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/issued"
	"github.com/cardea-iam/cardea/internal/notify"
	"github.com/cardea-iam/cardea/internal/secret"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/tenant"
)

// sample is a right value of each name.
var sample = notify.Values{
	"code": "123456", "link": origin + "/x", "minutes": "10", "hours": "2", "count": "7", "left": "2",
	"date": "2026-12-01T00:00:00Z", "time": "2026-11-22T12:00:00Z", "factor": "totp", "address": "new@example.com",
	"app": "Calendar", "inviter": "Ada", "tenant": "Acme", "device": "Firefox on Linux", "place": "Zürich", "name": "Key",
}

func of(k notify.Kind) notify.Values {
	v := notify.Values{}
	for _, name := range k.Takes() {
		v[name] = sample[name]
	}
	return v
}

func TestEveryKindTakesItsValuesAndNoOthers(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for _, k := range notify.Kinds() {
			l := notify.Letter{Kind: k, To: string(k) + "@example.com", Values: of(k)}
			if sent, err := w.tell(l); err != nil || !sent {
				t.Errorf("%s: %v, %v", k, sent, err)
			}
			w.clock.Advance(time.Millisecond) // ids sort by time
			if got := w.opened(id.Default)[0]; got.Kind != k || len(got.Values) != len(l.Values) {
				t.Errorf("%s came out as %s with %d values", k, got.Kind, len(got.Values))
			}
			for _, name := range k.Takes() {
				l.Values = of(k)
				delete(l.Values, name)
				if _, err := w.tell(l); err == nil {
					t.Errorf("%s without %s is told", k, name)
				}
			}
			l.Values = of(k)
			l.Values["other"] = "x"
			if _, err := w.tell(l); err == nil {
				t.Errorf("%s with a value of no meaning is told", k)
			}
		}
		if n := len(w.effects(id.Default)); n != len(notify.Kinds()) {
			t.Errorf("%d effects of %d kinds", n, len(notify.Kinds()))
		}
	})
}

func TestMalformedLettersAreFaults(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for name, change := range map[string]func(*notify.Letter){
			"kind":              func(l *notify.Letter) { l.Kind = "spam" },
			"no address":        func(l *notify.Letter) { l.To = "" },
			"two addresses":     func(l *notify.Letter) { l.To = "a@example.com,b@example.com" },
			"CRLF in address":   func(l *notify.Letter) { l.To = "a@example.com\r\nBcc: b@example.com" },
			"number as address": func(l *notify.Letter) { l.To = "+14255551212" },
			"address to phone":  func(l *notify.Letter) { l.Channel = notify.SMS },
			"number with space": func(l *notify.Letter) { l.Channel, l.To = notify.SMS, "+1 425 555 1212" },
			"channel":           func(l *notify.Letter) { l.Channel = "fax" },
			"code":              func(l *notify.Letter) { l.Values["code"] = "12 34\r\n" },
			"minutes":           func(l *notify.Letter) { l.Values["minutes"] = "-1" },
			"link elsewhere":    func(l *notify.Letter) { l.Values["link"] = "https://id.example.com.evil.example/x" },
			"link with space":   func(l *notify.Letter) { l.Values["link"] = origin + "/x https://evil.example" },
		} {
			l := notify.Letter{Kind: notify.SignInCode, To: "a@example.com", Values: of(notify.SignInCode)}
			change(&l)
			if sent, err := w.tell(l); err == nil || sent {
				t.Errorf("%s: told", name)
			} else if strings.Contains(err.Error(), "@") || strings.Contains(err.Error(), "evil") {
				t.Errorf("%s: the error repeats what came in: %v", name, err)
			}
		}
		if n := len(w.effects(id.Default)); n != 0 {
			t.Errorf("%d effects", n)
		}
	})
}

func TestOnlyCodesGoToTelephones(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for _, k := range notify.Kinds() {
			_, err := w.tell(notify.Letter{Kind: k, Channel: notify.SMS, To: "+14255551212", Values: of(k)})
			if (err == nil) != k.Phone() {
				t.Errorf("%s: %v", k, err)
			}
		}
	})
}

func TestCodesLoseTheirUse(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		if _, err := w.tell(verifyCode("a@example.com")); err != nil {
			t.Fatal(err)
		}
		if got := w.opened(id.Default)[0]; !got.ExpiresAt.Equal(start.Add(10*time.Minute)) || !got.CreatedAt.Equal(start) {
			t.Errorf("created %v, expires %v", got.CreatedAt, got.ExpiresAt)
		}
	})
}

func TestAU29_TextsOfPeopleStayOneLine(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		l := notify.Letter{Kind: notify.Invitation, To: "a@example.com", Values: of(notify.Invitation)}
		l.Values["inviter"] = "Eve\r\nBcc: all@example.com\u202e\x00 <a href=x>\u2028" + strings.Repeat("x", 500)
		if _, err := w.tell(l); err != nil {
			t.Fatal(err)
		}
		got := w.opened(id.Default)[0].Values["inviter"]
		if strings.ContainsAny(got, "\r\n\x00\u202e\u2028") || len([]rune(got)) != 200 || !strings.HasPrefix(got, "Eve Bcc: all@example.com <a href=x> x") {
			t.Errorf("%q", got)
		}
	})
}

func TestWhatWaitsIsSealed(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		if _, err := w.tell(notify.Letter{Kind: notify.SignInCode, To: "grace.hopper@example.com", Values: of(notify.SignInCode)}); err != nil {
			t.Fatal(err)
		}
		e := w.effects(id.Default)[0]
		for _, shown := range []string{"123456", "grace.hopper", origin, "Calendar"} {
			if bytes.Contains(e.Payload, []byte(shown)) {
				t.Errorf("the row shows %s", shown)
			}
		}
		e.Tenant = "ten_other"
		if _, err := w.Open(e.Effect); !errors.Is(err, secret.ErrSealed) {
			t.Errorf("opened in another tenant: %v", err)
		}
	})
}

func TestWarnTellsEveryVerifiedAddress(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		who := w.person(id.Default, "ada", "de", "ada@example.com", "ada@work.example.com")
		if _, err := account.AddEmail(t.Context(), w.guard, operator, id.Default, who, "claimed@example.com", false); err != nil {
			t.Fatal(err)
		}
		w.write(id.Default, func(tx *store.Tx) error {
			return w.Warn(tx, id.Default, who, notify.EmailRemoved, notify.Values{"address": "old@example.com"}, "old@example.com", "ADA@example.com")
		})
		var to, links []string
		for _, m := range w.opened(id.Default) {
			to, links = append(to, m.To), append(links, m.NotMe)
			if m.Locale != "de" || m.Account != who {
				t.Errorf("%s: in %q for %q", m.To, m.Locale, m.Account)
			}
		}
		slices.Sort(to)
		if !slices.Equal(to, []string{"ada@example.com", "ada@work.example.com", "old@example.com"}) {
			t.Errorf("told %v", to)
		}
		if links[0] != links[1] || links[1] != links[2] {
			t.Errorf("links differ: %v", links)
		}
		u, err := url.Parse(links[0])
		if err != nil || u.Path != "/not-me" {
			t.Fatal(links[0], err)
		}
		token, err := secret.NotMe.Parse(u.Query().Get("t"))
		if err != nil {
			t.Fatal(err)
		}
		w.write(id.Default, func(tx *store.Tx) error {
			payload, expires, err := issued.Unspent(tx.Read(), id.Default, secret.NotMe, w.root.Digest(secret.NotMe, token))
			if payload != string(who) || !expires.Equal(start.Add(7*24*time.Hour)) {
				t.Errorf("payload %q until %v", payload, expires)
			}
			return err
		})
	})
}

func TestWarnAfterErasureReachesTheAddressesGiven(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		who := w.person(id.Default, "ada", "", "ada@example.com")
		w.write(id.Default, func(tx *store.Tx) error {
			if err := w.Warn(tx, id.Default, who, notify.PasswordChanged, nil); err != nil {
				return err
			}
			if err := w.Forget(tx, id.Default, who); err != nil {
				return err
			}
			if err := account.Erase(tx, id.Default, who); err != nil {
				return err
			}
			return w.Warn(tx, id.Default, who, notify.Erased, nil, "ada@example.com")
		})
		got := w.opened(id.Default)
		if len(got) != 1 || got[0].Kind != notify.Erased || got[0].NotMe != "" {
			t.Errorf("%+v", got)
		}
	})
}

func TestAU01_LinksLeadToTheConfiguredOriginAlone(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		other, err := tenant.Create(t.Context(), w.guard, operator, id.Default, tenant.Tenant{Name: "acme"})
		if err != nil {
			t.Fatal(err)
		}
		for in, want := range map[id.Tenant]string{id.Default: origin + "/recover?t=a%26b", other.ID: origin + "/t/acme/recover?t=a%26b"} {
			if got, err := w.Link(in, "/recover", url.Values{"t": {"a&b"}}); err != nil || got != want {
				t.Errorf("%s: %s %v", in, got, err)
			}
			who := w.person(in, "ada", "", "ada@example.com")
			w.write(in, func(tx *store.Tx) error { return w.Warn(tx, in, who, notify.PasswordChanged, nil) })
			if got := w.opened(in)[0].NotMe; !strings.HasPrefix(got, strings.TrimSuffix(want, "recover?t=a%26b")+"not-me?t=cdr_nm_") {
				t.Errorf("%s: %s", in, got)
			}
		}
		if _, err := w.Link("ten_none", "/recover", nil); err == nil {
			t.Error("a tenant that is none has a link")
		}
	})
}
