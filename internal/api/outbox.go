package api

import (
	"net/http"
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/notify"
	"github.com/cardea-iam/cardea/internal/outbox"
)

// Effect is something that has not got out yet, as the API shows it. What got out is gone.
type Effect struct {
	// ID is the effect's identifier.
	ID outbox.ID `json:"id"`
	// Carrier is the way out: mail, sms, voice.
	Carrier outbox.Kind `json:"carrier"`
	// Kind is the kind of message; empty for what is none.
	Kind notify.Kind `json:"kind"`
	// Account is whom it concerns; empty for nobody.
	Account account.ID `json:"account"`
	// To is the address, masked: a…@example.com.
	To string `json:"to"`
	// State is waiting (not tried yet, or nothing is configured to carry it), failed (it will be tried again) or given_up.
	State notify.State `json:"state"`
	// Attempts is how often it was tried, since somebody last asked to.
	Attempts int `json:"attempts"`
	// LastError is what went wrong, without addresses.
	LastError string `json:"last_error"`
	// DueAt is when it is tried next.
	DueAt time.Time `json:"due_at"`
	// CreatedAt is since when it waits.
	CreatedAt time.Time `json:"created_at"`
	// GivenUpAt is when trying ended.
	GivenUpAt time.Time `json:"given_up_at,omitzero"`
}

func outboxEndpoints() []endpoint {
	return []endpoint{
		list("outbox.list", "/outbox", notify.ListAll, "List what has not got out yet, newest first.", nil, pageOutbox, func(e Effect) string { return string(e.ID) }),
		act("outbox.retry", http.MethodPost, "/outbox/{id}/retry", notify.Again, "Try an effect again now, also one that was given up.", onID(notify.Retry)),
		act("outbox.delete", http.MethodDelete, "/outbox/{id}", notify.Remove, "Drop an effect.", onID(notify.Delete)),
	}
}

func pageOutbox(c *call, after string, limit int) ([]Effect, error) {
	found, err := notify.Page(c.ctx(), c.api.Guard, c.who, c.tenant, outbox.ID(after), limit)
	out := make([]Effect, len(found))
	for i, e := range found {
		out[i] = Effect(e)
	}
	return out, err
}
