package security

import (
	"errors"
	"net/http"
	"slices"

	"github.com/cardea-iam/cardea/internal/credential"
	"github.com/cardea-iam/cardea/internal/factor/passkey"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/ui/own"
	"github.com/cardea-iam/cardea/internal/ui/part"
	ui "github.com/cardea-iam/cardea/internal/ui/passkey"
	"github.com/cardea-iam/cardea/internal/ui/visit"
	"github.com/cardea-iam/cardea/internal/web"
)

// keys lists the person's passkeys as pages show them.
func (room *Room) keys(r *web.Request, o visit.Owner) (out []Passkey, err error) {
	err = room.read(r, func(rd *store.Reader) error {
		list, err := room.Passkeys.Keys(rd, visit.Tenant(r), o.Account.ID)
		for _, k := range list {
			out = append(out, Passkey{ID: string(k.ID), Name: k.Name, Provider: k.Provider, Synced: k.Synced, Copied: !k.ClonedAt.IsZero(),
				Created: k.CreatedAt, Used: k.UsedAt, URL: visit.URL(r, PathPasskey, FieldKey, string(k.ID))})
		}
		return err
	})
	return out, err
}

func (room *Room) passkeys(w http.ResponseWriter, r *web.Request, o visit.Owner) (err error) {
	page := &Passkeys{AddURL: visit.URL(r, PathAddPasskey)}
	if page.Frame, err = room.Frame(r, o, PathPasskeys, dones); err != nil {
		return err
	}
	if page.Keys, err = room.keys(r, o); err != nil {
		return err
	}
	page.Full = len(page.Keys) >= passkey.MaxKeys
	return visit.Show(w, http.StatusOK, page)
}

func (room *Room) askPasskey(w http.ResponseWriter, r *web.Request, o visit.Owner) error {
	return room.showAdd(w, r, o, "", "")
}

func (room *Room) showAdd(w http.ResponseWriter, r *web.Request, o visit.Owner, name string, problem ui.Problem) (err error) {
	page := &AddPasskey{Problem: problem}
	if page.Frame, err = room.Frame(r, o, PathAddPasskey, nil); err != nil {
		return err
	}
	if problem == ui.BadName {
		page.Problem = "" // its field says so
	}
	page.Passkey = part.Passkey{Use: part.PasskeyCreate, Action: visit.URL(r, PathAddPasskey), OptionsURL: visit.URL(r, pathPasskeyOptions), Hidden: page.Hidden, Name: ui.NameInput(name, problem)}
	return visit.Show(w, http.StatusOK, page)
}

func (room *Room) passkeyOptions(w http.ResponseWriter, r *web.Request, o visit.Owner) error {
	options, err := room.Passkeys.AskOwn(r.Context(), o.Caller, visit.Tenant(r), o.Session.ID)
	if ui.Say(err) != "" {
		return &visit.Refusal{Kind: "forbidden", Status: http.StatusConflict, Cause: err}
	}
	if err != nil {
		return err
	}
	return web.WriteJSON(w, http.StatusOK, options)
}

func (room *Room) addPasskey(w http.ResponseWriter, r *web.Request, o visit.Owner) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	name, err := passkey.ParseName(form.Get(ui.FieldName))
	if err != nil {
		return room.showAdd(w, r, o, "", ui.BadName)
	}
	_, err = room.Passkeys.AddOwn(r.Context(), o.Caller, visit.Tenant(r), o.Session.ID, form.Get(part.FieldCredential), name)
	if problem := ui.Say(err); problem != "" {
		return room.showAdd(w, r, o, name, problem)
	}
	if err != nil {
		return err
	}
	return own.Done(w, r, PathPasskeys, "passkey_added")
}

func (room *Room) passkey(w http.ResponseWriter, r *web.Request, o visit.Owner) error {
	q, err := web.Query(r)
	if err != nil {
		return err
	}
	return room.showKey(w, r, o, q.Get(FieldKey), "", "")
}

func (room *Room) showKey(w http.ResponseWriter, r *web.Request, o visit.Owner, which, name string, problem ui.Problem) (err error) {
	list, err := room.keys(r, o)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(list, func(k Passkey) bool { return k.ID == which })
	if i < 0 {
		return visit.ErrMissing
	}
	page := &KeyPage{Key: list[i], RenameAction: visit.URL(r, PathRenamePasskey), RemoveAction: visit.URL(r, PathRemovePasskey), Problem: problem}
	if page.Frame, err = room.Frame(r, o, PathPasskey, nil); err != nil {
		return err
	}
	page.Path = visit.URL(r, PathPasskey, FieldKey, which)
	if name == "" {
		name = list[i].Name
	}
	page.NameInput = ui.NameInput(name, problem)
	return visit.Show(w, http.StatusOK, page)
}

func (room *Room) renamePasskey(w http.ResponseWriter, r *web.Request, o visit.Owner) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	which, name := form.Get(FieldKey), form.Get(ui.FieldName)
	err = room.Passkeys.RenameOwn(r.Context(), o.Caller, visit.Tenant(r), credential.ID(which), name)
	switch problem := code(err); problem {
	case "invalid":
		return room.showKey(w, r, o, which, name, ui.BadName)
	case "not_found":
		return visit.ErrMissing
	}
	if err != nil {
		return err
	}
	return own.Done(w, r, PathPasskeys, "passkey_renamed")
}

// code is that of a room's refusal, "" for other errors.
func code(err error) string {
	var problem *guard.Problem
	if errors.As(err, &problem) {
		return problem.Code
	}
	return ""
}

func (room *Room) removePasskey(w http.ResponseWriter, r *web.Request, o visit.Owner) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	which := form.Get(FieldKey)
	err = room.Passkeys.RemoveOwn(r.Context(), o.Caller, visit.Tenant(r), credential.ID(which))
	var refused *passkey.Refused
	if errors.As(err, &refused) && refused.Reason == passkey.LastWay {
		return room.showKey(w, r, o, which, "", LastWay)
	}
	if code(err) == "not_found" {
		return visit.ErrMissing
	}
	if err != nil {
		return err
	}
	return own.Done(w, r, PathPasskeys, "passkey_removed")
}
