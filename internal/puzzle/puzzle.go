package puzzle

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/bits"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/cardea-iam/cardea/internal/clock"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/secret"
)

// Names of the fields that a form with a challenge posts.
const (
	FieldChallenge = "puzzle"
	FieldProof     = "proof"
)

// Life is how long a challenge is good for.
const Life = 5 * time.Minute

// Challenge is what a page asks of a stranger. The zero value asks for nothing.
type Challenge struct {
	Text string // "bits.end.nonce.mac"
	Bits int    // zero bits that the proof's digest begins with
}

// Answer is what the form brought; nothing in it is trusted.
type Answer struct{ Challenge, Proof string }

// Reason says why an answer was refused.
type Reason string

// The reasons. The page says the same for all: it shows the form again with a new challenge.
const (
	Missing Reason = "proof_missing"
	Wrong   Reason = "proof_wrong"
	Expired Reason = "proof_expired"
	Spent   Reason = "proof_spent"
)

// Refused is the refusal of an attempt without a good proof.
type Refused struct{ Reason Reason }

// Error implements error.
func (r *Refused) Error() string { return "puzzle: " + string(r.Reason) }

// RefusalCode implements guard.Refusal.
func (r *Refused) RefusalCode() string { return string(r.Reason) }

// Room asks and checks. It is safe for concurrent use.
type Room struct {
	root     *secret.Root
	clock    clock.Clock
	pressure pressure

	mu           sync.Mutex
	young, older map[[16]byte]bool // challenges that were taken
	turned       time.Time
}

// New checks the rules; the zero value takes Default. An error is meant to stop the start.
func New(root *secret.Root, now clock.Clock, rules Rules) (*Room, error) {
	if rules == (Rules{}) {
		rules = Default()
	}
	if err := rules.check(); err != nil {
		return nil, err
	}
	return &Room{root: root, clock: now, pressure: pressure{rules: rules, tenant: map[id.Tenant]*level{}}, young: map[[16]byte]bool{}}, nil
}

// Failed notes that a stranger's attempt failed.
func (room *Room) Failed(tenant id.Tenant) { room.pressure.press(tenant, 1, room.clock()) }

// Busy notes that an attempt found no place to be hashed.
func (room *Room) Busy(tenant id.Tenant) { room.pressure.press(tenant, busyWeight, room.clock()) }

// Ask returns what to ask strangers for in an interaction at present.
func (room *Room) Ask(tenant id.Tenant, interaction string) Challenge {
	now := room.clock()
	n := room.pressure.bits(tenant, now)
	if n == 0 {
		return Challenge{}
	}
	nonce := make([]byte, 12)
	rand.Read(nonce) //nolint:errcheck // crypto/rand.Read never returns an error
	body := fmt.Sprintf("%d.%d.%s", n, now.Add(Life).Unix(), base64.RawURLEncoding.EncodeToString(nonce))
	return Challenge{Text: body + "." + room.mac(tenant, interaction, body), Bits: n}
}

// mac signs the part of a challenge before its last dot: 128 bits in base64url.
func (room *Room) mac(tenant id.Tenant, interaction, body string) string {
	return base64.RawURLEncoding.EncodeToString(room.root.MAC("puzzle/challenge", string(tenant)+"\x00"+interaction+"\x00"+body)[:16])
}

// Check takes a stranger's answer. It is nil where nothing is asked, or where the answer is good:
// a challenge of ours for this interaction, not over, not taken before, with its number. Else it is
// *Refused, and counts as a failure: a storm that brings no proofs is one all the same.
func (room *Room) Check(tenant id.Tenant, interaction string, a Answer) error {
	if room.pressure.bits(tenant, room.clock()) == 0 {
		return nil
	}
	reason := room.judge(tenant, interaction, a)
	if reason == "" {
		return nil
	}
	room.Failed(tenant)
	return &Refused{reason}
}

// maxText bounds both fields before anything is computed.
const maxText = 128

func (room *Room) judge(tenant id.Tenant, interaction string, a Answer) Reason {
	if a.Challenge == "" || a.Proof == "" {
		return Missing
	}
	dot := strings.LastIndexByte(a.Challenge, '.')
	if len(a.Challenge) > maxText || len(a.Proof) > maxText || dot < 0 {
		return Wrong
	}
	body := a.Challenge[:dot]
	if !hmac.Equal([]byte(a.Challenge[dot+1:]), []byte(room.mac(tenant, interaction, body))) {
		return Wrong
	}
	// We signed it, so it has our form.
	parts := strings.Split(body, ".")
	want, errBits := strconv.Atoi(parts[0])
	end, errEnd := strconv.ParseInt(parts[1], 10, 64)
	switch now := room.clock(); {
	case errBits != nil || errEnd != nil:
		return Wrong
	case now.Unix() >= end:
		return Expired
	case !proves(a.Challenge, a.Proof, want):
		return Wrong
	case !room.take(a.Challenge, now):
		return Spent
	}
	return ""
}

// proves reports whether SHA-256 of the challenge's digest in hex and the proof begins with so many
// zero bits. The digest fills one block of SHA-256, so that a try costs the browser one block.
func proves(challenge, proof string, want int) bool {
	seed := sha256.Sum256([]byte(challenge))
	sum := sha256.Sum256([]byte(hex.EncodeToString(seed[:]) + proof))
	zeros := 0
	for _, b := range sum {
		zeros += bits.LeadingZeros8(b)
		if b != 0 {
			break
		}
	}
	return zeros >= want
}

// take remembers a challenge and reports whether it was new. Two generations are kept, each for as
// long as a challenge lives.
func (room *Room) take(challenge string, now time.Time) bool {
	sum := sha256.Sum256([]byte(challenge))
	key := [16]byte(sum[:16])
	room.mu.Lock()
	defer room.mu.Unlock()
	if now.Sub(room.turned) >= Life {
		if now.Sub(room.turned) >= 2*Life {
			room.young = nil
		}
		room.older, room.young, room.turned = room.young, map[[16]byte]bool{}, now
	}
	if room.young[key] || room.older[key] {
		return false
	}
	room.young[key] = true
	return true
}

// Solve finds the proof of a challenge, as the page's script does. Tests and the bench call it.
func Solve(c Challenge) string {
	for n := uint64(0); ; n++ {
		if proof := strconv.FormatUint(n, 10); proves(c.Text, proof, c.Bits) {
			return proof
		}
	}
}
