package argon

import (
	"errors"
	"fmt"
)

// Params is the cost of one hash (RFC 9106 §3.1).
type Params struct {
	Memory  uint32 // m, KiB
	Passes  uint32 // t
	Threads uint8  // p
}

// DefaultParams is 19 MiB, two passes, one lane: the OWASP setting that lets a
// small machine hash several passwords at a time.
var DefaultParams = Params{Memory: 19456, Passes: 2, Threads: 1}

// floors are the equivalent settings of the OWASP Password Storage Cheat Sheet;
// a configuration must reach at least one of them.
var floors = []Params{
	{47104, 1, 1},
	{19456, 2, 1},
	{12288, 3, 1},
	{9216, 4, 1},
	{7168, 5, 1},
}

// Ceilings for what is configured or read back. A row written by someone who can
// reach the database must not make one sign-in take the machine.
const (
	maxMemory  = 1 << 20 // 1 GiB
	maxPasses  = 16
	maxThreads = 16
)

var errWeakParams = errors.New("argon2id parameters are below every OWASP setting (m=19456 t=2 p=1 or equivalent)")

// bounded reports whether the numbers may be computed at all.
func (p Params) bounded() error {
	// RFC 9106 §3.1: p and t are at least 1, m is at least 8p.
	if p.Threads < 1 || p.Passes < 1 || p.Memory < 8*uint32(p.Threads) {
		return fmt.Errorf("argon2id parameters m=%d t=%d p=%d are out of the range of RFC 9106 §3.1", p.Memory, p.Passes, p.Threads)
	}
	if p.Memory > maxMemory || p.Passes > maxPasses || p.Threads > maxThreads {
		return fmt.Errorf("argon2id parameters m=%d t=%d p=%d are above m=%d t=%d p=%d", p.Memory, p.Passes, p.Threads, maxMemory, maxPasses, maxThreads)
	}
	return nil
}

// sufficient reports whether new passwords may be hashed at this cost.
func (p Params) sufficient() error {
	if err := p.bounded(); err != nil {
		return err
	}
	for _, f := range floors {
		if p.Memory >= f.Memory && p.Passes >= f.Passes {
			return nil
		}
	}
	return errWeakParams
}
