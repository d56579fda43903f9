package assurance

import (
	"net/netip"
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/client"
	"github.com/cardea-iam/cardea/internal/geo"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/session"
	"github.com/cardea-iam/cardea/internal/store"
)

// exportedSignIn is a recorded attempt as its person may download it: what was known and what was
// decided from it.
type exportedSignIn struct {
	ID       SignInID   `json:"id"`
	At       time.Time  `json:"at"`
	Client   client.ID  `json:"client_id"`
	Session  session.ID `json:"session,omitempty"`
	Refused  bool       `json:"refused"`
	Device   string     `json:"device"`
	Address  netip.Addr `json:"address,omitzero"`
	Country  string     `json:"country,omitempty"`
	City     string     `json:"city,omitempty"`
	Network  string     `json:"network,omitempty"`
	Unusual  []string   `json:"signals"`
	Failures int        `json:"failures"`
	Proved   Proof      `json:"proved"`
	Outcome  Outcome    `json:"outcome"`
	Reasons  []Reason   `json:"reasons"`
}

type exportedPlace struct {
	Kind   string    `json:"kind"`
	Name   string    `json:"name"`
	UsedAt time.Time `json:"last_used_at"`
}

type exportedLast struct {
	At    time.Time  `json:"at"`
	Place *geo.Point `json:"place,omitempty"`
}

type exportedBrowser struct {
	Since time.Time `json:"since"`
}

// Exports are what the room keeps of a person.
var Exports = []store.Export{
	{Name: "signins", Tables: []string{"signin_attempt"}, Page: exportSignIns},
	{Name: "known_places", Tables: []string{"known_place"}, Page: store.ExportRows(func(row store.Row) (e exportedPlace, err error) {
		return e, row.Scan(&e.Kind, &e.Name, &e.UsedAt)
	}, "SELECT kind, name, used_at FROM known_place WHERE tenant = $1 AND account = $2 ORDER BY kind, name")},
	{Name: "last_signin", Tables: []string{"last_signin"}, Single: true, Page: store.ExportRows(func(row store.Row) (exportedLast, error) {
		l, err := scanLast(row)
		return exportedLast{l.at, l.point}, err
	}, lastColumns)},
	{Name: "remembered_browsers", Tables: []string{"remembered_device"}, Page: store.ExportRows(func(row store.Row) (e exportedBrowser, err error) {
		return e, row.Scan(&e.Since)
	}, "SELECT since FROM remembered_device WHERE tenant = $1 AND account = $2 ORDER BY since")},
}

func exportSignIns(r *store.Reader, tenant id.Tenant, who, after string) (items []any, next string, err error) {
	list, err := ofAccount(r, tenant, account.ID(who), SignInID(after), MaxPage)
	for _, s := range list {
		items = append(items, exportedSignIn{
			ID: s.ID, At: s.At, Client: s.Client, Session: s.Session, Refused: s.Refused, Device: s.Device, Address: s.Address,
			Country: s.Country, City: s.City, Network: s.Network, Unusual: s.Present(), Failures: s.Failures,
			Proved: s.Proof, Outcome: s.Outcome, Reasons: s.Reasons,
		})
	}
	if len(list) == MaxPage {
		next = string(list[MaxPage-1].ID)
	}
	return items, next, err
}
