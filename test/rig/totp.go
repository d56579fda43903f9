package rig

import (
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // RFC 6238 §1.2: the algorithm of authenticator apps
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"strings"
	"time"
)

// TOTP is the code that an authenticator app shows at a time, made from the key that people type
// (RFC 6238 §4): base32, in groups or not.
func TOTP(key string, at time.Time) (string, error) {
	seed, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(strings.Join(strings.Fields(key), ""))
	if err != nil {
		return "", err
	}
	m := hmac.New(sha1.New, seed)
	m.Write(binary.BigEndian.AppendUint64(nil, uint64(at.Unix()/30)))
	sum := m.Sum(nil)
	o := sum[len(sum)-1] & 15
	return fmt.Sprintf("%06d", (binary.BigEndian.Uint32(sum[o:])&0x7fffffff)%1_000_000), nil
}
