package totp

import (
	"crypto/sha1"
	"time"
)

// Code is what an app with the seed shows at a time.
func (s Setup) Code(at time.Time) string {
	return hotp(sha1.New, s.seed, uint64(stepAt(at)), Digits)
}

// Seed is the shared secret.
func (s Setup) Seed() []byte { return s.seed }
