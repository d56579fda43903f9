package assurance

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/geo"
	"github.com/cardea-iam/cardea/internal/geo/geotest"
	"github.com/cardea-iam/cardea/internal/reputation"
	"github.com/cardea-iam/cardea/internal/session"
	"github.com/cardea-iam/cardea/internal/setting"
	"github.com/cardea-iam/cardea/internal/store"
)

var (
	vienna = netip.MustParseAddr("198.51.100.7")
	linz   = netip.MustParseAddr("198.51.101.7")
	tokyo  = netip.MustParseAddr("203.0.113.7")
	nobody = netip.MustParseAddr("192.0.2.66") // in no file, and on the list
)

// operatorFiles are an operator's GeoIP file and list.
func operatorFiles(t *testing.T) Options {
	t.Helper()
	log := slog.New(slog.DiscardHandler)
	d, err := geo.Open(log, geotest.Write(t,
		geotest.Place{Network: "198.51.100.0/24", Country: "AT", City: "Vienna", Latitude: 48.208, Longitude: 16.373, ASN: 64500},
		geotest.Place{Network: "198.51.101.0/24", Country: "AT", City: "Linz", Latitude: 48.306, Longitude: 14.286, ASN: 64501},
		geotest.Place{Network: "203.0.113.0/24", Country: "JP", City: "Tokyo", Latitude: 35.677, Longitude: 139.65, ASN: 64502}))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "list")
	if err := os.WriteFile(path, []byte("192.0.2.0/24\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	l, err := reputation.Open(path, log)
	if err != nil {
		t.Fatal(err)
	}
	return Options{Geo: d, Reputation: l}
}

func (w *world) signals(s Source) (out Signals) {
	w.t.Helper()
	if s.Account == "" {
		s.Account = w.anna
	}
	if err := w.Store().Read(w.t.Context(), here, func(r *store.Reader) (err error) {
		out, err = w.room.Signals(r, here, s)
		return err
	}); err != nil {
		w.t.Fatal(err)
	}
	return out
}

// write runs fn in a transaction as the beginning of a session.
func (w *world) write(fn func(tx *store.Tx) error) {
	w.t.Helper()
	if err := w.Do(w.t.Context(), caller.Nobody("", ""), session.Start.On(here, "ses_1", nil), fn); err != nil {
		w.t.Fatal(err)
	}
}

// signIn is one attempt from its signals to its record.
func (w *world) signIn(s Source, a Attempt, p Proof) (id SignInID, v Verdict) {
	w.t.Helper()
	if s.Account == "" {
		s.Account = w.anna
	}
	w.write(func(tx *store.Tx) (err error) {
		if a.Signals, err = w.room.Signals(tx.Read(), here, s); err != nil {
			return err
		}
		a.Account, a.Address, a.At = s.Account, s.Address, tx.Now()
		if v, err = w.room.Decide(tx.Read(), here, a, p); err != nil {
			return err
		}
		in := Recorded{Attempt: a, Agent: "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X)", Proof: p, Verdict: v}
		if v.Allowed {
			in.Session = "ses_1"
		}
		id, err = w.room.Record(tx, here, in)
		return err
	})
	return id, v
}

var password = Proof{Level: 1, Methods: []string{"pwd"}}

func TestSignalsFollowThePerson(t *testing.T) {
	each(t, operatorFiles(t), func(w *world) {
		check := func(name string, s Source, want Signals) {
			w.t.Helper()
			if got := w.signals(s); got != want {
				w.t.Errorf("%s:\n got %+v\nwant %+v", name, got, want)
			}
		}
		at := func(a netip.Addr) Source { return Source{Address: a, DeviceKnown: true} }
		inVienna := Signals{Country: "AT", City: "Vienna", Network: "AS64500"}
		first := inVienna
		first.FirstSignIn, first.NewDevice = true, true
		check("first", Source{Address: vienna}, first)
		if _, v := w.signIn(Source{Address: vienna}, Attempt{}, password); !v.Allowed || v.Notify {
			w.t.Errorf("the first sign-in: %+v", v)
		}
		check("at home", at(vienna), inVienna)
		check("a new device", Source{Address: vienna}, Signals{NewDevice: true, Country: "AT", City: "Vienna", Network: "AS64500"})
		check("at once elsewhere", at(linz), Signals{NewNetwork: true, ImpossibleTravel: true, Country: "AT", City: "Linz", Network: "AS64501"})
		w.now = w.now.Add(3 * time.Hour)
		check("by train", at(linz), Signals{NewNetwork: true, Country: "AT", City: "Linz", Network: "AS64501"})
		check("too far", at(tokyo), Signals{NewNetwork: true, NewCountry: true, ImpossibleTravel: true, Country: "JP", City: "Tokyo", Network: "AS64502"})
		w.now = w.now.Add(24 * time.Hour)
		check("by plane", at(tokyo), Signals{NewNetwork: true, NewCountry: true, Country: "JP", City: "Tokyo", Network: "AS64502"})
		check("listed, place unknown", at(nobody), Signals{NewNetwork: true, BadReputation: true, Network: "192.0.2.0/24"})
		check("no address", Source{DeviceKnown: true}, Signals{})
		check("what is passed through", Source{DeviceKnown: true, Automated: true, Failures: 7, Breached: true}, Signals{AutomatedBrowser: true, Failures: 7, BreachedPassword: true})

		// What was refused teaches nothing.
		if _, v := w.signIn(at(tokyo), Attempt{HasSecondFactor: true}, password); v.Allowed || v.Least == nil || v.Least.Level != 2 {
			w.t.Errorf("from a new country by password: %+v", v)
		}
		if got := w.signals(at(tokyo)); !got.NewCountry {
			w.t.Error("a refused attempt made the country known")
		}
		if _, v := w.signIn(at(tokyo), Attempt{HasSecondFactor: true}, Proof{Level: 2}); !v.Allowed || !v.Notify {
			w.t.Errorf("from a new country by two factors: %+v", v)
		}
		check("known now", at(tokyo), Signals{Country: "JP", City: "Tokyo", Network: "AS64502"})
		check("home again at once", at(vienna), Signals{ImpossibleTravel: true, Country: "AT", City: "Vienna", Network: "AS64500"})

		// Another person knows nothing of it.
		bob := w.person("bob")
		check("bob", Source{Account: bob, Address: tokyo, DeviceKnown: true}, Signals{FirstSignIn: true, Country: "JP", City: "Tokyo", Network: "AS64502"})

		w.now = w.now.Add(dormantAfter)
		if w.signals(at(vienna)).Dormant {
			w.t.Error("dormant after 90 days to the second")
		}
		w.now = w.now.Add(time.Second)
		if !w.signals(at(vienna)).Dormant {
			w.t.Error("not dormant after more than 90 days")
		}
	})
}

func TestWithoutFilesNoCountryIsNew(t *testing.T) {
	each(t, Options{}, func(w *world) {
		w.signIn(Source{Address: vienna}, Attempt{}, password)
		if got := w.signals(Source{Address: tokyo, DeviceKnown: true}); got != (Signals{NewNetwork: true, Network: "203.0.113.0/24"}) {
			w.t.Errorf("%+v", got)
		}
	})
}

func TestAutomated(t *testing.T) {
	const firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
	for agent, want := range map[string]bool{
		firefox: false, "": true, "curl/8.5.0": true, "python-requests/2.32": true, "Go-http-client/2.0": true,
		"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/140.0.0.0 Safari/537.36": true,
		"Mozilla/5.0 (Linux; Android 15; CUBOT KINGKONG) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36":          false,
	} {
		if got := Automated(http.Header{"User-Agent": {agent}, "Accept-Language": {"de"}}); got != want {
			t.Errorf("%q: %v", agent, got)
		}
	}
	if !Automated(http.Header{"User-Agent": {firefox}}) {
		t.Error("a browser that names no language")
	}
	for agent, want := range map[string]string{firefox: "desktop", "Mozilla/5.0 (iPhone; x)": "phone", "Mozilla/5.0 (iPad; x)": "tablet", "x Android y Mobile": "phone", "x Android": "tablet", "curl/8": "other", "": "other"} {
		if got := device(agent); got != want {
			t.Errorf("%q is %s", agent, got)
		}
	}
}

func (w *world) remember(days int) {
	w.t.Helper()
	if _, err := setting.Update(w.t.Context(), w.Guard, operator, here, "assurance", []byte(`{"remember_days":`+string(rune('0'+days))+`}`), -1); err != nil {
		w.t.Fatal(err)
	}
}

func TestRememberedDevice(t *testing.T) {
	each(t, Options{}, func(w *world) {
		mine, other := []byte("device-1"), []byte("device-2")
		ask := func(who account.ID, device []byte) bool {
			w.t.Helper()
			return w.signals(Source{Account: who, Device: device}).Remembered
		}
		keep := func(device []byte) (kept bool) {
			w.t.Helper()
			w.write(func(tx *store.Tx) (err error) {
				kept, err = Remember(tx, here, w.anna, device)
				return err
			})
			return kept
		}
		if keep(mine) || ask(w.anna, mine) {
			w.t.Error("a browser is remembered although the tenant remembers none")
		}
		w.remember(7)
		if !keep(mine) || !keep(other) || keep(nil) {
			w.t.Error("not remembered")
		}
		bob := w.person("bob")
		if !ask(w.anna, mine) || ask(bob, mine) || ask(w.anna, nil) || ask(w.anna, []byte("device-3")) {
			w.t.Error("the wrong ones are remembered")
		}
		w.write(func(tx *store.Tx) error { return Forget(tx, here, w.anna, mine) })
		if !ask(w.anna, mine) || ask(w.anna, other) {
			w.t.Error("the wrong ones are forgotten")
		}
		// Whatever ends all that the account has running ends this too.
		w.write(func(tx *store.Tx) error { return account.BumpEpoch(tx, here, w.anna) })
		if ask(w.anna, mine) {
			w.t.Error("remembered in another epoch")
		}
		keep(mine)
		w.now = w.now.Add(3*24*time.Hour + time.Second)
		if !ask(w.anna, mine) {
			w.t.Error("forgotten too early")
		}
		w.remember(3)
		if ask(w.anna, mine) {
			w.t.Error("a shorter time does not count at once")
		}
		w.remember(7)
		w.now = w.now.Add(4 * 24 * time.Hour)
		if ask(w.anna, mine) {
			w.t.Error("remembered for more than seven days")
		}
	})
}

// What was kept is what policies saw, or a simulation would judge something else.
func TestRecordKeepsWhatPoliciesSaw(t *testing.T) {
	each(t, operatorFiles(t), func(w *world) {
		id, v := w.signIn(Source{Address: vienna, Failures: 6, Breached: true, Automated: true}, Attempt{Client: "cli_1", HasSecondFactor: true, MFAEnforced: true},
			Proof{Level: 2, PhishingResistant: true, Methods: []string{"swk", "user", "mfa"}})
		var got SignIn
		if err := w.Store().Read(t.Context(), here, func(r *store.Reader) (err error) {
			got, err = getSignIn(r, here, id)
			return err
		}); err != nil {
			w.t.Fatal(err)
		}
		want := SignIn{ID: id, Attempt: Attempt{Account: w.anna, Client: "cli_1", HasSecondFactor: true, MFAEnforced: true, Address: vienna, At: w.now,
			Signals: Signals{FirstSignIn: true, NewDevice: true, BreachedPassword: true, AutomatedBrowser: true, Failures: 6, Country: "AT", City: "Vienna", Network: "AS64500"}},
			Device: "phone", Proof: Proof{Level: 2, PhishingResistant: true, Methods: []string{"swk", "user", "mfa"}}, Outcome: Challenged, Notified: true, Reasons: v.Reasons, Session: "ses_1"}
		if !reflect.DeepEqual(got, want) {
			w.t.Errorf("\n got %+v\nwant %+v", got, want)
		}
	})
}

// Attempts are erased with the account, and not kept longer than 30 days.
func TestAttemptsGo(t *testing.T) {
	each(t, Options{}, func(w *world) {
		count := func() (n int) {
			w.t.Helper()
			if err := w.Store().Read(w.t.Context(), here, func(r *store.Reader) error {
				return r.One([]any{&n}, "SELECT (SELECT COUNT(*) FROM signin_attempt WHERE tenant = $1) + (SELECT COUNT(*) FROM known_place WHERE tenant = $1) + (SELECT COUNT(*) FROM last_signin WHERE tenant = $1)", here)
			}); err != nil {
				w.t.Fatal(err)
			}
			return n
		}
		w.signIn(Source{Address: vienna}, Attempt{}, password)
		if n := count(); n != 3 {
			w.t.Fatalf("%d rows", n)
		}
		sweep := func() {
			for _, s := range Sweeps {
				sweeper := store.NewSweeper(s)
				w.write(func(tx *store.Tx) error {
					if _, _, err := sweeper.Look(tx.Read()); err != nil {
						return err
					}
					_, err := sweeper.Delete(tx)
					return err
				})
			}
		}
		w.now = w.now.Add(Kept - time.Second)
		if sweep(); count() != 3 {
			w.t.Error("swept too early")
		}
		w.now = w.now.Add(2 * time.Second)
		if sweep(); count() != 2 {
			w.t.Error("the attempt was kept for more than 30 days")
		}
		w.write(func(tx *store.Tx) error { return account.Erase(tx, here, w.anna) })
		if count() != 0 {
			w.t.Error("an erased person left traces")
		}
	})
}

// A person downloads all that is kept of them, and nothing of anybody else.
func TestExports(t *testing.T) {
	each(t, operatorFiles(t), func(w *world) {
		w.remember(7)
		bob := w.person("bob")
		w.signIn(Source{Account: bob, Address: tokyo}, Attempt{}, password)
		for range MaxPage + 1 {
			w.now = w.now.Add(time.Millisecond)
			w.signIn(Source{Address: vienna}, Attempt{}, password)
		}
		w.write(func(tx *store.Tx) error { _, err := Remember(tx, here, w.anna, []byte("device-1")); return err })
		counts := map[string]int{}
		var text []byte
		if err := w.Store().Read(w.t.Context(), here, func(r *store.Reader) error {
			for _, e := range Exports {
				for after := ""; ; {
					items, next, err := e.Page(r, here, string(w.anna), after)
					if err != nil {
						return err
					}
					counts[e.Name] += len(items)
					b, err := json.Marshal(items)
					if err != nil {
						return err
					}
					if text, after = append(text, b...), next; next == "" {
						break
					}
				}
			}
			return nil
		}); err != nil {
			w.t.Fatal(err)
		}
		if want := map[string]int{"signins": MaxPage + 1, "known_places": 2, "last_signin": 1, "remembered_browsers": 1}; !reflect.DeepEqual(counts, want) {
			w.t.Errorf("%v", counts)
		}
		for _, words := range []string{`"city":"Vienna"`, `"name":"AS64500"`, `"latitude":48.208`, `"address":"198.51.100.7"`} {
			if !strings.Contains(string(text), words) {
				w.t.Errorf("the export lacks %s", words)
			}
		}
		for _, words := range []string{"Tokyo", string(bob), "device-1"} {
			if strings.Contains(string(text), words) {
				w.t.Errorf("the export holds %s", words)
			}
		}
	})
}
