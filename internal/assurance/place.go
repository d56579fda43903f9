package assurance

import (
	"net/netip"

	"github.com/cardea-iam/cardea/internal/geo"
)

// Place is what the operator's files know of an address: nothing of text that is none.
func (room *Room) Place(address string) geo.Place {
	a, err := netip.ParseAddr(address)
	if err != nil {
		return geo.Place{}
	}
	return room.geo.Look(a, room.guard.Store().Now())
}
