package session

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/store"
)

const columns = "SELECT s.id, s.account, s.epoch, s.facts, s.address, s.agent, s.created_at, s.seen_at, s.idle_seconds, s.expires_at, s.ended_at, s.strong_until, s.strong_idle_seconds, s.device FROM session s "

// living joins the account: a session of a disabled account, or of an epoch before "end all", is
// none. $2 is now. alive leaves those out whose account is going to be deleted: they open nothing
// but the page on which that is called off. SQLite takes the sides of a CROSS JOIN in their order: a
// page of sessions is then read by their key, and not sorted out of all accounts.
const (
	living = `CROSS JOIN active_account a
	WHERE a.tenant = s.tenant AND a.id = s.account AND a.epoch = s.epoch AND s.tenant = $1 AND s.ended_at IS NULL AND s.expires_at > $2 AND s.seen_at + s.idle_seconds * 1000000 > $2 `
	alive = living + "AND a.deletion_due_at IS NULL "

	pageOfAll     = "AND s.id < $3 ORDER BY s.id DESC LIMIT $4"
	pageOfAccount = "AND s.account = $3 AND s.id < $4 ORDER BY s.id DESC LIMIT $5"
)

func scan(row store.Row) (Session, error) {
	var s Session
	var facts []byte
	var idle, strong int64
	if err := row.Scan(&s.ID, &s.Account, &s.Epoch, &facts, &s.Address, &s.Agent, &s.CreatedAt, &s.SeenAt, &idle, &s.ExpiresAt, &s.EndedAt, &s.StrongUntil, &strong, &s.Device); err != nil {
		return s, err
	}
	s.Idle, s.StrongIdle = time.Duration(idle)*time.Second, time.Duration(strong)*time.Second
	if err := json.Unmarshal(facts, &s.Facts); err != nil {
		return s, fmt.Errorf("facts of session %s: %w", s.ID, err)
	}
	return s, nil
}

// collect reads sessions as they count now.
func collect(r *store.Reader, sql string, args ...any) ([]Session, error) {
	list, err := store.Collect(r, scan, sql, args...)
	for i := range list {
		list[i] = list[i].aged(r.Now())
	}
	return list, err
}

func one(r *store.Reader, sql string, args ...any) (Session, error) {
	s, err := store.First(r, scan, sql, args...)
	if err != nil {
		return Session{}, err
	}
	return s.aged(r.Now()), nil
}

// ByDigest returns the living session of a cookie's digest, or store.ErrNotFound.
func ByDigest(r *store.Reader, tenant id.Tenant, digest []byte) (Session, error) {
	return one(r, columns+alive+"AND s.digest = $3", tenant, r.Now(), digest)
}

// Leaver returns the session of a cookie's digest whose account is going to be deleted, or
// store.ErrNotFound.
func Leaver(r *store.Reader, tenant id.Tenant, digest []byte) (Session, error) {
	return one(r, columns+living+"AND a.deletion_due_at IS NOT NULL AND s.digest = $3", tenant, r.Now(), digest)
}

// Get returns a living session, or store.ErrNotFound.
func Get(r *store.Reader, tenant id.Tenant, session ID) (Session, error) {
	return one(r, columns+alive+"AND s.id = $3", tenant, r.Now(), session)
}

// OfAccount lists the living sessions of an account, newest first, at most limit.
func OfAccount(r *store.Reader, tenant id.Tenant, who account.ID, limit int) ([]Session, error) {
	return collect(r, columns+alive+"AND s.account = $3 ORDER BY s.id DESC LIMIT $4", tenant, r.Now(), who, limit)
}

// Agents gives the User-Agent of each session of an account that is still kept, ended ones too.
func Agents(r *store.Reader, tenant id.Tenant, who account.ID) (map[ID]string, error) {
	out := map[ID]string{}
	return out, r.Each(func(row store.Row) error {
		var s ID
		var agent string
		err := row.Scan(&s, &agent)
		out[s] = agent
		return err
	}, "SELECT id, agent FROM session WHERE tenant = $1 AND account = $2", tenant, who)
}

// List lists the living sessions of a tenant before an id ("" for the newest), newest first.
func List(r *store.Reader, tenant id.Tenant, before ID, limit int) ([]Session, error) {
	if before == "" {
		before = "~"
	}
	return collect(r, columns+alive+pageOfAll, tenant, r.Now(), before, limit)
}

