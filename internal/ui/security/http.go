package security

import (
	"net/http"

	"github.com/cardea-iam/cardea/internal/factor/passkey"
	"github.com/cardea-iam/cardea/internal/factor/password"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/ui/own"
	"github.com/cardea-iam/cardea/internal/ui/part"
	"github.com/cardea-iam/cardea/internal/ui/visit"
	"github.com/cardea-iam/cardea/internal/web"
)

// Room is a person's own pages about how they sign in. It is safe for concurrent use.
type Room struct {
	*own.Desk
	Passkeys *passkey.Room
	Codes    *Codes
	Phones   *Phones // nil where numbers are of no use
}

// dones are the changes that the pages report.
var dones = map[string]part.Key{"passkey_added": PasskeyAdded, "passkey_renamed": PasskeyRenamed, "passkey_removed": PasskeyRemoved}

// Routes are the room's endpoints.
func (room *Room) Routes() []web.Route {
	return []web.Route{
		room.Get("ui.security", own.PathSecurity, room.overview),
		room.Get("ui.security.passkeys", PathPasskeys, room.passkeys),
		room.Get("ui.security.passkey", PathPasskey, room.passkey),
		room.FreshGet("ui.security.passkey.add", PathAddPasskey, room.askPasskey),
		room.FreshPost("ui.security.passkey.options", pathPasskeyOptions, passkey.BeginOwn.Name(), web.RateCostly, PathAddPasskey, room.passkeyOptions),
		room.FreshPost("ui.security.passkey.add.post", PathAddPasskey, passkey.Add.Name(), web.RateCostly, PathAddPasskey, room.addPasskey),
		room.FreshPost("ui.security.passkey.rename", PathRenamePasskey, passkey.Rename.Name(), web.RateStandard, PathPasskeys, room.renamePasskey),
		room.FreshPost("ui.security.passkey.remove", PathRemovePasskey, passkey.Remove.Name(), web.RateStandard, PathPasskeys, room.removePasskey),
	}
}

func (room *Room) read(r *web.Request, fn func(*store.Reader) error) error {
	return room.Visits.Guard.Store().Read(r.Context(), visit.Tenant(r), fn)
}

func (room *Room) overview(w http.ResponseWriter, r *web.Request, o visit.Owner) (err error) {
	page := &Overview{}
	if page.Frame, err = room.Frame(r, o, own.PathSecurity, dones); err != nil {
		return err
	}
	if err := room.read(r, func(rd *store.Reader) error {
		changed, err := password.ChangedAt(rd, visit.Tenant(r), o.Account.ID)
		if err != nil {
			return err
		}
		keys, err := room.Passkeys.Keys(rd, visit.Tenant(r), o.Account.ID)
		page.Ways = []Way{
			PasskeysWay(len(keys), visit.URL(r, PathPasskeys)),
			PasswordWay(changed, visit.URL(r, own.PathPassword)),
		}
		if err != nil {
			return err
		}
		more, err := room.Codes.ways(rd, r, o)
		if err != nil {
			return err
		}
		if page.Ways = append(page.Ways, more...); room.Phones == nil {
			return nil
		}
		more, err = room.Phones.ways(rd, r, o)
		page.Ways = append(page.Ways, more...)
		return err
	}); err != nil {
		return err
	}
	return visit.Show(w, http.StatusOK, page)
}
