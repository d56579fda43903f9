package api

import (
	"strconv"

	"github.com/cardea-iam/cardea/internal/audit"
	"github.com/cardea-iam/cardea/internal/event"
)

func eventEndpoints() []endpoint {
	position := func(e audit.Event) string { return strconv.FormatInt(e.Position, 10) }
	return []endpoint{
		list("event.list", "/events", event.ListAll, "List the log, newest first.", []param{
			{name: "action", doc: "Only this action, such as account.disable."},
			{name: "actor", doc: "Only what this caller did: kind:id, such as account:acc_…"},
			{name: "resource", doc: "Only what was done to this id."},
			{name: "person", doc: "Only what concerns this account: what it did, and what was done to it."},
		}, func(c *call, after string, limit int) ([]audit.Event, error) {
			before, err := c.integer("after", 0)
			if err != nil {
				return nil, err
			}
			f := audit.Filter{Action: c.query["action"], Actor: c.query["actor"], Resource: c.query["resource"], Person: c.query["person"]}
			return event.Page(c.ctx(), c.api.Guard, c.who, c.tenant, f, before, limit)
		}, position),
		list("event.follow", "/events/follow", event.ListAll, "Follow the log, oldest first, behind a position. Positions are dense: who asks again behind the last one misses none.", nil,
			func(c *call, after string, limit int) ([]audit.Event, error) {
				behind, err := c.integer("after", 0)
				if err != nil {
					return nil, err
				}
				return event.Follow(c.ctx(), c.api.Guard, c.who, c.tenant, behind, limit)
			}, position),
	}
}
