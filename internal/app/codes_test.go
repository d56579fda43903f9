package app

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base32"
	"encoding/binary"
	"errors"
	"fmt"
	"html"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/factor"
	"github.com/cardea-iam/cardea/internal/factor/totp"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/interaction"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/throttle"
)

// appCode is what an authenticator app shows for a seed in groups of letters.
func appCode(t *testing.T, groups []string, at time.Time) string {
	t.Helper()
	seed, err := base32.StdEncoding.DecodeString(strings.Join(groups, ""))
	if err != nil {
		t.Fatal(err)
	}
	m := hmac.New(sha1.New, seed)
	m.Write(binary.BigEndian.AppendUint64(nil, uint64(at.Unix()/30)))
	sum := m.Sum(nil)
	o := sum[19] & 15
	return fmt.Sprintf("%06d", (binary.BigEndian.Uint32(sum[o:])&0x7fffffff)%1_000_000)
}

// proving begins an interaction in which a person has proved the password.
func proving(t *testing.T, a *App, who account.ID) interaction.Place {
	t.Helper()
	i, err := interaction.New(interaction.Account, interaction.About{}, struct{}{}, a.Store.Now())
	if err != nil {
		t.Fatal(err)
	}
	i.Account, i.Facts = who, []factor.Fact{factor.Proved(factor.Password, a.Store.Now())}
	write(t, a, func(tx *store.Tx) error { return interaction.Insert(tx, id.Default, i, []byte("browser")) })
	return interaction.Place{Interaction: i.ID, Browser: []byte("browser")}
}

// AU08, AU13: the person is told of a new app, of codes, of each code that is used, of ten failures
// in a row, and of an app that is gone.
func TestAU08_AU13_PeopleAreToldAboutCodes(t *testing.T) {
	a := openedWith(t, map[string]string{"mail-inbox": "true"})
	who, ctx := ada(t, a), t.Context()
	me, here := caller.Person(string(who), "ses_1", "aal1", "192.0.2.1", ""), netip.MustParseAddr("192.0.2.1")
	told := func(words string) {
		t.Helper()
		carryOut(t, a, 1)
		if list := html.UnescapeString(text(t, ask(t, a, "/inbox"))); !strings.Contains(list, words) {
			t.Errorf("the inbox lacks %q:\n%s", words, list)
		}
	}
	setup, err := a.TOTP.Begin(ctx, me, id.Default, who, "ses_1")
	if err == nil {
		err = a.TOTP.Add(ctx, me, id.Default, who, "ses_1", appCode(t, setup.Groups(), a.Store.Now()))
	}
	if err != nil {
		t.Fatal(err)
	}
	told("Eine Anmeldemethode wurde hinzugefügt")
	if err := a.Recovery.Make(ctx, me, id.Default, who, "ses_1"); err != nil {
		t.Fatal(err)
	}
	told("Eine Anmeldemethode wurde hinzugefügt")
	codes, err := a.Recovery.Shown(ctx, id.Default, who, "ses_1")
	if err == nil {
		err = a.Recovery.Verify(ctx, caller.Nobody("192.0.2.1", ""), id.Default, who, codes[0], here, proving(t, a, who))
	}
	if err != nil {
		t.Fatal(err)
	}
	told("Ein Wiederherstellungscode wurde verwendet")
	for range 10 {
		write(t, a, func(tx *store.Tx) error {
			return a.Throttle.Failed(tx, id.Default, throttle.Try{Account: who, Kind: factor.TOTP, Source: here})
		})
	}
	told("Fehlgeschlagene Anmeldungen")
	if err := a.TOTP.Remove(ctx, me, id.Default, who); err != nil {
		t.Fatal(err)
	}
	told("Eine Anmeldemethode wurde entfernt")
	// Without the app the codes are no factor of the account's.
	if err := a.Store.Read(ctx, id.Default, func(r *store.Reader) error {
		enrolled, err := a.Recovery.Enrolled(r, id.Default, who)
		if enrolled {
			t.Error("codes stand in for nothing")
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	var refused *totp.Refused
	if err := a.TOTP.Remove(ctx, me, id.Default, who); !errors.As(err, &refused) {
		t.Errorf("removed twice: %v", err)
	}
}
