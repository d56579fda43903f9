package outbox_test

import (
	"testing"

	"github.com/cardea-iam/cardea/internal/outbox"
)

func TestScrubMasksAddressesAndNumbers(t *testing.T) {
	for text, want := range map[string]string{
		"550 5.1.1 <bob.smith@example.com>: Recipient rejected": "550 5.1.1 <b…@example.com>: Recipient rejected",
		"to=a+b@x.example.com, relay=mx.example.com[192.0.2.1]": "t…@x.example.com, relay=mx.example.com[192.0.2.1]",
		"\"x\"@example.com and émile@exämple.com":               "\"x\"@example.com and é…@exämple.com",
		"cannot send to +14255551212":                           "cannot send to +14…12",
		"cannot send to 004915112345678 now":                    "cannot send to 004…78 now",
		"dial tcp 192.168.100.200:25: connection refused":       "dial tcp 192.168.100.200:25: connection refused",
		"451 4.7.1 try again in 300 seconds (id 20261122)":      "451 4.7.1 try again in 300 seconds (id 20261122)",
		"mailbox of o'neil@example.com is full":                 "mailbox of o…@example.com is full",
	} {
		if got := outbox.Scrub(text); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
	if outbox.Mask("@") != "…@" || outbox.Mask("12345") != "…" {
		t.Error(outbox.Mask("@"), outbox.Mask("12345"))
	}
}
