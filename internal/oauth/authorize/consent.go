package authorize

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/browser"
	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/client"
	"github.com/cardea-iam/cardea/internal/consent"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/interaction"
	"github.com/cardea-iam/cardea/internal/oauth"
	"github.com/cardea-iam/cardea/internal/resource"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/web"
)

// Question is what the consent page asks.
type Question struct {
	Client   client.Client
	Target   oauth.RegisteredURI // where the answer leads; for the page's form-action
	Host     string              // Target's host, or the scheme of an app's own
	Person   account.ID          // who is asked
	Identity []oauth.Scope       // OpenID Connect's scopes that would be given
	APIs     []QuestionAPI       // what would be given at APIs
	Withheld []QuestionAPI       // what was asked for and the person has no right to give
	Resume   oauth.LocalPath     // where to go after Answer; gets ?i=ID
}

// QuestionAPI is an API with some of its scopes.
type QuestionAPI struct {
	Resource resource.Resource
	Scopes   []QuestionScope // none: the client may call the API, without any of its scopes
}

// QuestionScope is a scope in the words of its API.
type QuestionScope struct {
	resource.Scope
	Granted bool // the person allowed it before
}

// Pending gives the question of an interaction (browser.Interaction). The error is ErrOver if
// there is nothing to ask: it is decided, or belongs to another session than the browser's; or
// an error of the request, which Routes' resume endpoint explains to the client.
func (a *Room) Pending(ctx context.Context, r *web.Request, i interaction.Interaction) (Question, error) {
	q, o, err := a.pending(ctx, r, i)
	if err != nil {
		return Question{}, err
	}
	out := Question{Client: q.client, Target: q.target, Host: host(q.target), Person: o.person, Identity: o.identity.All(), Resume: i.About.Resume}
	for _, p := range o.apis {
		if !p.given.IsEmpty() || p.scopes.IsEmpty() {
			out.APIs = append(out.APIs, QuestionAPI{p.resource, explain(p, p.given, o.stored[p.resource.Audience])})
		}
		if !p.withheld.IsEmpty() {
			out.Withheld = append(out.Withheld, QuestionAPI{p.resource, explain(p, p.withheld, oauth.ScopeSet{})})
		}
	}
	return out, nil
}

// Shown names what the question says: the same text for the same question. The page sends it
// back with the answer, so that nobody approves what came to the question after it was shown.
func (q Question) Shown() string {
	h := sha256.New()
	say := func(parts ...string) {
		for _, p := range parts {
			fmt.Fprintf(h, "%d:%s", len(p), p)
		}
	}
	say(string(q.Client.ID), q.Target.String(), string(q.Person))
	for _, s := range q.Identity {
		say("identity", string(s))
	}
	for _, api := range q.APIs {
		say("api", string(api.Resource.Audience))
		for _, s := range api.Scopes {
			say("scope", string(s.Name), s.Description)
		}
	}
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil))
}

func explain(p apiOffer, scopes, before oauth.ScopeSet) []QuestionScope {
	var list []QuestionScope
	for _, name := range scopes.All() {
		if s, ok := p.resource.Scope(name); ok {
			list = append(list, QuestionScope{s, before.Has(name)})
		}
	}
	return list
}

func host(target oauth.RegisteredURI) string {
	u, err := url.Parse(target.String())
	switch {
	case err != nil:
		return ""
	case target.IsPrivateScheme():
		return u.Scheme + ":"
	}
	return u.Host
}

// personal is an offer to a person.
type personal struct {
	*offer
	person account.ID
}

func (a *Room) pending(ctx context.Context, r *web.Request, i interaction.Interaction) (*request, personal, error) {
	if i.Decision != "" || i.Session == "" {
		return nil, personal{}, ErrOver
	}
	s, err := a.Browser.Session(ctx, r)
	if errors.Is(err, browser.ErrNone) || err == nil && s.ID != i.Session {
		return nil, personal{}, ErrOver
	}
	if err != nil {
		return nil, personal{}, err
	}
	q, _, err := a.recall(r, i)
	if err != nil {
		return nil, personal{}, err
	}
	o, err := a.offer(r, q, s)
	return q, personal{o, s.Account}, err
}

// Answer stores what the person decided, in one transaction with the consent itself. c is the
// person, in the session that the interaction belongs to. Afterwards the browser goes to
// Question.Resume. The error is ErrOver if it was decided before, or as Pending's.
func (a *Room) Answer(ctx context.Context, r *web.Request, c caller.Caller, i interaction.Interaction, approve bool) error {
	q, o, err := a.pending(ctx, r, i)
	if err != nil {
		return err
	}
	if c.Session != string(i.Session) {
		return ErrOver
	}
	tenant := id.Tenant(r.Tenant.ID)
	decision, detail := interaction.Denied, consent.Detail{Client: string(q.client.ID), Refuse: !approve}
	for _, scope := range o.scopes().All() {
		detail.Scopes = append(detail.Scopes, string(scope))
	}
	if approve {
		decision = interaction.Approved
	}
	return a.Guard.Do(ctx, c.Through(string(q.client.ID)), consent.Give.On(tenant, o.person, &detail), func(tx *store.Tx) error {
		if err := interaction.Decide(tx, tenant, i.ID, i.Session, decision); errors.Is(err, store.ErrNotFound) {
			return ErrOver
		} else if err != nil || !approve {
			return err
		}
		if !o.identity.IsEmpty() {
			if err := consent.Put(tx, tenant, o.person, q.client.ID, "", o.identity); err != nil {
				return err
			}
		}
		for _, p := range o.apis {
			if err := consent.Put(tx, tenant, o.person, q.client.ID, p.resource.Audience, p.given); err != nil {
				return err
			}
		}
		return nil
	})
}
