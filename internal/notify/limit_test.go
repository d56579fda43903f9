package notify_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/notify"
	"github.com/cardea-iam/cardea/internal/store"
)

func TestAU33_ThousandResetsSendThreeMailsAnHour(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		reset := notify.Letter{Kind: notify.RecoveryCode, To: "ada@example.com", Values: of(notify.RecoveryCode)}
		var told []time.Time
		for i := range 1000 {
			reset.To = []string{"ada@example.com", "ADA@Example.com"}[i%2] // spelling gives no second lane
			sent, err := w.tell(reset)
			if err != nil {
				t.Fatal(err)
			}
			if sent {
				told = append(told, w.clock.Now())
			}
			w.clock.Advance(20 * time.Second)
		}
		for i := 3; i < len(told); i++ {
			if told[i].Sub(told[i-3]) < time.Hour {
				t.Errorf("four mails from %v to %v", told[i-3], told[i])
			}
		}
		if len(told) < 3 || len(w.effects(id.Default)) != len(told) {
			t.Errorf("%d told, %d wait", len(told), len(w.effects(id.Default)))
		}
		if sent, err := w.tell(verifyCode("somebody.else@example.com")); err != nil || !sent {
			t.Errorf("another destination: %v %v", sent, err)
		}
	})
}

func TestAU33_AskingForCodesSilencesNoNotice(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		who := w.person(id.Default, "ada", "", "ada@example.com")
		for range 20 {
			if _, err := w.tell(verifyCode("ada@example.com")); err != nil {
				t.Fatal(err)
			}
		}
		before := len(w.effects(id.Default))
		for range 100 {
			w.write(id.Default, func(tx *store.Tx) error { return w.Warn(tx, id.Default, who, notify.PasswordChanged, nil) })
		}
		if got := len(w.effects(id.Default)) - before; before != 3 || got != 50 {
			t.Errorf("%d codes and %d notices", before, got)
		}
	})
}

func TestAU33_ManyAtOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		var told atomic.Int32
		var wg sync.WaitGroup
		for range 16 {
			wg.Go(func() {
				err := w.store.Write(t.Context(), id.Default, store.Conditional, func(tx *store.Tx) error {
					sent, err := w.Tell(tx, id.Default, verifyCode("ada@example.com"))
					if sent {
						tx.AfterCommit(func() { told.Add(1) })
					}
					return err
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if told.Load() != 3 {
			t.Errorf("%d told", told.Load())
		}
	})
}

func TestAU33_TelephonesOfATenant(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.Limits.Telephones = notify.Limit{Burst: 5, Interval: time.Minute}
		told := 0
		for i := range 20 {
			l := verifyCode(fmt.Sprintf("+1425555%04d", i))
			l.Channel = notify.SMS
			sent, err := w.tell(l)
			if err != nil {
				t.Fatal(err)
			}
			if sent {
				told++
			}
		}
		if told != 5 {
			t.Errorf("%d told", told)
		}
		if sent, err := w.tell(verifyCode("ada@example.com")); err != nil || !sent {
			t.Errorf("mail is held up by telephones: %v %v", sent, err)
		}
	})
}
