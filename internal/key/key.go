package key

import (
	"embed"
	"time"

	"github.com/cardea-iam/cardea/internal/jose"
	"github.com/cardea-iam/cardea/internal/store"
)

//go:embed migrations
var files embed.FS

// Migrations are the room's tables.
var Migrations = store.Migrations{Room: "key", Files: files}

// ID is a key id: the RFC 7638 thumbprint, the kid of tokens.
type ID string

// State is where a key is in its life.
type State string

// The states, in order.
const (
	Published State = "published"
	Used      State = "used"
	Retired   State = "retired"
	Dropped   State = "dropped"
)

// Key describes a signing key.
type Key struct {
	ID        ID             `json:"kid"`
	Algorithm jose.Algorithm `json:"alg"`
	State     State          `json:"state"`
	CreatedAt time.Time      `json:"created_at"`
	ChangedAt time.Time      `json:"changed_at"` // when it entered State

	public []byte // JWK
	sealed []byte // private JWK
}

// Periods say how long a key stays in each state.
type Periods struct {
	Publish time.Duration // at least the JWKS's max-age
	Use     time.Duration
	Retire  time.Duration // at least the longest life of a token
}

// DefaultPeriods: relying parties see a key a day before it signs; it signs for 90 days and
// verifies for two more, longer than any token lives.
var DefaultPeriods = Periods{Publish: 24 * time.Hour, Use: 90 * 24 * time.Hour, Retire: 48 * time.Hour}

// CacheFor is the max-age of the JWKS document.
const CacheFor = 15 * time.Minute

// due returns the state that a key should enter now, or its own. A used key gives way only to
// a published successor.
func due(k Key, p Periods, successor bool, now time.Time) State {
	age := now.Sub(k.ChangedAt)
	switch k.State {
	case Published:
		if age >= p.Publish {
			return Used
		}
	case Used:
		if successor {
			return Retired
		}
	case Retired:
		if age >= p.Retire {
			return Dropped
		}
	case Dropped:
	}
	return k.State
}
