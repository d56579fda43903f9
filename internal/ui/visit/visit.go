package visit

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/brand"
	"github.com/cardea-iam/cardea/internal/browser"
	"github.com/cardea-iam/cardea/internal/client"
	"github.com/cardea-iam/cardea/internal/factor/password"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/secret"
	"github.com/cardea-iam/cardea/internal/signin"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/tenant"
	"github.com/cardea-iam/cardea/internal/ui/part"
	"github.com/cardea-iam/cardea/internal/web"
)

// Room knows what every page needs. It is safe for concurrent use.
type Room struct {
	Guard   *guard.Guard
	Browser *browser.Browser
	Tenants *tenant.Directory
	Clients *client.Directory
	SignIn  *signin.Room
	// Brands may be nil: then all pages look as they are built in.
	Brands *brand.Room
}

// FieldInteraction names the query parameter and the hidden field that carry an interaction's id.
const FieldInteraction = "i"

// PathSignIn is where a sign-in begins, below the tenant's root.
const PathSignIn = "/signin"

// Pages that lead into an account in other ways, below the tenant's root. Each takes ?i=ID.
const (
	PathSignUp  = "/signup"
	PathRecover = "/recover"
)

// Pages of a sign-in that are no factor's own.
const (
	PathOther  = "/signin/other"  // another way to prove
	PathCancel = "/signin/cancel" // takes the POST that goes back to the app without signing in
	PathEnrol  = "/signin/enrol"  // what to set up where more is asked than the person has
)

// ParamOther asks the sign-in page for the form in place of the person who is signed in. It changes
// what is shown and nothing else.
const ParamOther = "other"

// Tenant is the id of the request's tenant.
func Tenant(r *web.Request) id.Tenant { return id.Tenant(r.Tenant.ID) }

// Base fills in what every page has. The language is the first that is known of: the one that the
// page's own links ask for, the one that was asked for before in this browser, locales (of the
// interaction), the person's, the browser's. person may be nil. The page looks as the tenant's
// brand says.
func (room *Room) Base(ctx context.Context, r *web.Request, locales []string, person *account.Account) (part.Base, error) {
	return room.BaseFor(ctx, r, locales, person, "")
}

// BaseFor is Base for a page to which an application leads: it looks as the application's brand
// says. No application, "", is Base.
func (room *Room) BaseFor(ctx context.Context, r *web.Request, locales []string, person *account.Account, app client.ID) (part.Base, error) {
	now, _ := asked(r)
	b := part.Base{Root: browser.Path(r, ""), RequestID: r.ID, Now: room.Guard.Store().Now(), Theme: theme(r, person)}
	own := ""
	if person != nil {
		own = person.Claims.Locale
		b.Zone = zone(person.Claims.Zoneinfo)
	}
	b.Locale = part.Negotiate(r.Header.Get("Accept-Language"), string(now), string(remembered(r)), strings.Join(locales, " "), own)
	if r.Tenant.ID != "" {
		t, err := room.Tenants.ByID(ctx, Tenant(r))
		if err != nil {
			return b, err
		}
		b.TenantName = t.Called()
		if b.Look, err = room.look(ctx, r, app); err != nil {
			return b, err
		}
	}
	return b, nil
}

// zone is a time zone of the machine's database, nil (UTC) for one that it does not have.
func zone(name string) *time.Location {
	if name == "" || name == "Local" {
		return nil
	}
	z, err := time.LoadLocation(name)
	if err != nil {
		return nil
	}
	return z
}

// URL is a path of the tenant with parameters (name, value, …), and with the language that the
// person asked for.
func URL(r *web.Request, path string, pairs ...string) string {
	q := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		q.Set(pairs[i], pairs[i+1])
	}
	if l, ok := asked(r); ok {
		q.Set(part.LocaleParam, string(l))
	}
	path = browser.Path(r, path)
	if len(q) > 0 {
		path += "?" + q.Encode()
	}
	return path
}

// Person is an account as pages show it to its owner.
func Person(a account.Account) part.Person {
	p := part.Person{Name: a.Claims.Name, Username: string(a.Username)}
	if p.Name == "" {
		p.Name = strings.TrimSpace(a.Claims.GivenName + " " + a.Claims.FamilyName)
	}
	if e, ok := a.PrimaryEmail(); ok {
		p.Email = string(e.Address)
	}
	return p
}

// Portrait is Person with the picture that the person uploaded.
func Portrait(r *web.Request, a account.Account) part.Person {
	p := Person(a)
	if path := a.AvatarPath(); path != "" {
		p.PicturePath = browser.Path(r, path)
	}
	return p
}

// App is a client as pages show it, without its logo.
func App(c client.Client) part.App {
	return part.App{Name: c.Name, Verified: c.FirstParty, PrivacyURL: c.PolicyURI, TermsURL: c.TermsURI}
}

// AppOf is the client of an id, as pages show it; nameless if it is none any more.
func (room *Room) AppOf(ctx context.Context, tenant id.Tenant, app client.ID) (part.App, error) {
	if app == "" {
		return part.App{}, nil
	}
	c, err := room.Clients.Active(ctx, tenant, app)
	if errors.Is(err, store.ErrNotFound) {
		return part.App{}, nil
	}
	if err != nil {
		return part.App{}, err
	}
	return room.AppWithLogo(ctx, tenant, c)
}

// Account reads an account of the request's tenant for its owner's pages.
func (room *Room) Account(ctx context.Context, tenant id.Tenant, who account.ID) (a account.Account, err error) {
	err = room.Guard.Store().Read(ctx, tenant, func(r *store.Reader) error {
		a, err = account.Get(r, tenant, who)
		return err
	})
	return a, err
}

// Refusal says no to a browser in a way that the room notice has a page for.
type Refusal struct {
	Kind   string // of notice.Kind
	Status int
	Wait   time.Duration // with "busy"
	Cause  error         // private, may be nil
}

// Error implements error.
func (r *Refusal) Error() string { return "page " + r.Kind }

// Unwrap gives the private cause.
func (r *Refusal) Unwrap() error { return r.Cause }

// RefusalCode implements guard.Refusal.
func (r *Refusal) RefusalCode() string { return r.Kind }

// The refusals.
var (
	ErrExpired   = &Refusal{Kind: "expired", Status: 400} // the interaction is over, or another browser's
	ErrForbidden = &Refusal{Kind: "forbidden", Status: 403}
	ErrMissing   = &Refusal{Kind: "missing", Status: 404}
	ErrLink      = &Refusal{Kind: "link", Status: 404} // a one-time link that was used, is too old, or never was
)

// device tells a browser that signed in before from a stranger; only the throttle reads it.
func device(r *web.Request) web.Cookie {
	name := "cardea-device"
	if r.Tenant.Name != "" {
		name += "-" + r.Tenant.Name
	}
	return web.Cookie{Name: name, Strict: true}
}

// Device is the value of the device cookie, "" for none.
func Device(r *web.Request) string {
	text, _ := device(r).Read(r)
	return text
}

// setDevice gives the browser a device cookie; an empty one is none.
func setDevice(w http.ResponseWriter, r *web.Request, value secret.Secret) error {
	if value.Empty() {
		return nil
	}
	return device(r).Set(w, value.Reveal(), password.DeviceLife)
}
