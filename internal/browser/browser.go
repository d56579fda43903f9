// Package browser is what a browser carries for us: a session cookie, a cookie of the accounts that
// are signed in beside it, and a binding cookie that ties an interaction to the browser in which it
// began. All are random and opaque; rows keep their digests.
//
// Each tenant has cookies of its own, so that sessions of two tenants live side by side.
package browser

import (
	"context"
	"errors"
	"net/http"

	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/interaction"
	"github.com/cardea-iam/cardea/internal/secret"
	"github.com/cardea-iam/cardea/internal/session"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/web"
)

// Browser reads and sets the cookies. It is safe for concurrent use.
type Browser struct {
	store *store.Store
	root  *secret.Root
}

// New returns the cookies' reader of a store.
func New(s *store.Store, root *secret.Root) *Browser { return &Browser{s, root} }

// ErrNone is returned where the browser has no living session, or not this interaction.
var ErrNone = errors.New("the browser has none")

func cookie(r *web.Request, name string) web.Cookie {
	if r.Tenant.Name != "" {
		name += "-" + r.Tenant.Name
	}
	return web.Cookie{Name: name}
}

// Session returns the living session whose cookie came with the request, or ErrNone.
func (b *Browser) Session(ctx context.Context, r *web.Request) (session.Session, error) {
	return b.find(ctx, r, session.ByDigest)
}

// Leaver returns the session whose cookie came with the request if its account is going to be
// deleted, else ErrNone. It is for the page on which that is called off, and for nothing else.
func (b *Browser) Leaver(ctx context.Context, r *web.Request) (session.Session, error) {
	return b.find(ctx, r, session.Leaver)
}

func (b *Browser) find(ctx context.Context, r *web.Request, by func(*store.Reader, id.Tenant, []byte) (session.Session, error)) (session.Session, error) {
	text, ok := cookie(r, "cardea-session").Read(r)
	if !ok {
		return session.Session{}, ErrNone
	}
	token, err := secret.SessionCookie.Parse(text)
	if err != nil {
		return session.Session{}, ErrNone
	}
	var s session.Session
	tenant := id.Tenant(r.Tenant.ID)
	err = b.store.Read(ctx, tenant, func(rd *store.Reader) error {
		s, err = by(rd, tenant, b.root.Digest(secret.SessionCookie, token))
		return err
	})
	if errors.Is(err, store.ErrNotFound) {
		return s, ErrNone
	}
	return s, err
}

// Caller is who the browser speaks for: the session's person, or nobody.
func (b *Browser) Caller(ctx context.Context, r *web.Request) (caller.Caller, session.Session, error) {
	s, err := b.Session(ctx, r)
	if errors.Is(err, ErrNone) {
		return Nobody(r), s, nil
	}
	return Person(r, s), s, err
}

// Person is the caller of a session.
func Person(r *web.Request, s session.Session) caller.Caller {
	return caller.Person(string(s.Account), string(s.ID), s.Strength().Level.ACR(), address(r), r.ID)
}

// Nobody is the caller of a request without a session.
func Nobody(r *web.Request) caller.Caller { return caller.Nobody(address(r), r.ID) }

func address(r *web.Request) string {
	if !r.Client.IsValid() {
		return ""
	}
	return r.Client.String()
}

// NewSession makes a session's cookie value; its digest goes into the row, the text by
// SetSession to the browser once the row is written.
func (b *Browser) NewSession() (text secret.Secret, digest []byte) {
	text = secret.SessionCookie.Mint()
	return text, b.root.Digest(secret.SessionCookie, text)
}

// SetSession hands the cookie to the browser, until it closes or the session ends.
func (b *Browser) SetSession(w http.ResponseWriter, r *web.Request, text secret.Secret) error {
	return cookie(r, "cardea-session").Set(w, text.Reveal(), 0)
}

// ClearSession takes the session's cookie back.
func (b *Browser) ClearSession(w http.ResponseWriter, r *web.Request) {
	cookie(r, "cardea-session").Clear(w)
}

// Accounts is the digest of the cookie under which the browser keeps the accounts that are signed in
// in it, for the chooser; nil for none. It is no session: it lets a person choose among sessions that
// began in this browser, and it changes with every sign-in, so that a value that somebody planted is
// worth nothing (security row CG23).
func (b *Browser) Accounts(r *web.Request) []byte {
	text, ok := cookie(r, "cardea-accounts").Read(r)
	if !ok {
		return nil
	}
	token, err := secret.AccountsCookie.Parse(text)
	if err != nil {
		return nil
	}
	return b.root.Digest(secret.AccountsCookie, token)
}

// NewAccounts makes the value of that cookie; SetAccounts hands it to the browser once the rows are
// written.
func (b *Browser) NewAccounts() (text secret.Secret, digest []byte) {
	text = secret.AccountsCookie.Mint()
	return text, b.root.Digest(secret.AccountsCookie, text)
}

// SetAccounts hands the cookie to the browser, until it closes.
func (b *Browser) SetAccounts(w http.ResponseWriter, r *web.Request, text secret.Secret) error {
	return cookie(r, "cardea-accounts").Set(w, text.Reveal(), 0)
}

// Bind returns the digest of the browser's binding cookie, giving it one if it has none.
func (b *Browser) Bind(w http.ResponseWriter, r *web.Request) ([]byte, error) {
	if digest := b.Bound(r); digest != nil {
		return digest, nil
	}
	token := secret.InteractionCookie.Mint()
	return b.root.Digest(secret.InteractionCookie, token), cookie(r, "cardea-browser").Set(w, token.Reveal(), 0)
}

// Bound is the digest of the binding cookie that the browser has, nil for none.
func (b *Browser) Bound(r *web.Request) []byte {
	text, _ := cookie(r, "cardea-browser").Read(r)
	token, err := secret.InteractionCookie.Parse(text)
	if err != nil {
		return nil
	}
	return b.root.Digest(secret.InteractionCookie, token)
}

// Begin is Bind for a room that is about to begin an interaction. One address begins only so many:
// each leaves a row behind, and nobody has proved anything (security row AU28). The error may be a
// *web.Refusal.
func (b *Browser) Begin(w http.ResponseWriter, r *web.Request) ([]byte, error) {
	if err := r.Limit(web.RateBegin); err != nil {
		return nil, err
	}
	return b.Bind(w, r)
}

// Interaction returns the interaction that the id names if it began in this browser and is
// still open, else ErrNone.
func (b *Browser) Interaction(ctx context.Context, r *web.Request, which string) (interaction.Interaction, error) {
	var i interaction.Interaction
	text, ok := cookie(r, "cardea-browser").Read(r)
	token, err := secret.InteractionCookie.Parse(text)
	if !ok || err != nil || id.Check("int", which) != nil {
		return i, ErrNone
	}
	tenant := id.Tenant(r.Tenant.ID)
	err = b.store.Read(ctx, tenant, func(rd *store.Reader) error {
		i, err = interaction.Get(rd, tenant, interaction.ID(which), b.root.Digest(secret.InteractionCookie, token))
		return err
	})
	if errors.Is(err, store.ErrNotFound) {
		return i, ErrNone
	}
	return i, err
}

// Path is a path of the request's tenant: "/signin" or "/t/name/signin".
func Path(r *web.Request, path string) string {
	if r.Tenant.Name == "" {
		return path
	}
	return "/t/" + r.Tenant.Name + path
}
