package argon

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"runtime"
	"time"

	"github.com/cardea-iam/cardea/internal/factor/password/plaintext"
	"golang.org/x/crypto/argon2"
)

// Pepper is a key of the step before argon2id. It is kept apart from the
// database (NIST SP 800-63B-4 §3.1.1.2).
type Pepper struct {
	ID  string // 1 to 8 bytes, stands in the clear in every hash
	Key []byte // at least 32 bytes
}

const minPepper = 32

// ErrUnknownPepper is a stored hash whose pepper this process was not given. It
// is a fault of the configuration, not of the person signing in.
var ErrUnknownPepper = errors.New("stored password names a pepper that is not configured")

// Config says how a Hasher works. Zero values of the optional fields take the
// defaults named there.
type Config struct {
	Current  Pepper   // required: the key for new hashes
	Previous []Pepper // keys that old hashes may still name

	Params Params // default DefaultParams; refused when below every OWASP setting

	Slots       int           // hashes at a time; default GOMAXPROCS
	Queue       int           // callers who may wait for a slot; default 32 per slot
	Wait        time.Duration // how long one waits; default and maximum 1 s
	IdleRelease time.Duration // memory goes back to the system this long after a burst; default 5 s, negative: never

	Random io.Reader // source of salts; default crypto/rand
}

// Hasher makes and checks password hashes. It is safe for concurrent use. Make
// one per process, because its slots bound the memory of the process.
type Hasher struct {
	params  Params
	current Pepper
	keys    map[string][]byte
	slots   *slots
	random  io.Reader
	dummy   string
	first   bool
}

// New checks the configuration; any error is meant to stop the start.
func New(c Config) (*Hasher, error) {
	if c.Params == (Params{}) {
		c.Params = DefaultParams
	}
	if err := c.Params.sufficient(); err != nil {
		return nil, err
	}
	if c.Slots < 0 || c.Queue < 0 || c.Wait < 0 || c.Wait > time.Second {
		return nil, errors.New("password hashing: slots and queue are not negative, wait is between 0 and 1 s")
	}
	if c.Slots == 0 {
		c.Slots = runtime.GOMAXPROCS(0)
	}
	if c.Queue == 0 {
		c.Queue = 32 * c.Slots
	}
	if c.Wait == 0 {
		c.Wait = time.Second
	}
	if c.IdleRelease == 0 {
		c.IdleRelease = 5 * time.Second
	}
	if c.Random == nil {
		c.Random = rand.Reader
	}
	h := &Hasher{
		params:  c.Params,
		current: c.Current,
		keys:    make(map[string][]byte, 1+len(c.Previous)),
		slots:   newSlots(c.Slots, c.Queue, c.Wait, c.IdleRelease),
		random:  c.Random,
	}
	for _, p := range append([]Pepper{c.Current}, c.Previous...) {
		if len(p.ID) < 1 || len(p.ID) > maxKeyID {
			return nil, fmt.Errorf("pepper id %q is not 1 to %d bytes", p.ID, maxKeyID)
		}
		if len(p.Key) < minPepper {
			return nil, fmt.Errorf("pepper %q is shorter than %d bytes", p.ID, minPepper)
		}
		if _, twice := h.keys[p.ID]; twice {
			return nil, fmt.Errorf("pepper %q is given twice", p.ID)
		}
		h.keys[p.ID] = append([]byte(nil), p.Key...)
	}
	var seed [32]byte
	if _, err := io.ReadFull(h.random, seed[:]); err != nil {
		return nil, fmt.Errorf("drawing the dummy hash: %w", err)
	}
	h.dummy = h.Dummy(seed)
	return h, nil
}

// Hash returns the PHC string to store. Besides faults the error is
// plaintext.ErrEmpty (the zero Password), *ErrBusy or the context's.
func (h *Hasher) Hash(ctx context.Context, p plaintext.Password) (string, error) {
	if p == (plaintext.Password{}) {
		return "", plaintext.ErrEmpty
	}
	e, err := h.fresh()
	if err != nil {
		return "", err
	}
	if e.tag, err = h.compute(ctx, p, e, tagLength); err != nil {
		return "", err
	}
	return e.String(), nil
}

