package interaction

import (
	"embed"
	"encoding/json"
	"fmt"
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/client"
	"github.com/cardea-iam/cardea/internal/factor"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/oauth"
	"github.com/cardea-iam/cardea/internal/session"
	"github.com/cardea-iam/cardea/internal/store"
)

//go:embed migrations
var files embed.FS

// Migrations are the room's tables.
var Migrations = store.Migrations{Room: "interaction", Files: files}

// ID identifies an interaction: "int_…". It stands in URLs and is no secret: without the
// browser's cookie it opens nothing.
type ID string

// Kind says which room began it and resumes it.
type Kind string

// The kinds.
const (
	Authorize Kind = "authorize" // an authorization request
	Account   Kind = "account"   // a page of one's own, such as /account
	Logout    Kind = "logout"    // an RP-initiated logout to confirm
	Recover   Kind = "recover"   // an account to get back into
)

// SignsIn tells whether proofs in an interaction of the kind may become a session. Kinds that are
// not listed may not: a recovery or a registration is no second door.
func (k Kind) SignsIn() bool { return k == Authorize || k == Account }

// Recovers tells whether a proof of a factor, beside the mail of the account, recovers an account that
// has more than one factor (NIST SP 800-63B-4 §4.2.2.2: a recovery code that was issued and one more
// way): what the person has, and no password.
func Recovers(k factor.Kind) bool {
	switch k {
	case factor.TOTP, factor.Passkey, factor.RecoveryCode, factor.SMS, factor.Voice:
		return true
	}
	return false
}

// Lifetime is how long a person may take.
const Lifetime = 30 * time.Minute

// Interaction is one thing under way.
type Interaction struct {
	ID      ID
	Kind    Kind
	About   About           // for the pages
	Request json.RawMessage // of the room that began it, opaque to others
	// Identifier is who the person says they are: a username or an address, or anything; nothing is
	// proved by it.
	Identifier string
	Account    account.ID    // whom the facts are about; "" until the first
	Facts      []factor.Fact // proved in this interaction
	Session    session.ID    // the session that it continues or has started
	Decision   string        // "", Approved, Denied or Unmet
	CreatedAt  time.Time
	ExpiresAt  time.Time
}

// About is what the pages need to know of what is under way.
type About struct {
	Want factor.Want `json:"want"` // what the person must prove
	// Wishes are what the application would like to be proved, best first: any of them will do. With
	// Needed nothing less will; else the best that the person can prove.
	Wishes   []factor.Want   `json:"wishes,omitempty"`
	Needed   bool            `json:"needed,omitempty"`
	Client   client.ID       `json:"client,omitempty"`   // the application that asks; "" for Cardea's own pages
	Hint     string          `json:"hint,omitempty"`     // login_hint: an identifier to fill in
	Account  account.ID      `json:"account,omitempty"`  // only this person will do (id_token_hint)
	Choose   bool            `json:"choose,omitempty"`   // let the person choose the account (prompt=select_account)
	Locales  []string        `json:"locales,omitempty"`  // ui_locales, most wanted first
	Resume   oauth.LocalPath `json:"resume"`             // where to go when the person has signed in; gets ?i=ID
	Redirect string          `json:"redirect,omitempty"` // origin that answers go to, for the pages' form-action
}

// How an interaction was decided: on the consent page, or, with Unmet, because the person cannot
// prove what the application needs.
const (
	Approved = "approved"
	Denied   = "denied"
	Unmet    = "unmet"
)

// BeginDetail is what the log keeps of a beginning.
type BeginDetail struct {
	Kind   Kind   `json:"kind"`
	Client string `json:"client,omitempty"`
}

// Begin is the verb under which protocol rooms begin an interaction.
var Begin = guard.Declare[ID, BeginDetail]("interaction.begin", guard.Public, "Begin something that needs a person", guard.Conditional)

// New returns an interaction that is ready to be inserted.
func New(kind Kind, about About, request any, now time.Time) (Interaction, error) {
	b, err := json.Marshal(request)
	return Interaction{ID: ID(id.New("int", now)), Kind: kind, About: about, Request: b, CreatedAt: now, ExpiresAt: now.Add(Lifetime)}, err
}

