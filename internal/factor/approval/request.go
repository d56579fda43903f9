package approval

import (
	"crypto/rand"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/client"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/interaction"
	"github.com/cardea-iam/cardea/internal/store"
)

const (
	// Life is how long a request can be answered, and its approval be used.
	Life = 3 * time.Minute
	// Most is how many requests an account gets within Window, and none after one that it denied.
	Most   = 3
	Window = 15 * time.Minute
	// Choices is how many numbers the other device shows.
	Choices = 3
)

// State says how a request stands.
type State string

// The states.
const (
	Open     State = "open"
	Approved State = "approved"
	Mistaken State = "mistaken" // a wrong number was chosen
	Denied   State = "denied"   // "it wasn't me"
	Used     State = "used"     // the sign-in went on
	Dropped  State = "dropped"  // the sign-in asked anew
)

// Request is one request for an approval.
type Request struct {
	ID        string // "apr_…"
	Account   account.ID
	Number    int   // that the sign-in shows, 10 to 99
	Choices   []int // that the other device shows
	State     State
	Client    client.ID // the application that is signed in to, "" for Cardea's own pages
	Address   string    // where the sign-in comes from
	Agent     string    // User-Agent of its browser
	CreatedAt time.Time
	ExpiresAt time.Time

	interaction interaction.ID
	browser     []byte
}

// maxAgent bounds what is kept of a User-Agent, in bytes.
const maxAgent = 300

// numbers draws the choices, all different, and the right one among them.
func numbers() (right int, choices []int) {
	for len(choices) < Choices {
		if n := 10 + below(90); !slices.Contains(choices, n) {
			choices = append(choices, n)
		}
	}
	return choices[below(Choices)], choices
}

func below(n int64) int {
	v, err := rand.Int(rand.Reader, big.NewInt(n))
	if err != nil {
		panic(err) // crypto/rand never fails
	}
	return int(v.Int64())
}

const columns = "SELECT id, account, number, choices, state, client, address, agent, created_at, expires_at, interaction, browser FROM approval_request "

func scan(row store.Row) (q Request, err error) {
	var choices string
	if err = row.Scan(&q.ID, &q.Account, &q.Number, &choices, &q.State, &q.Client, &q.Address, &q.Agent, &q.CreatedAt, &q.ExpiresAt, &q.interaction, &q.browser); err != nil {
		return q, err
	}
	for word := range strings.FieldsSeq(choices) {
		var n int
		if _, err := fmt.Sscan(word, &n); err != nil {
			return q, fmt.Errorf("choices of approval %s: %w", q.ID, err)
		}
		q.Choices = append(q.Choices, n)
	}
	return q, nil
}

func one(r *store.Reader, sql string, args ...any) (Request, error) {
	return store.First(r, scan, columns+sql, args...)
}

func insert(tx *store.Tx, tenant id.Tenant, q Request) error {
	if len(q.Agent) > maxAgent {
		q.Agent = strings.ToValidUTF8(q.Agent[:maxAgent], "")
	}
	choices := strings.Trim(fmt.Sprint(q.Choices), "[]")
	_, err := tx.Exec(`INSERT INTO approval_request (tenant, id, account, interaction, browser, number, choices, state, client, address, agent, created_at, expires_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
		tenant, q.ID, q.Account, q.interaction, q.browser, q.Number, choices, q.State, q.Client, q.Address, q.Agent, q.CreatedAt, q.ExpiresAt)
	return err
}

// turn changes the state of a request that is in one still; store.ErrNotFound if it is not, or is
// too old.
func turn(tx *store.Tx, tenant id.Tenant, request string, from, to State) error {
	return tx.ExecOne("UPDATE approval_request SET state = $4 WHERE tenant = $1 AND id = $2 AND state = $3 AND expires_at > $5", tenant, request, from, to, tx.Now())
}

// drop ends what an interaction has asked before.
func drop(tx *store.Tx, tenant id.Tenant, which interaction.ID, who account.ID) error {
	_, err := tx.Exec("UPDATE approval_request SET state = $4 WHERE tenant = $1 AND account = $2 AND interaction = $3 AND state IN ($5, $6)",
		tenant, who, which, Dropped, Open, Approved)
	return err
}

// Forget ends the requests of an account that could still be answered or used: when all of it ends,
// an approval that was given before opens nothing more.
func Forget(tx *store.Tx, tenant id.Tenant, who account.ID) error {
	_, err := tx.Exec("UPDATE approval_request SET state = $3 WHERE tenant = $1 AND account = $2 AND state IN ($4, $5)", tenant, who, Dropped, Open, Approved)
	return err
}

// last is the newest request of an interaction, or store.ErrNotFound.
func last(r *store.Reader, tenant id.Tenant, who account.ID, at Place) (Request, error) {
	return one(r, "WHERE tenant = $1 AND account = $2 AND interaction = $3 AND browser = $4 ORDER BY created_at DESC, CASE WHEN state IN ($5, $6) THEN 0 ELSE 1 END LIMIT 1",
		tenant, who, at.Interaction, at.Browser, Open, Approved)
}

// open is the account's request that waits for its answer, or store.ErrNotFound.
func open(r *store.Reader, tenant id.Tenant, who account.ID) (Request, error) {
	return one(r, "WHERE tenant = $1 AND account = $2 AND state = $3 AND expires_at > $4 ORDER BY created_at DESC LIMIT 1", tenant, who, Open, r.Now())
}

// recent is how many requests the account got within Window; one that was denied counts as all, so
// that whoever was denied cannot go on asking.
func recent(r *store.Reader, tenant id.Tenant, who account.ID) (n int64, err error) {
	err = r.One([]any{&n}, "SELECT CAST(COALESCE(SUM(CASE WHEN state = $4 THEN CAST($5 AS BIGINT) ELSE 1 END), 0) AS BIGINT) FROM approval_request WHERE tenant = $1 AND account = $2 AND created_at > $3",
		tenant, who, r.Now().Add(-Window), Denied, Most)
	return n, err
}

// Sweeps are the requests that no longer count.
var Sweeps = []store.Sweep{{Table: "approval_request", Key: []string{"tenant", "id"}, Gone: "expires_at < $1", Keep: Window}}

// exported is a request as its person may download it.
type exported struct {
	Address   string    `json:"address"`
	Agent     string    `json:"user_agent"`
	State     State     `json:"state"`
	CreatedAt time.Time `json:"created_at"`
}

// Exports are what the room keeps of a person.
var Exports = []store.Export{{Name: "approvals", Tables: []string{"approval_request"}, Page: store.ExportRows(func(row store.Row) (exported, error) {
	q, err := scan(row)
	return exported{q.Address, q.Agent, q.State, q.CreatedAt}, err
}, columns+"WHERE tenant = $1 AND account = $2 ORDER BY id")}}