// Verify reports whether p is the password of the stored string, and whether the
// string should be replaced by a fresh Hash of p (only when ok). The empty stored
// string means that the account has no password: every p fails, after the same
// work. Errors: plaintext.ErrEmpty, *ErrBusy, the context's; ErrMalformed and
// ErrUnknownPepper are faults.
func (h *Hasher) Verify(ctx context.Context, p plaintext.Password, stored string) (ok, rehash bool, err error) {
	if p == (plaintext.Password{}) {
		return false, false, plaintext.ErrEmpty
	}
	none := stored == ""
	if none {
		stored = h.dummy
	}
	e, err := parse(stored)
	if err != nil {
		return false, false, err
	}
	tag, err := h.compute(ctx, p, e, len(e.tag))
	if err != nil {
		return false, false, err
	}
	ok = subtle.ConstantTimeCompare(tag, e.tag) == 1 && !none
	return ok, ok && h.outdated(e), nil
}

// Dummy is a hash that no password has, for a name that nobody has: checking it takes what checking
// a fresh one takes. Each seed has a salt of its own, for memory is walked as the salt says, and one
// and the same walk for all unknown names would have a time of its own.
func (h *Hasher) Dummy(seed [32]byte) string {
	salt, tag := sha256.Sum256(append([]byte("salt"), seed[:]...)), sha256.Sum256(append([]byte("tag"), seed[:]...))
	return encoded{params: h.params, keyID: h.current.ID, salt: salt[:saltLength], tag: tag[:tagLength]}.String()
}

// NeedsRehash reports whether the stored string was made with other parameters,
// another pepper, or a shorter salt or tag than a fresh one. Cheaper and dearer
// parameters both count: all hashes converge on the cost that Dummy has. A string
// that does not parse needs it too.
func (h *Hasher) NeedsRehash(stored string) bool {
	e, err := parse(stored)
	return err != nil || h.outdated(e)
}

func (h *Hasher) outdated(e encoded) bool {
	return e.params != h.params || e.keyID != h.current.ID || len(e.salt) < saltLength || len(e.tag) < tagLength
}

// fresh is a new encoding under the current settings, without its tag.
func (h *Hasher) fresh() (encoded, error) {
	e := encoded{params: h.params, keyID: h.current.ID, salt: make([]byte, saltLength)}
	if _, err := io.ReadFull(h.random, e.salt); err != nil {
		return encoded{}, fmt.Errorf("drawing a salt: %w", err)
	}
	return e, nil
}

// compute derives the tag while holding a slot.
func (h *Hasher) compute(ctx context.Context, p plaintext.Password, e encoded, length int) ([]byte, error) {
	input := []byte(p.Reveal())
	if e.keyID != "" {
		key, known := h.keys[e.keyID]
		if !known {
			return nil, fmt.Errorf("%w: %q", ErrUnknownPepper, e.keyID)
		}
		// NIST SP 800-63B-4 §3.1.1.2: one more keyed hash, its key stored apart.
		mac := hmac.New(sha256.New, key)
		mac.Write(input)
		clear(input)
		input = mac.Sum(nil)
	}
	defer clear(input)
	if err := h.slots.acquire(ctx, h.first); err != nil {
		return nil, err
	}
	defer h.slots.release()
	return argon2.IDKey(input, e.salt, e.params.Passes, e.params.Memory, e.params.Threads, uint32(length)), nil
}

// First is the same hasher for somebody on a device that is known. A slot that comes free goes to
// such work first, and its queue is its own, so that a storm of strangers costs the owner one hash's
// wait and no more.
func (h *Hasher) First() *Hasher {
	preferred := *h
	preferred.first = true
	return &preferred
}

// Hold runs other costly work in a slot, so that all hashing of the process together stays within
// its bounds. Errors: *ErrBusy, the context's; then work did not run.
func (h *Hasher) Hold(ctx context.Context, work func()) error {
	if err := h.slots.acquire(ctx, h.first); err != nil {
		return err
	}
	defer h.slots.release()
	work()
	return nil
}
