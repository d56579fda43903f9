package main

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/json"
	"os"
	"os/exec"
	"slices"
	"time"
)

// speed is how fast this machine signs at this moment. Virtual machines drift by half within an
// hour: figures of different runs are compared after dividing by it.
type speed struct {
	ECDSA time.Duration `json:"ecdsa"` // one P-256 signature
	RSA   time.Duration `json:"rsa"`   // one RSA-2048 signature
}

// calibrate measures on the server's core, in a process of its own.
func calibrate() (speed, error) {
	var s speed
	self, err := os.Executable()
	if err != nil {
		return s, err
	}
	cmd := exec.Command("taskset", "-c", serverCore, self, "calibrate") //nolint:gosec // ourselves
	cmd.Env = append(os.Environ(), "GOMAXPROCS=1")
	out, err := cmd.Output()
	if err != nil {
		return s, err
	}
	return s, json.Unmarshal(out, &s)
}

// calibrateHere is the other side of calibrate.
func calibrateHere() error {
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	rs, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return err
	}
	digest := sha256.Sum256([]byte("calibration"))
	s := speed{
		ECDSA: median(5, func() error { _, err := ecdsa.SignASN1(rand.Reader, ec, digest[:]); return err }),
		RSA:   median(5, func() error { _, err := rsa.SignPKCS1v15(nil, rs, crypto.SHA256, digest[:]); return err }),
	}
	return json.NewEncoder(os.Stdout).Encode(s)
}

// median times fn in n batches of 60 ms and returns the middle one's time per call.
func median(n int, fn func() error) time.Duration {
	var list []time.Duration
	for range n {
		calls, began := 0, time.Now()
		for time.Since(began) < 60*time.Millisecond {
			if fn() != nil {
				return 0
			}
			calls++
		}
		list = append(list, time.Since(began)/time.Duration(calls))
	}
	slices.Sort(list)
	return list[len(list)/2]
}
