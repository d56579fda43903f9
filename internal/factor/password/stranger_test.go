package password_test

import (
	"errors"
	"sync"
	"testing"

	"github.com/cardea-iam/cardea/internal/factor/password"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/secret"
	"github.com/cardea-iam/cardea/internal/store"
)

// strain counts what the room reports.
type strain struct {
	mu           sync.Mutex
	failed, busy int
}

func (s *strain) Failed(id.Tenant) { s.mu.Lock(); defer s.mu.Unlock(); s.failed++ }
func (s *strain) Busy(id.Tenant)   { s.mu.Lock(); defer s.mu.Unlock(); s.busy++ }

func TestStrangersAreAskedBeforeAnythingAndKnownDevicesNever(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		device := w.keep(w.bob, "")
		closed, asked := errors.New("show your work"), 0
		offer := func(name, text, device string) error {
			_, err := w.Verify(t.Context(), nobody, id.Default, password.Attempt{Identifier: name, Password: parse(t, text), Source: here, Device: device,
				Stranger: func() error { asked++; return closed }}, w.at)
			return err
		}
		before := len(w.events())
		for _, name := range []string{"bob", "nobody at all"} {
			if err := offer(name, good, ""); !errors.Is(err, closed) {
				t.Errorf("%s without a device: %v", name, err)
			}
			if err := offer(name, good, "a device that is none"); !errors.Is(err, closed) {
				t.Errorf("%s with a false device: %v", name, err)
			}
		}
		if n := len(w.events()); n != before || asked != 4 {
			t.Errorf("%d attempts were asked, and %d events were written for nothing", asked, n-before)
		}
		if err := offer("bob", good, device); err != nil || asked != 4 {
			t.Errorf("bob on his device: %v", err)
		}
		for value, want := range map[string]bool{device: true, "": false, secret.DeviceCookie.Mint().Reveal(): false} {
			if known, err := w.Familiar(t.Context(), id.Default, value); err != nil || known != want {
				t.Errorf("a browser with %d bytes of cookie is known: %t, %v", len(value), known, err)
			}
		}
	})
}

func TestWrongPasswordsOfStrangersAreHeardOf(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		heard := &strain{}
		w.strain = heard
		h, err := hasher()
		if err != nil {
			t.Fatal(err)
		}
		w.Room = w.room(h)
		w.try("bob", wrong, w.keep(w.bob, ""))
		if heard.failed != 0 {
			t.Errorf("what happens on known devices counts: %d", heard.failed)
		}
		w.try("bob", wrong, "")
		w.try("nobody at all", wrong, "")
		if heard.failed != 2 {
			t.Errorf("%d of two failures were heard of", heard.failed)
		}
	})
}

// A row that does not open is a fault of the account whose it is, and of no name beside it.
func TestAU18_DamageBesideANameIsNotTold(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.write(func(tx *store.Tx) error {
			_, err := tx.Exec("UPDATE credential SET sealed = $1", []byte("damaged"))
			return err
		})
		for _, name := range []string{"aaa", "nobody", "zzz", "zzz@example.com"} {
			if got, out := w.try(name, good, ""); got != "wrong_password" || out.Account != "" {
				t.Errorf("%s: %s %+v", name, got, out)
			}
		}
	})
}
