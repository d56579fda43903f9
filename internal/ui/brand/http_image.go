package brand

import (
	"errors"
	"io"
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

// upload is the fields of the form of a picture. The file's name and its stated type are not read.
type upload struct {
	text map[string]string
	file []byte
}

// maxParts bounds the fields of an upload.
const maxParts = 10

// readUpload reads multipart/form-data (RFC 7578): each field once, and nothing beyond the route's
// cap on the body.
func readUpload(r *web.Request) (u upload, err error) {
	broken := func(cause error) error {
		var tooLarge *http.MaxBytesError
		if errors.As(cause, &tooLarge) {
			return &web.Refusal{Status: http.StatusRequestEntityTooLarge, Public: "The picture is too large.", Cause: cause}
		}
		return &web.Refusal{Status: http.StatusBadRequest, Public: "The form could not be read.", Cause: cause}
	}
	parts, err := r.MultipartReader()
	if err != nil {
		return u, broken(err)
	}
	u.text = map[string]string{}
	for range maxParts {
		p, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) {
			return u, nil
		}
		if err != nil {
			return u, broken(err)
		}
		body, err := io.ReadAll(p)
		if err != nil {
			return u, broken(err)
		}
		name := p.FormName()
		if _, twice := u.text[name]; twice || name == FieldFile && u.file != nil {
			return u, broken(nil)
		}
		if name == FieldFile {
			u.file = append([]byte{}, body...)
			continue
		}
		u.text[name] = string(body)
	}
	return u, broken(nil)
}

func (room *Room) image(w http.ResponseWriter, r *web.Request, o visit.Owner) error {
	u, err := readUpload(r)
	if err != nil {
		return err
	}
	now, err := room.at(r, o, u.text[FieldScope])
	if err != nil {
		return err
	}
	slot := brand.Slot(u.text[FieldSlot])
	if u.text[FieldDo] == "remove" {
		_, err = room.Brands.TakeAway(r.Context(), o.Caller, visit.Tenant(r), now.Scope, slot)
	} else {
		_, err = room.Brands.Upload(r.Context(), o.Caller, visit.Tenant(r), now.Scope, slot, u.file)
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
