package visit_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/address"
	"github.com/cardea-iam/cardea/internal/assurance"
	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/factor"
	"github.com/cardea-iam/cardea/internal/factor/mailbox"
	"github.com/cardea-iam/cardea/internal/factor/password"
	"github.com/cardea-iam/cardea/internal/factor/recovery"
	"github.com/cardea-iam/cardea/internal/factor/totp"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/notify"
	"github.com/cardea-iam/cardea/internal/outbox"
	accountrecovery "github.com/cardea-iam/cardea/internal/recovery"
	"github.com/cardea-iam/cardea/internal/registration"
	"github.com/cardea-iam/cardea/internal/secret"
	"github.com/cardea-iam/cardea/internal/setting"
	"github.com/cardea-iam/cardea/internal/signin"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/tenant"
	"github.com/cardea-iam/cardea/internal/throttle"
	uiaddress "github.com/cardea-iam/cardea/internal/ui/address"
	"github.com/cardea-iam/cardea/internal/ui/code"
	"github.com/cardea-iam/cardea/internal/ui/notice"
	"github.com/cardea-iam/cardea/internal/ui/own"
	uirecovery "github.com/cardea-iam/cardea/internal/ui/recovery"
	uiregistration "github.com/cardea-iam/cardea/internal/ui/registration"
	"github.com/cardea-iam/cardea/internal/ui/security"
	"github.com/cardea-iam/cardea/internal/web"
)

// configured is the configured origin of links; requests come from elsewhere.
const configured = "https://id.example"

// doors is a world with mail, and the ways into accounts beside sign-in.
type doors struct {
	codes
	joining    *registration.Room
	recovering *accountrecovery.Room
	worker     *outbox.Worker

	mu   sync.Mutex
	mail []notify.Message
}

func eachDoor(t *testing.T, fn func(t *testing.T, d *doors)) {
	t.Helper()
	var d *doors
	var pages *code.Room
	var desk *own.Desk
	var join *uiregistration.Room
	var recover *uirecovery.Room
	eachWith(t, func(w *world) ([]signin.Factor, []web.Route) {
		d = &doors{codes: codes{world: w}}
		translate := func(rw http.ResponseWriter, r *web.Request, err error) bool {
			return notice.NewPages(w.visits).Translate(rw, r, err)
		}
		d.factors(w)
		letters := notify.New(secret.NewRoot([32]byte{7}), configured, tenant.NewDirectory(w.store))
		boxes := d.rooms(w, letters)
		pages = &code.Room{TOTP: d.app, Recovery: d.paper, Translate: translate}
		desk = &own.Desk{Translate: translate}
		join = &uiregistration.Room{Registration: d.joining, Passwords: w.passwords, Translate: translate}
		recover = &uirecovery.Room{Recovery: d.recovering, Passwords: w.passwords, Translate: translate}
		mine := &uiaddress.Room{Desk: desk, Addresses: address.New(w.g, boxes, letters.Warn)}
		return []signin.Factor{d.app, d.paper}, slices.Concat(pages.Routes(), join.Routes(), recover.Routes(), mine.Routes(), (&security.Codes{Desk: desk, TOTP: d.app, Recovery: d.paper}).Routes())
	}, func(t *testing.T, w *world) {
		pages.Visits, desk.Visits, join.Visits, recover.Visits = w.visits, w.visits, w.visits, w.visits
		fn(t, d)
	})
}

func (d *doors) factors(w *world) {
	root := secret.NewRoot([32]byte{7})
	limits := must(throttle.New(w.g, root, throttle.Rules{}, nil))
	hook := func(*store.Tx, id.Tenant, account.ID) error { return nil }
	d.app = must(totp.New(w.g, root, limits, totp.Hooks{Added: hook, Removed: hook}))
	d.paper = must(recovery.New(w.g, root, limits, recovery.Hooks{Made: hook, Beside: d.app.Enrolled,
		Spent: func(*store.Tx, id.Tenant, account.ID, int) error { return nil }}))
}

