package assurance

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/client"
	"github.com/cardea-iam/cardea/internal/geo"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/session"
	"github.com/cardea-iam/cardea/internal/store"
)

// Kept is how long attempts are kept.
const Kept = 30 * 24 * time.Hour

// placesKept is how long a place stays known without a sign-in from it.
const placesKept = 180 * 24 * time.Hour

// SignInID names a recorded attempt: "att_…".
type SignInID string

// SignIn is a recorded attempt: what was known, what was proved, what the policies said.
type SignIn struct {
	ID      SignInID
	Attempt        // Client is never ""
	Device  string // desktop, phone, tablet or other
	Proof   Proof
	Outcome Outcome
	Refused bool // it did not become a session
	// Notified says that the policies wanted the person told.
	Notified bool
	Reasons  []Reason
	Session  session.ID // "" where Refused
}

// Recorded is what Record is told beside the attempt.
type Recorded struct {
	Attempt
	Agent   string // User-Agent
	Proof   Proof
	Verdict Verdict
	Session session.ID // "" for an attempt that was refused
}

// Record keeps an attempt, in the transaction that starts the session, or that refuses it
// (tx.OnRefusal). From an attempt that became a session the room learns where the person signs in.
func (room *Room) Record(tx *store.Tx, tenant id.Tenant, in Recorded) (SignInID, error) {
	s := SignIn{
		ID: SignInID(id.New("att", tx.Now())), Attempt: in.Attempt, Device: device(in.Agent), Proof: in.Proof, Outcome: in.Verdict.Outcome,
		Refused: in.Session == "", Notified: in.Verdict.Notify, Reasons: in.Verdict.Reasons, Session: in.Session,
	}
	if s.Client == "" {
		s.Client = Pages
	}
	if s.At.IsZero() {
		s.At = tx.Now()
	}
	if err := insertSignIn(tx, tenant, s); err != nil {
		return "", err
	}
	if s.Refused {
		return s.ID, nil
	}
	return s.ID, room.learn(tx, tenant, s.Attempt)
}

// The kinds of places.
const (
	network = "network"
	country = "country"
)

// learn remembers where a person signed in.
func (room *Room) learn(tx *store.Tx, tenant id.Tenant, a Attempt) error {
	place := room.geo.Look(a.Address, tx.Now())
	for _, p := range []struct{ kind, name string }{{network, a.Network}, {country, a.Country}} {
		if p.name == "" {
			continue
		}
		if _, err := tx.Exec(`INSERT INTO known_place (tenant, account, kind, name, used_at) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (tenant, account, kind, name) DO UPDATE SET used_at = excluded.used_at`, tenant, a.Account, p.kind, p.name, tx.Now()); err != nil {
			return err
		}
	}
	var latitude, longitude any
	if place.Point != nil {
		latitude, longitude = int64(place.Point.Latitude*1e6), int64(place.Point.Longitude*1e6)
	}
	_, err := tx.Exec(`INSERT INTO last_signin (tenant, account, at, latitude, longitude) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (tenant, account) DO UPDATE SET at = excluded.at, latitude = excluded.latitude, longitude = excluded.longitude`,
		tenant, a.Account, tx.Now(), latitude, longitude)
	return err
}

// isNew reports whether the person has known places of a kind and this is none of them.
func isNew(r *store.Reader, tenant id.Tenant, who account.ID, kind, name string) (bool, error) {
	if name == "" {
		return false, nil
	}
	var places, same int
	err := r.One([]any{&places, &same}, "SELECT COUNT(*), COUNT(*) FILTER (WHERE name = $4) FROM known_place WHERE tenant = $1 AND account = $2 AND kind = $3", tenant, who, kind, name)
	return places > 0 && same == 0, err
}

// last is when and where a person signed in last.
type last struct {
	at    time.Time
	point *geo.Point
}

const lastColumns = "SELECT at, latitude, longitude FROM last_signin WHERE tenant = $1 AND account = $2"

func scanLast(row store.Row) (l last, err error) {
	var latitude, longitude *int64
	if err = row.Scan(&l.at, &latitude, &longitude); err == nil && latitude != nil && longitude != nil {
		l.point = &geo.Point{Latitude: float64(*latitude) / 1e6, Longitude: float64(*longitude) / 1e6}
	}
	return l, err
}

func lastOf(r *store.Reader, tenant id.Tenant, who account.ID) (l last, ever bool, err error) {
	list, err := store.Collect(r, scanLast, lastColumns, tenant, who)
	if err != nil || len(list) == 0 {
		return l, false, err
	}
	return list[0], true, nil
}

func insertSignIn(tx *store.Tx, tenant id.Tenant, s SignIn) error {
	var docs [3][]byte
	for i, v := range []any{s.Attempt, s.Proof, s.Reasons} {
		var err error
		if docs[i], err = json.Marshal(v); err != nil {
			return err
		}
	}
	_, err := tx.Exec(`INSERT INTO signin_attempt (tenant, id, account, client, at, device, context, proof, outcome, refused, notified, reasons, session)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
		tenant, s.ID, s.Account, s.Client, s.At, s.Device, string(docs[0]), string(docs[1]), s.Outcome, s.Refused, s.Notified, string(docs[2]), s.Session)
	return err
}

const signInColumns = "SELECT id, account, client, at, device, context, proof, outcome, refused, notified, reasons, session FROM signin_attempt WHERE tenant = $1 "

func scanSignIn(row store.Row) (s SignIn, err error) {
	var context, proof, reasons []byte
	var who account.ID
	var on client.ID
	var at time.Time
	if err = row.Scan(&s.ID, &who, &on, &at, &s.Device, &context, &proof, &s.Outcome, &s.Refused, &s.Notified, &reasons, &s.Session); err != nil {
		return s, err
	}
	for _, d := range []struct {
		text []byte
		into any
	}{{context, &s.Attempt}, {proof, &s.Proof}, {reasons, &s.Reasons}} {
		if err := json.Unmarshal(d.text, d.into); err != nil {
			return s, fmt.Errorf("attempt %s: %w", s.ID, err)
		}
	}
	s.Account, s.Client, s.At = who, on, at
	return s, nil
}

// ofAccount lists a person's recorded attempts, newest first, at most limit, before an id (""
// for the newest).
func ofAccount(r *store.Reader, tenant id.Tenant, who account.ID, before SignInID, limit int) ([]SignIn, error) {
	if before == "" {
		before = "~"
	}
	return store.Collect(r, scanSignIn, signInColumns+"AND account = $2 AND id < $3 ORDER BY id DESC LIMIT $4", tenant, who, before, limit)
}

// all lists the attempts of a tenant, newest first.
func all(r *store.Reader, tenant id.Tenant, before SignInID, limit int) ([]SignIn, error) {
	if before == "" {
		before = "~"
	}
	return store.Collect(r, scanSignIn, signInColumns+"AND id < $2 ORDER BY id DESC LIMIT $3", tenant, before, limit)
}

func getSignIn(r *store.Reader, tenant id.Tenant, s SignInID) (SignIn, error) {
	return store.First(r, scanSignIn, signInColumns+"AND id = $2", tenant, s)
}

// Sweeps are what is kept no longer.
var Sweeps = []store.Sweep{
	{Table: "signin_attempt", Key: []string{"tenant", "id"}, Gone: "at < $1", Keep: Kept},
	{Table: "known_place", Key: []string{"tenant", "account", "kind", "name"}, Gone: "used_at < $1", Keep: placesKept},
	{Table: "remembered_device", Key: []string{"tenant", "account", "digest"}, Gone: "since < $1", Keep: maxRemember * 24 * time.Hour},
}