// Insert writes a new interaction of the browser whose cookie has the digest.
func Insert(tx *store.Tx, tenant id.Tenant, i Interaction, browser []byte) error {
	facts, err := json.Marshal(i.Facts)
	if err != nil {
		return err
	}
	about, err := json.Marshal(i.About)
	if err != nil {
		return err
	}
	_, err = tx.Exec(`INSERT INTO interaction (tenant, id, browser, kind, about, request, account, facts, session, decision, created_at, expires_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
		tenant, i.ID, browser, i.Kind, string(about), string(i.Request), i.Account, string(facts), i.Session, i.Decision, i.CreatedAt, i.ExpiresAt)
	return err
}

// Get returns the interaction if it is this browser's and has not expired; else
// store.ErrNotFound.
func Get(r *store.Reader, tenant id.Tenant, which ID, browser []byte) (Interaction, error) {
	i := Interaction{ID: which}
	var about, request, facts []byte
	err := r.One([]any{&i.Kind, &about, &request, &i.Account, &facts, &i.Session, &i.Decision, &i.CreatedAt, &i.ExpiresAt, &i.Identifier},
		"SELECT kind, about, request, account, facts, session, decision, created_at, expires_at, identifier FROM interaction WHERE tenant = $1 AND id = $2 AND browser = $3 AND expires_at > $4",
		tenant, which, browser, r.Now())
	if err != nil {
		return i, err
	}
	i.Request = request
	if err := json.Unmarshal(about, &i.About); err != nil {
		return i, fmt.Errorf("interaction %s: %w", which, err)
	}
	if err := json.Unmarshal(facts, &i.Facts); err != nil {
		return i, fmt.Errorf("facts of interaction %s: %w", which, err)
	}
	return i, nil
}

// SetIdentifier notes who the person says they are. What was proved about somebody stays.
func SetIdentifier(tx *store.Tx, tenant id.Tenant, which ID, identifier string) error {
	return tx.ExecOne("UPDATE interaction SET identifier = $3 WHERE tenant = $1 AND id = $2 AND expires_at > $4", tenant, which, identifier, tx.Now())
}

// SetFacts replaces what is proved and about whom. A change of person drops what was proved
// before: the caller passes only facts about who.
func SetFacts(tx *store.Tx, tenant id.Tenant, which ID, who account.ID, facts []factor.Fact) error {
	b, err := json.Marshal(facts)
	if err != nil {
		return err
	}
	return tx.ExecOne("UPDATE interaction SET account = $3, facts = $4 WHERE tenant = $1 AND id = $2 AND expires_at > $5", tenant, which, who, string(b), tx.Now())
}

// SetSession ties the interaction to the session that it goes on with. A decision made in
// another session is forgotten: it was perhaps another person's.
func SetSession(tx *store.Tx, tenant id.Tenant, which ID, s session.ID) error {
	return tx.ExecOne("UPDATE interaction SET decision = CASE WHEN session = $3 THEN decision ELSE '' END, session = $3 WHERE tenant = $1 AND id = $2 AND expires_at > $4", tenant, which, s, tx.Now())
}

// Decide stores the consent page's answer, given in session s, once; store.ErrNotFound if there
// was one before or the interaction goes on with another session.
func Decide(tx *store.Tx, tenant id.Tenant, which ID, s session.ID, decision string) error {
	return tx.ExecOne("UPDATE interaction SET decision = $4 WHERE tenant = $1 AND id = $2 AND session = $3 AND decision = '' AND expires_at > $5", tenant, which, s, decision, tx.Now())
}

// Finish removes an interaction that has led to its answer; store.ErrNotFound if another
// request was first.
func Finish(tx *store.Tx, tenant id.Tenant, which ID) error {
	return tx.ExecOne("DELETE FROM interaction WHERE tenant = $1 AND id = $2", tenant, which)
}

// Sweeps are the interactions that nobody can go on with.
var Sweeps = []store.Sweep{{Table: "interaction", Key: []string{"tenant", "id"}, Gone: "expires_at < $1"}}
