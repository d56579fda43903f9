package account

import (
	"errors"
	"net/http"
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/picture"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/ui/own"
	"github.com/cardea-iam/cardea/internal/ui/part"
	"github.com/cardea-iam/cardea/internal/ui/visit"
	"github.com/cardea-iam/cardea/internal/web"
)

func (room *Room) savePreferences(w http.ResponseWriter, r *web.Request, o visit.Owner) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	theme, known := account.ParseTheme(form.Get(FieldTheme))
	language, spoken := part.ParseLocale(form.Get(FieldLanguage))
	if !known || !spoken && form.Get(FieldLanguage) != "" {
		return &web.Refusal{Status: http.StatusBadRequest, Public: "The form is not one of ours."}
	}
	locale := string(language)
	if was, ok := part.ParseLocale(o.Account.Claims.Locale); ok && was == language {
		locale = o.Account.Claims.Locale // de-AT is German too
	}
	if err := account.SetPreferences(r.Context(), room.Visits.Guard, o.Caller, visit.Tenant(r), o.Account.ID, locale, theme); err != nil {
		return err
	}
	visit.RememberTheme(w, theme)
	if spoken {
		visit.RememberLocale(w, language)
	}
	web.SeeOther(w, own.Plain(r, own.PathProfile, "preferences"))
	return nil
}

// savePicture takes a picture, or takes it away where the form says so.
func (room *Room) savePicture(w http.ResponseWriter, r *web.Request, o visit.Owner) error {
	form, err := visit.ReadUpload(r, FieldPicture)
	if err != nil {
		return err
	}
	if form.Text[FieldRemove] != "" {
		if err := account.RemovePicture(r.Context(), room.Visits.Guard, o.Caller, visit.Tenant(r), o.Account.ID); err != nil {
			return err
		}
		return own.Done(w, r, own.PathProfile, "picture_removed")
	}
	err = account.UploadPicture(r.Context(), room.Visits.Guard, o.Caller, visit.Tenant(r), o.Account.ID, form.File)
	var problem *guard.Problem
	if errors.As(err, &problem) && problem.Field == "picture" {
		return room.showProfile(w, r, o, o.Account.Version, o.Account.Claims, map[string]Problem{FieldPicture: BadPicture})
	}
	if err != nil {
		return err
	}
	return own.Done(w, r, own.PathProfile, "picture")
}

// avatarRoute serves pictures of people to whoever knows their name: apps and their users see them.
func (room *Room) avatarRoute() web.Route {
	return web.Route{
		Name: "ui.avatar", Method: http.MethodGet, Path: account.AvatarPrefix + "{file}", Scope: web.PerTenant, Rate: web.RateCheap, Quiet: true,
		Public: "pictures of people, under a hash of the picture", Cache: web.Public(365 * 24 * time.Hour), Handler: room.avatar, Errors: web.PlainErrors,
	}
}

func (room *Room) avatar(w http.ResponseWriter, r *web.Request) error {
	var png []byte
	err := room.read(r, func(rd *store.Reader) (err error) {
		png, err = account.Avatar(rd, visit.Tenant(r), r.PathValue("file"))
		return err
	})
	if errors.Is(err, store.ErrNotFound) {
		return &web.Refusal{Status: http.StatusNotFound, Public: "There is nothing at this address."}
	}
	if err != nil {
		return err
	}
	// Whatever a browser takes the bytes for, they run nothing.
	w.Header().Set("Content-Security-Policy", "default-src 'none'; sandbox")
	w.Header().Set("Cache-Control", part.AssetCache)
	return web.NewDocument("image/png", png).Serve(w, r)
}

// maxFields is what an upload may have around the picture, in bytes.
const maxFields = 16 << 10

func (room *Room) pictureRoute() web.Route {
	route := room.Desk.Post("ui.account.picture", PathPicture, account.SetPicture.Name(), web.RateCostly, room.savePicture)
	route.Body = picture.MaxUpload + maxFields
	return route
}
