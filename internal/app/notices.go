package app

import (
	"cmp"
	"strconv"
	"strings"
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/assurance"
	"github.com/cardea-iam/cardea/internal/factor"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/notify"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/ui/own"
)

// What people are told of, by the rooms that notice it.

// unusual tells a person of a sign-in that is unusual for them.
func (a *App) unusual(tx *store.Tx, tenant id.Tenant, who account.ID, at assurance.Attempt, agent string) error {
	d := own.ParseUserAgent(agent)
	device := strings.Trim(d.Browser+", "+d.System, ", ")
	place := cmp.Or(at.City, at.Country)
	if at.Address.IsValid() {
		place = strings.TrimSpace(place + " (" + at.Address.String() + ")")
	}
	return a.Notify.Warn(tx, tenant, who, notify.UnusualSignIn, notify.Values{
		"device": cmp.Or(device, "–"), "place": cmp.Or(place, "–"), "time": at.At.Format(time.RFC3339),
	})
}

// failures tells a person that many attempts in a row failed at a factor of theirs.
func (a *App) failures(tx *store.Tx, tenant id.Tenant, who account.ID, _ factor.Kind, count int) error {
	return a.Notify.Warn(tx, tenant, who, notify.Failures, notify.Values{"count": strconv.Itoa(count)})
}