func (d *doors) rooms(w *world, letters *notify.Room) *mailbox.Room {
	root := secret.NewRoot([32]byte{7})
	boxes := mailbox.New(w.g, root, letters)
	d.joining = registration.New(registration.Options{Guard: w.g, Root: root, Mailbox: boxes, Letters: letters,
		Choose: func(ctx context.Context, tenant id.Tenant, raw string, about account.Account) (registration.Chosen, error) {
			p, err := w.passwords.Prepare(ctx, tenant, raw, about)
			return func(tx *store.Tx, who account.ID, at registration.Place) error {
				return p.First(tx, tenant, who, password.Place{Interaction: at.Interaction, Browser: at.Browser})
			}, err
		}})
	w.asking = []signin.Asking{d.joining}
	d.recovering = accountrecovery.New(accountrecovery.Options{Guard: w.g, Root: root, Mailbox: boxes, Letters: letters, Choose: w.passwords.Initial,
		Reach: func(r *store.Reader, tenant id.Tenant, who account.ID) (factor.Level, error) {
			return w.visits.SignIn.ReachNow(r, tenant, who)
		},
		Forget: []accountrecovery.Effect{w.passwords.ForgetDevices, func(tx *store.Tx, tenant id.Tenant, who account.ID) error {
			return assurance.Forget(tx, tenant, who, nil)
		}}})
	d.worker = outbox.NewWorker(w.store, map[outbox.Kind]outbox.Carrier{
		mailbox.Carrier: boxes.Carry,
		outbox.Kind(notify.Mail): func(_ context.Context, e outbox.Effect) error {
			m, err := letters.Open(e)
			d.mu.Lock()
			defer d.mu.Unlock()
			d.mail = append(d.mail, m)
			return err
		},
	}, slog.New(slog.DiscardHandler))
	return boxes
}

// post carries all mail out and returns what came since the last time.
func (d *doors) post() []notify.Message {
	d.t.Helper()
	d.mail = nil
	for {
		n, err := d.worker.Run(d.t.Context())
		if err != nil {
			d.t.Fatal(err)
		}
		if n == 0 {
			return d.mail
		}
	}
}

// letter is the one letter of a kind to an address that has just come.
func (d *doors) letter(kind notify.Kind, to string) notify.Message {
	d.t.Helper()
	mail := d.post()
	for _, m := range mail {
		if m.Kind == kind && m.To == to {
			return m
		}
	}
	d.t.Fatalf("no %s to %s among %d letters: %v", kind, to, len(mail), kinds(mail))
	return notify.Message{}
}

func kinds(mail []notify.Message) (out []string) {
	for _, m := range mail {
		out = append(out, string(m.Kind)+" "+m.To)
	}
	slices.Sort(out)
	return out
}

// pathOf is a link's path, as a browser opens it at this server.
func pathOf(t *testing.T, link string) string {
	t.Helper()
	rest, ok := strings.CutPrefix(link, configured)
	if !ok {
		t.Fatalf("the link %s is not below the configured origin", link)
	}
	return rest
}

func (d *doors) set(name setting.Name, document string) {
	d.t.Helper()
	if _, err := setting.Update(d.t.Context(), d.g, operator, id.Default, name, []byte(document), -1); err != nil {
		d.t.Fatal(err)
	}
}

// owning gives a person verified addresses.
func (d *doors) owning(who account.ID, addresses ...string) {
	d.t.Helper()
	for _, a := range addresses {
		if _, err := account.AddEmail(d.t.Context(), d.g, operator, id.Default, who, a, true); err != nil {
			d.t.Fatal(err)
		}
	}
}

// account reads a person's account.
func (d *doors) account(who account.ID) (a account.Account) {
	d.t.Helper()
	d.read(func(r *store.Reader) (err error) { a, err = account.Get(r, id.Default, who); return err })
	return a
}

func code8(m notify.Message) string { return m.Values["code"] }

func query(t *testing.T, location, name string) string {
	t.Helper()
	u, err := url.Parse(location)
	if err != nil {
		t.Fatal(err)
	}
	return u.Query().Get(name)
}

func as(who account.ID) caller.Caller { return caller.Person(string(who), "", "", "", "") }

// refusal is the code of a refusal, "" for none; a fault fails by its text.
func refusal(err error) string {
	var r guard.Refusal
	if errors.As(err, &r) {
		return r.RefusalCode()
	}
	if err != nil {
		return err.Error()
	}
	return ""
}

func errorsJoin(errs ...error) error { return errors.Join(errs...) }
