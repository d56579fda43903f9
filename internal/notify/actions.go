package notify

import (
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/outbox"
)

// EffectDetail says what an effect was.
type EffectDetail struct {
	Carrier string `json:"carrier"`
	Kind    Kind   `json:"kind,omitempty"`
	Account string `json:"account,omitempty"`
}

// The room's verbs. The outbox itself stands below guard and cannot declare any.
var (
	ListAll = guard.Declare[outbox.ID, guard.None]("outbox.list", guard.Inspect, "List what has not got out yet: mail, messages and other effects")
	Again   = guard.Declare[outbox.ID, EffectDetail]("outbox.retry", guard.Administer, "Try an effect again now, also one that was given up")
	Remove  = guard.Declare[outbox.ID, EffectDetail]("outbox.delete", guard.Administer, "Drop an effect that has not got out")
)
