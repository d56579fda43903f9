package export

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/store"
)

// Format names the form of the document.
const Format = "cardea/person/1"

// Download is the room's verb.
var Download = guard.Declare[account.ID, guard.None]("account.export", guard.Self, "Download all that is kept of oneself")

// Room writes documents. It is safe for concurrent use.
type Room struct {
	guard    *guard.Guard
	issuer   string
	sections []store.Export
}

// New returns the room over the sections, in their order. issuer is the server's public URL.
func New(g *guard.Guard, issuer string, sections []store.Export) *Room {
	return &Room{g, issuer, sections}
}

// about heads the document.
type about struct {
	Format  string     `json:"format"`
	Server  string     `json:"server"`
	Tenant  id.Tenant  `json:"tenant"`
	Account account.ID `json:"account"`
	MadeAt  time.Time  `json:"made_at"`
}

// Begin notes the download in the log and returns what writes the document. Refusals: not_found,
// and policy's.
func (room *Room) Begin(ctx context.Context, c caller.Caller, tenant id.Tenant, who account.ID) (write func(io.Writer) error, err error) {
	if err := who.Check(); err != nil {
		return nil, err
	}
	if err := room.guard.Do(ctx, c, Download.On(tenant, who, nil), func(tx *store.Tx) error {
		_, err := account.Get(tx.Read(), tenant, who)
		if errors.Is(err, store.ErrNotFound) {
			return account.ErrNone
		}
		return err
	}); err != nil {
		return nil, err
	}
	return func(w io.Writer) error { return room.write(ctx, w, tenant, who) }, nil
}

// write writes the document, a page of the database at a time.
func (room *Room) write(ctx context.Context, w io.Writer, tenant id.Tenant, who account.ID) error {
	out := document{Writer: bufio.NewWriter(w)}
	out.member("about", about{Format, room.issuer, tenant, who, room.guard.Store().Now()})
	for _, s := range room.sections {
		out.begin(s)
		for after, more := "", true; more && out.err == nil; more = after != "" {
			var items []any
			if err := room.guard.Store().Read(ctx, tenant, func(r *store.Reader) (err error) {
				items, after, err = s.Page(r, tenant, string(who), after)
				return err
			}); err != nil {
				return err
			}
			out.items(items)
			if out.err == nil {
				out.err = out.Flush()
			}
		}
		out.end(s)
	}
	out.text("\n}\n")
	if out.err != nil {
		return out.err
	}
	return out.Flush()
}

// document writes JSON member by member; the first error stays.
type document struct {
	*bufio.Writer
	members, count int
	single         bool // the present section is one object
	err            error
}

func (d *document) text(s string) {
	if d.err == nil {
		_, d.err = d.WriteString(s)
	}
}

func (d *document) value(v any, indent string) {
	b, err := json.MarshalIndent(v, indent, "  ")
	if d.err == nil {
		d.err = err
	}
	d.text(string(b))
}

func (d *document) name(s string) {
	d.text(map[bool]string{true: "{\n  ", false: ",\n  "}[d.members == 0])
	d.members++
	d.value(s, "")
	d.text(": ")
}

func (d *document) member(name string, v any) {
	d.name(name)
	d.value(v, "  ")
}

func (d *document) begin(s store.Export) {
	d.count, d.single = 0, s.Single
	d.name(s.Name)
	if !s.Single {
		d.text("[")
	}
}

func (d *document) items(items []any) {
	for _, v := range items {
		if d.count > 0 {
			d.text(",")
		}
		d.count++
		if d.single {
			d.value(v, "  ")
			continue
		}
		d.text("\n    ")
		d.value(v, "    ")
	}
}

func (d *document) end(s store.Export) {
	switch {
	case s.Single && d.count == 0:
		d.text("null")
	case !s.Single && d.count > 0:
		d.text("\n  ]")
	case !s.Single:
		d.text("]")
	}
}
