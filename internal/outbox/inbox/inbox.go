// Package inbox is the carrier for development: it keeps mails and messages in a table in place of
// sending them, for the page /inbox. It holds codes and links in the clear, so that it is wired
// only where the configuration mail.inbox asks for it, which a server on a network refuses.
package inbox

import (
	"context"
	"embed"
	"encoding/json"
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/outbox"
	"github.com/cardea-iam/cardea/internal/store"
)

//go:embed migrations
var files embed.FS

// Migrations are the room's tables.
var Migrations = store.Migrations{Room: "inbox", Files: files}

// KeepDetail says what was kept.
type KeepDetail struct {
	Channel string `json:"channel"`
	Account string `json:"account,omitempty"`
}

var keep = guard.Declare[outbox.ID, KeepDetail]("inbox.keep", guard.System, "Keep a message in the development inbox in place of sending it", guard.Conditional)

// Message is a mail, a text message or a call that was not made.
type Message struct {
	ID        outbox.ID
	Channel   string // mail, sms or voice
	Account   account.ID
	To        string
	Subject   string // "" for telephones
	Text      string
	HTML      string   // a whole document; "" for telephones
	Links     []string // where the message's own links lead
	CreatedAt time.Time
}

// Room keeps messages. It is safe for concurrent use.
type Room struct{ guard *guard.Guard }

// New makes the room.
func New(g *guard.Guard) *Room { return &Room{g} }

// Keep takes a message in. Repeating it changes nothing.
func (room *Room) Keep(ctx context.Context, tenant id.Tenant, m Message) error {
	links, err := json.Marshal(m.Links)
	if err != nil {
		return err
	}
	return room.guard.Do(ctx, caller.Job("inbox"), keep.On(tenant, m.ID, &KeepDetail{m.Channel, string(m.Account)}), func(tx *store.Tx) error {
		_, err := tx.Exec(`INSERT INTO inbox_message (tenant, id, channel, account, recipient, subject, body, html, links, created_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (tenant, id) DO NOTHING`,
			tenant, m.ID, m.Channel, m.Account, m.To, m.Subject, m.Text, m.HTML, string(links), m.CreatedAt)
		return err
	})
}

const columns = "SELECT id, channel, account, recipient, subject, body, html, links, created_at FROM inbox_message "

func scan(row store.Row) (m Message, err error) {
	var links string
	if err = row.Scan(&m.ID, &m.Channel, &m.Account, &m.To, &m.Subject, &m.Text, &m.HTML, &links, &m.CreatedAt); err != nil {
		return m, err
	}
	return m, json.Unmarshal([]byte(links), &m.Links)
}

// List returns the newest messages of a tenant, newest first; to ("" for all) narrows it to one
// recipient.
func (room *Room) List(ctx context.Context, tenant id.Tenant, to string, limit int) (out []Message, err error) {
	err = room.guard.Store().Read(ctx, tenant, func(r *store.Reader) error {
		out, err = store.Collect(r, scan, columns+"WHERE tenant = $1 AND ($2 = '' OR recipient = $2) ORDER BY id DESC LIMIT $3", tenant, to, limit)
		return err
	})
	return out, err
}

// Get returns one message, or store.ErrNotFound.
func (room *Room) Get(ctx context.Context, tenant id.Tenant, which outbox.ID) (m Message, err error) {
	err = room.guard.Store().Read(ctx, tenant, func(r *store.Reader) (err error) {
		m, err = store.First(r, scan, columns+"WHERE tenant = $1 AND id = $2", tenant, which)
		return err
	})
	return m, err
}

// Sweeps are the messages that nobody looks for any more.
var Sweeps = []store.Sweep{{Table: "inbox_message", Key: []string{"tenant", "id"}, Gone: "created_at < $1", Keep: 7 * 24 * time.Hour}}
