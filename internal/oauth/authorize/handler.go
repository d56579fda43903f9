package authorize

import (
	"errors"
	"net/http"
	"net/url"
	"slices"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/browser"
	"github.com/cardea-iam/cardea/internal/factor"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/interaction"
	"github.com/cardea-iam/cardea/internal/oauth"
	"github.com/cardea-iam/cardea/internal/session"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/web"
)

func (a *Room) get(w http.ResponseWriter, r *web.Request) error {
	// RFC 6749 §3.1: parameters must not be included more than once; RFC 8707 §2: but resource may
	params, err := web.Query(r, repeatable)
	if err != nil {
		return err
	}
	return a.start(w, r, params)
}

// maxAddress is how long an address may become without trouble, in bytes.
const maxAddress = 4096

// maxKept is how long a request may be that is stored while a person signs in, in bytes.
const maxKept = 16 << 10

func (a *Room) post(w http.ResponseWriter, r *web.Request) error {
	// OpenID Connect Core 1.0 §3.1.2.1: by POST, the parameters come in a form
	params, err := web.Form(r, repeatable)
	if err != nil {
		return err
	}
	// Browsers keep our cookies back when another site posts, and send them with a GET: the
	// request is repeated as one, so that a session is seen and a binding cookie not replaced.
	if len(r.Header["Cookie"]) == 0 {
		again := url.Values{}
		for _, name := range params.Names() {
			again[name] = params.All(name)
		}
		if query := again.Encode(); len(query) <= maxAddress {
			web.SeeOther(w, browser.Path(r, path)+"?"+query)
			return nil
		}
	}
	return a.start(w, r, params)
}

func (a *Room) start(w http.ResponseWriter, r *web.Request, params parameters) error {
	at := a.Guard.Store().Now()
	q, err := a.examine(r.Context(), r.Tenant, params, at)
	if err != nil {
		return err
	}
	if err := a.proceed(w, r, q, params, nil); err != nil {
		return &returned{q, err}
	}
	return nil
}

// resume goes on with a request after a page has done its part.
func (a *Room) resume(w http.ResponseWriter, r *web.Request) error {
	params, err := web.Query(r)
	if err != nil {
		return err
	}
	i, err := a.Browser.Interaction(r.Context(), r, params.Get("i"))
	if err != nil {
		return err
	}
	q, k, err := a.recall(r, i)
	if err != nil {
		return err
	}
	err = a.proceed(w, r, q, k, &i)
	if err == nil || errors.Is(err, ErrOver) {
		return err
	}
	return &returned{q, err}
}

// recall examines the request of an interaction again, as of the time when it arrived.
func (a *Room) recall(r *web.Request, i interaction.Interaction) (*request, kept, error) {
	var k kept
	if i.Kind != interaction.Authorize {
		return nil, k, ErrOver
	}
	if err := unmarshal(i.Request, &k); err != nil {
		return nil, k, err
	}
	q, err := a.examine(r.Context(), r.Tenant, k, k.At)
	return q, k, err
}

// proceed answers a request that passed all steps, or finds out what it still needs. i is the
// interaction that it has, if any.
func (a *Room) proceed(w http.ResponseWriter, r *web.Request, q *request, params parameters, i *interaction.Interaction) error {
	s, err := a.Browser.Session(r.Context(), r)
	signedIn := err == nil
	if err != nil && !errors.Is(err, browser.ErrNone) {
		return err
	}
	// RFC 6749 §4.1.2.1: the person went back to the client without signing in
	if i != nil && i.Session == "" && i.Decision == interaction.Denied {
		return oauth.AccessDenied("the person went back without signing in")
	}
	// OpenID Connect Core Error Code unmet_authentication_requirements 1.0 §2, RFC 9470 §5: the person cannot prove what is needed
	if i != nil && i.Decision == interaction.Unmet {
		return oauth.UnmetAuthenticationRequirements("the person cannot prove any of the acr values that are needed")
	}
	must := !signedIn
	if signedIn {
		if must, err = a.mustSignIn(r, q, s, i); err != nil {
			return err
		}
	}
	if must {
		return a.signIn(w, r, q, params, s, signedIn, i)
	}
	o, err := a.offer(r, q, s)
	if err != nil {
		return err
	}
	switch decision := decisionOf(i); {
	// RFC 6749 §4.1.2.1: the person said no
	case decision == interaction.Denied:
		return oauth.AccessDenied("the person refused")
	case decision == interaction.Approved:
		o.narrow()
	case o.mustAsk():
		return a.askConsent(w, r, q, params, s, i)
	}
	// RFC 6749 §4.1.2.1: the person may not do at the API anything of what was asked
	if o.empty() {
		return oauth.AccessDenied("the person may grant none of the scopes")
	}
	code, err := a.issue(r, q, s, o, i)
	if err != nil {
		return err
	}
	return a.respond(w, r, q, url.Values{"code": {code.Reveal()}})
}

func decisionOf(i *interaction.Interaction) string {
	if i == nil {
		return ""
	}
	return i.Decision
}

