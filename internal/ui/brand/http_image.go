package brand

import (
	"errors"
	"net/http"

	"github.com/cardea-iam/cardea/internal/brand"
	"github.com/cardea-iam/cardea/internal/browser"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/ui/part"
	"github.com/cardea-iam/cardea/internal/ui/visit"
	"github.com/cardea-iam/cardea/internal/web"
)

// browserPath is where a file of a brand is served.
func browserPath(r *web.Request, name string) string {
	return browser.Path(r, part.BrandPrefix+name)
}

func (room *Room) image(w http.ResponseWriter, r *web.Request, o visit.Owner) error {
	u, err := visit.ReadUpload(r, FieldFile)
	if err != nil {
		return err
	}
	now, err := room.at(r, o, u.Text[FieldScope])
	if err != nil {
		return err
	}
	slot := brand.Slot(u.Text[FieldSlot])
	if u.Text[FieldDo] == "remove" {
		_, err = room.Brands.TakeAway(r.Context(), o.Caller, visit.Tenant(r), now.Scope, slot)
	} else {
		_, err = room.Brands.Upload(r.Context(), o.Caller, visit.Tenant(r), now.Scope, slot, u.File)
	}
	var problem *guard.Problem
	switch {
	case err == nil:
		return room.done(w, r, now.Scope, "drawn")
	case errors.As(err, &problem) && problem.Code == "not_found":
		return visit.ErrMissing
	case errors.As(err, &problem):
		return room.show(w, r, o, now, &Page{Draft: now.Theme, Problem: BadPicture})
	}
	return err
}
