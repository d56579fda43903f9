package rig

import (
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // RFC 6238 §1.2: the algorithm of authenticator apps
	"encoding/base32"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"time"
)

// App is an authenticator app with one key.
type App struct {
	Key  string
	last int64 // the step of the last code
}

// Code is a code that was not used before: where the present one was, the next one, which servers
// accept a step early (RFC 6238 §5.2). With that used too it is an error.
func (a *App) Code() (string, error) {
	now := time.Now().Unix() / 30
	step := max(now, a.last+1)
	if step > now+1 {
		return "", errors.New("the app has no code yet that was not used")
	}
	a.last = step
	return TOTP(a.Key, time.Unix(step*30, 0))
}

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