// mustSignIn tells whether the living session s is not what the request wants.
func (a *Room) mustSignIn(r *web.Request, q *request, s session.Session, i *interaction.Interaction) (bool, error) {
	switch {
	// An interaction goes on in the session that it has led to, and in no other.
	case i != nil && i.Session != s.ID:
		return true, nil
	// OpenID Connect Core 1.0 §3.1.2.1: select_account lets the person choose, once
	case i == nil && q.prompt.Has(oauth.PromptSelectAccount):
		return true, nil
	// OpenID Connect Core 1.0 §3.1.2.1: prompt=login, max_age and acr say what must be proved, and since when
	case !q.met(s), !a.isNamed(r, q, s):
		return true, nil
	case i != nil:
		return false, nil // the policies were asked when the session became the interaction's
	}
	about := q.about()
	if q.prompt.Has(oauth.PromptNone) {
		about.Wishes, about.Needed = nil, false // what is needed was met; what is only wished for asks nobody
	}
	// OpenID Connect Core 1.0 §5.5.1.1: the server tries to satisfy the classes asked for, which the person may be able to prove
	enough, err := a.Suffices(r, about, s)
	return !enough, err
}

// met reports whether a session is what the request demands.
func (q *request) met(s session.Session) bool {
	if !q.needed {
		return q.want.MetBy(s.Facts)
	}
	// RFC 9470 §4, §5: of the classes that are needed one is proved, not longer ago than max_age
	return slices.ContainsFunc(q.classes, func(c factor.Class) bool { return q.want.Stricter(c.Want).MetBy(s.Facts) })
}

// about is what a sign-in for the request must prove.
func (q *request) about() interaction.About {
	about := interaction.About{Want: q.want, Needed: q.needed, Client: q.client.ID}
	for _, c := range q.classes {
		about.Wishes = append(about.Wishes, c.Want)
	}
	return about
}

// isNamed tells whether the session is that of a person whom id_token_hint or claims names.
func (a *Room) isNamed(r *web.Request, q *request, s session.Session) bool {
	return len(q.subjects) == 0 || slices.Contains(q.subjects, a.Subject(id.Tenant(r.Tenant.ID), q.client, s.Account))
}

func (a *Room) signIn(w http.ResponseWriter, r *web.Request, q *request, params parameters, s session.Session, signedIn bool, i *interaction.Interaction) error {
	// OpenID Connect Core 1.0 §3.1.2.6: with prompt=none no page may be shown
	if q.prompt.Has(oauth.PromptNone) {
		return oauth.LoginRequired("the person is not signed in as the request wants it")
	}
	if i == nil {
		return a.begin(w, r, q, params, s, signedIn, "")
	}
	// OpenID Connect Core 1.0 §3.1.2.2: a person other than the named one has signed in
	if signedIn && i.Session == s.ID && !a.isNamed(r, q, s) {
		return oauth.LoginRequired("somebody else than the person in id_token_hint or claims signed in")
	}
	leadTo(w, r, "/signin", i.ID)
	return nil
}

func (a *Room) askConsent(w http.ResponseWriter, r *web.Request, q *request, params parameters, s session.Session, i *interaction.Interaction) error {
	// OpenID Connect Core 1.0 §3.1.2.6: with prompt=none no page may be shown
	if q.prompt.Has(oauth.PromptNone) {
		return oauth.ConsentRequired("the person has not consented to this")
	}
	if i == nil {
		return a.begin(w, r, q, params, s, true, s.ID)
	}
	leadTo(w, r, "/consent", i.ID)
	return nil
}

// begin stores the request and leads the browser to the page that it needs: consent if the
// session will do, else sign-in.
func (a *Room) begin(w http.ResponseWriter, r *web.Request, q *request, params parameters, s session.Session, signedIn bool, in session.ID) error {
	tenant := id.Tenant(r.Tenant.ID)
	resume, err := oauth.ParseLocalPath(browser.Path(r, resumePath))
	if err != nil {
		return err
	}
	about := q.about()
	about.Hint, about.Choose = q.loginHint, q.prompt.Has(oauth.PromptSelectAccount)
	about.Locales, about.Resume, about.Redirect = q.locales, resume, q.target.String()
	if len(q.subjects) == 1 && q.client.SubjectType != oauth.SubjectPairwise && account.ID(q.subjects[0]).Check() == nil {
		about.Account = account.ID(q.subjects[0])
	}
	i, err := interaction.New(interaction.Authorize, about, keep(params, q.at), q.at)
	if err != nil {
		return err
	}
	if len(i.Request) > maxKept {
		return oauth.InvalidRequest("the request is longer than 16 KiB")
	}
	i.Session = in
	bound, err := a.Browser.Begin(w, r)
	if err != nil {
		return err
	}
	who := browser.Nobody(r)
	if signedIn {
		who = browser.Person(r, s)
	}
	detail := interaction.BeginDetail{Kind: i.Kind, Client: string(q.client.ID)}
	if err := a.Guard.Do(r.Context(), who.Through(string(q.client.ID)), interaction.Begin.On(tenant, i.ID, &detail), func(tx *store.Tx) error {
		return interaction.Insert(tx, tenant, i, bound)
	}); err != nil {
		return err
	}
	page := "/signin"
	if in != "" {
		page = "/consent"
	}
	leadTo(w, r, page, i.ID)
	return nil
}

func leadTo(w http.ResponseWriter, r *web.Request, page string, i interaction.ID) {
	web.SeeOther(w, browser.Path(r, page)+"?i="+string(i))
}