// Insert writes a new session under the digest of its cookie, among those of the browser whose
// accounts cookie has the digest browser (nil for none).
func Insert(tx *store.Tx, tenant id.Tenant, s Session, digest, browser []byte) error {
	facts, err := json.Marshal(s.Facts)
	if err != nil {
		return err
	}
	_, err = tx.Exec(`INSERT INTO session (tenant, id, digest, account, epoch, facts, address, agent, created_at, seen_at, idle_seconds, expires_at, strong_until, strong_idle_seconds, browser, device)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10, $11, $12, $13, $14, $15)`,
		tenant, s.ID, digest, s.Account, s.Epoch, string(facts), s.Address, clip(s.Agent), tx.Now(), int64(s.Idle/time.Second), s.ExpiresAt,
		s.StrongUntil, int64(s.StrongIdle/time.Second), browser, s.Device)
	return err
}

// OfBrowser lists the living sessions in a browser, one for each account, newest first.
func OfBrowser(r *store.Reader, tenant id.Tenant, browser []byte) ([]Session, error) {
	if browser == nil {
		return nil, nil
	}
	list, err := collect(r, columns+alive+"AND s.browser = $3 ORDER BY s.id DESC LIMIT $4", tenant, r.Now(), browser, 10*MaxAccounts)
	seen := map[account.ID]bool{}
	list = slices.DeleteFunc(list, func(s Session) bool { twice := seen[s.Account]; seen[s.Account] = true; return twice })
	return list[:min(len(list), MaxAccounts)], err
}

// Regroup puts the sessions of a browser under the digest of its new accounts cookie.
func Regroup(tx *store.Tx, tenant id.Tenant, old, browser []byte) error {
	if old == nil {
		return nil
	}
	_, err := tx.Exec("UPDATE session SET browser = $3 WHERE tenant = $1 AND browser = $2 AND ended_at IS NULL", tenant, old, browser)
	return err
}

// Bring gives a living session of a browser a new cookie: it becomes the one that the browser
// speaks for. store.ErrNotFound if it is not one of the browser's.
func Bring(tx *store.Tx, tenant id.Tenant, session ID, browser, digest []byte) error {
	return tx.ExecOne("UPDATE session SET digest = $4 WHERE tenant = $1 AND id = $2 AND browser = $3 AND ended_at IS NULL", tenant, session, browser, digest)
}

func clip(agent string) string {
	if len(agent) > maxAgent {
		return agent[:maxAgent]
	}
	return agent
}

// Seen notes that the session is in use, if the last note is older than a minute.
func Seen(tx *store.Tx, tenant id.Tenant, s Session) error {
	if !s.NeedsTouch(tx.Now()) {
		return nil
	}
	_, err := tx.Exec("UPDATE session SET seen_at = $3 WHERE tenant = $1 AND id = $2 AND ended_at IS NULL", tenant, s.ID, tx.Now())
	return err
}

// NeedsTouch reports whether Seen would write.
func (s Session) NeedsTouch(now time.Time) bool { return now.Sub(s.SeenAt) >= seenEvery }

// End ends a session; it returns store.ErrNotFound if it had ended before.
func End(tx *store.Tx, tenant id.Tenant, session ID) error {
	return tx.ExecOne("UPDATE session SET ended_at = $3 WHERE tenant = $1 AND id = $2 AND ended_at IS NULL", tenant, session, tx.Now())
}

// EndAll ends the sessions of an account but one ("" for all) and returns which.
func EndAll(tx *store.Tx, tenant id.Tenant, who account.ID, but ID) ([]ID, error) {
	return store.Collect(tx.Read(), func(row store.Row) (s ID, err error) { return s, row.Scan(&s) },
		"UPDATE session SET ended_at = $4 WHERE tenant = $1 AND account = $2 AND id <> $3 AND ended_at IS NULL RETURNING id", tenant, who, but, tx.Now())
}

// EndOldest ends the oldest sessions of an account until keep living ones are left, and returns
// which.
func EndOldest(tx *store.Tx, tenant id.Tenant, who account.ID, keep int) ([]ID, error) {
	return store.Collect(tx.Read(), func(row store.Row) (s ID, err error) { return s, row.Scan(&s) },
		`UPDATE session SET ended_at = $3 WHERE tenant = $1 AND account = $2 AND ended_at IS NULL AND id NOT IN (SELECT s.id FROM session s
		WHERE s.tenant = $1 AND s.account = $2 AND s.ended_at IS NULL AND s.expires_at > $3 AND s.seen_at + s.idle_seconds * 1000000 > $3
		ORDER BY s.id DESC LIMIT $4) RETURNING id`, tenant, who, tx.Now(), keep)
}

// Sweeps are the sessions that ended a day ago; until then people see them.
var Sweeps = []store.Sweep{{
	Table: "session", Key: []string{"tenant", "id"}, Keep: 24 * time.Hour,
	Gone: "expires_at < $1 OR ended_at < $1 OR seen_at + idle_seconds * 1000000 < $1",
}}

func owner(r *store.Reader, session string) (account.ID, error) {
	var who account.ID
	return who, r.One([]any{&who}, "SELECT account FROM session WHERE tenant = $1 AND id = $2", r.Tenant(), session)
}
