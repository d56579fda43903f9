package assurance

import (
	"encoding/json"
	"time"

	"github.com/cardea-iam/cardea/internal/store"
)

type exportedAttempt struct {
	ID      string          `json:"id"`
	At      time.Time       `json:"at"`
	Client  string          `json:"client,omitempty"`
	Context json.RawMessage `json:"circumstances"`
	Outcome string          `json:"outcome"`
	Reasons json.RawMessage `json:"reasons"`
	Session string          `json:"session,omitempty"`
}

type exportedPlace struct {
	Kind   string    `json:"kind"` // network or country
	Name   string    `json:"name"`
	UsedAt time.Time `json:"last_used_at"`
}

// exportedLast is where the person signed in last, in degrees.
type exportedLast struct {
	At        time.Time `json:"at"`
	Latitude  *float64  `json:"latitude,omitempty"`
	Longitude *float64  `json:"longitude,omitempty"`
}

type exportedDevice struct {
	Since time.Time `json:"since"`
}

// degrees turns millionths into degrees.
func degrees(millionths *int64) *float64 {
	if millionths == nil {
		return nil
	}
	d := float64(*millionths) / 1e6
	return &d
}

// Exports are what the room keeps of a person.
var Exports = []store.Export{
	{Name: "signin_attempts", Tables: []string{"signin_attempt"}, Page: store.ExportRows(func(row store.Row) (e exportedAttempt, err error) {
		var circumstances, reasons []byte
		err = row.Scan(&e.ID, &e.At, &e.Client, &circumstances, &e.Outcome, &reasons, &e.Session)
		e.Context, e.Reasons = circumstances, reasons
		return e, err
	}, "SELECT id, at, client, context, outcome, reasons, session FROM signin_attempt WHERE tenant = $1 AND account = $2 ORDER BY id")},
	{Name: "known_places", Tables: []string{"known_place"}, Page: store.ExportRows(func(row store.Row) (e exportedPlace, err error) {
		return e, row.Scan(&e.Kind, &e.Name, &e.UsedAt)
	}, "SELECT kind, name, used_at FROM known_place WHERE tenant = $1 AND account = $2 ORDER BY kind, name")},
	{Name: "last_signin", Tables: []string{"last_signin"}, Single: true, Page: store.ExportRows(func(row store.Row) (e exportedLast, err error) {
		var latitude, longitude *int64
		err = row.Scan(&e.At, &latitude, &longitude)
		e.Latitude, e.Longitude = degrees(latitude), degrees(longitude)
		return e, err
	}, "SELECT at, latitude, longitude FROM last_signin WHERE tenant = $1 AND account = $2")},
	{Name: "remembered_devices", Tables: []string{"remembered_device"}, Page: store.ExportRows(func(row store.Row) (e exportedDevice, err error) {
		return e, row.Scan(&e.Since)
	}, "SELECT since FROM remembered_device WHERE tenant = $1 AND account = $2 ORDER BY since")},
}
