package security

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/cardea-iam/cardea/internal/factor/recovery"
	"github.com/cardea-iam/cardea/internal/factor/totp"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/ui/own"
	"github.com/cardea-iam/cardea/internal/ui/part"
	"github.com/cardea-iam/cardea/internal/ui/visit"
	"github.com/cardea-iam/cardea/internal/web"
)

// Codes is the pages of the authenticator app and of the recovery codes. It is safe for concurrent
// use.
type Codes struct {
	Desk     *own.Desk
	TOTP     *totp.Room
	Recovery *recovery.Room
}

// Paths of the pages, below the tenant's root.
const (
	PathAuthenticator       = "/account/security/authenticator"
	PathAddAuthenticator    = "/account/security/authenticator/add"
	PathRemoveAuthenticator = "/account/security/authenticator/remove"
	PathRecoveryCodes       = "/account/security/recovery-codes"
	PathHideRecoveryCodes   = "/account/security/recovery-codes/hide"
	PathRecoveryCodesText   = "/account/security/recovery-codes/text"
)

// Routes are the room's endpoints.
func (room *Codes) Routes() []web.Route {
	d := room.Desk
	return []web.Route{
		d.Get("ui.account.totp", PathAuthenticator, room.authenticator),
		d.FreshGet("ui.account.totp.add", PathAddAuthenticator, room.askAuthenticator),
		d.FreshPost("ui.account.totp.add.post", PathAddAuthenticator, totp.Add.Name(), web.RateStandard, PathAddAuthenticator, room.addAuthenticator),
		d.FreshPost("ui.account.totp.remove", PathRemoveAuthenticator, totp.Remove.Name(), web.RateStandard, PathAuthenticator, room.removeAuthenticator),
		d.Get("ui.account.recovery", PathRecoveryCodes, room.recoveryCodes),
		d.Get("ui.account.recovery.text", PathRecoveryCodesText, room.recoveryText),
		d.FreshPost("ui.account.recovery.make", PathRecoveryCodes, recovery.Make.Name(), web.RateStandard, PathRecoveryCodes, room.makeCodes),
		d.Post("ui.account.recovery.hide", PathHideRecoveryCodes, recovery.Hide.Name(), web.RateStandard, room.hideCodes),
	}
}

// codeDones are the changes that the pages report after the redirect that follows them.
var codeDones = map[string]part.Key{"added": AppAdded, "removed": AppRemoved, "kept": CodesKept}

func (room *Codes) read(r *web.Request, fn func(*store.Reader) error) error {
	return room.Desk.Visits.Guard.Store().Read(r.Context(), visit.Tenant(r), fn)
}

// ways are the overview's entries.
func (room *Codes) ways(rd *store.Reader, r *web.Request, o visit.Owner) ([]Way, error) {
	app, err := room.TOTP.State(rd, visit.Tenant(r), o.Account.ID)
	if err != nil {
		return nil, err
	}
	paper, err := room.Recovery.State(rd, visit.Tenant(r), o.Account.ID)
	return []Way{
		appWay(app.Since, visit.URL(r, PathAuthenticator)),
		paperWay(paper.Left, recovery.Codes, visit.URL(r, PathRecoveryCodes)),
	}, err
}

func (room *Codes) authenticator(w http.ResponseWriter, r *web.Request, o visit.Owner) error {
	f, err := room.Desk.Frame(r, o, PathAuthenticator, codeDones)
	if err != nil {
		return err
	}
	page := &Authenticator{Frame: f, AddURL: visit.URL(r, PathAddAuthenticator), RemoveAction: visit.URL(r, PathRemoveAuthenticator)}
	if err := room.read(r, func(rd *store.Reader) error {
		state, err := room.TOTP.State(rd, visit.Tenant(r), o.Account.ID)
		page.Since, page.Used = state.Since, state.Used
		return err
	}); err != nil {
		return err
	}
	return visit.Show(w, http.StatusOK, page)
}

func (room *Codes) askAuthenticator(w http.ResponseWriter, r *web.Request, o visit.Owner) error {
	return room.showAdd(w, r, o, "")
}

func (room *Codes) showAdd(w http.ResponseWriter, r *web.Request, o visit.Owner, problem Problem) error {
	f, err := room.Desk.Frame(r, o, PathAddAuthenticator, nil)
	if err != nil {
		return err
	}
	setup, err := room.TOTP.Begin(r.Context(), o.Caller, visit.Tenant(r), o.Account.ID, string(o.Session.ID))
	if errors.As(err, new(*totp.Refused)) {
		return visit.ErrMissing // the tenant does not offer apps
	}
	if err != nil {
		return err
	}
	page := &AddAuthenticator{Frame: f, Action: visit.URL(r, PathAddAuthenticator), BackURL: visit.URL(r, PathAuthenticator), Problem: problem}
	if page.Setup, err = part.NewAppSetup(setup.URI(f.Tenant(), f.Person.Username), setup.Groups()); err != nil {
		return err
	}
	return visit.Show(w, http.StatusOK, page)
}

// addAuthenticator adds the app. With the first second factor come recovery codes, at once: the
// person has just proved all that there was to prove.
func (room *Codes) addAuthenticator(w http.ResponseWriter, r *web.Request, o visit.Owner) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	tenant, who := visit.Tenant(r), o.Account.ID
	err = room.TOTP.Add(r.Context(), o.Caller, tenant, who, string(o.Session.ID), form.Get(FieldCode))
	var refused *totp.Refused
	switch {
	case errors.As(err, &refused) && refused.Reason == totp.Expired:
		return room.showAdd(w, r, o, SetupExpired)
	case errors.As(err, &refused):
		return room.showAdd(w, r, o, SetupWrong)
	case err != nil:
		return err
	}
	var codes recovery.State
	var ofUse bool
	if err := room.read(r, func(rd *store.Reader) (err error) {
		if codes, err = room.Recovery.State(rd, tenant, who); err != nil {
			return err
		}
		ofUse, err = room.Recovery.OfUse(rd, tenant, who)
		return err
	}); err != nil {
		return err
	}
	if codes.Left > 0 || !ofUse {
		return own.Done(w, r, PathAuthenticator, "added")
	}
	if err := room.Recovery.Make(r.Context(), o.Caller, tenant, who, o.Session.ID); err != nil {
		return err
	}
	return own.Done(w, r, PathRecoveryCodes, "added")
}

func (room *Codes) removeAuthenticator(w http.ResponseWriter, r *web.Request, o visit.Owner) error {
	err := room.TOTP.Remove(r.Context(), o.Caller, visit.Tenant(r), o.Account.ID)
	var refused *totp.Refused
	if err != nil && !errors.As(err, &refused) {
		return err
	}
	return own.Done(w, r, PathAuthenticator, "removed")
}

func (room *Codes) recoveryCodes(w http.ResponseWriter, r *web.Request, o visit.Owner) error {
	f, err := room.Desk.Frame(r, o, PathRecoveryCodes, codeDones)
	if err != nil {
		return err
	}
	page := &RecoveryCodes{
		Frame: f, Of: recovery.Codes, MakeAction: visit.URL(r, PathRecoveryCodes), HideAction: visit.URL(r, PathHideRecoveryCodes),
		DownloadURL: visit.URL(r, PathRecoveryCodesText), AuthenticatorURL: visit.URL(r, PathAddAuthenticator),
	}
	tenant, who := visit.Tenant(r), o.Account.ID
	if err := room.read(r, func(rd *store.Reader) error {
		state, err := room.Recovery.State(rd, tenant, who)
		if err != nil {
			return err
		}
		page.Made, page.Left = state.Made, state.Left
		page.OfUse, err = room.Recovery.OfUse(rd, tenant, who)
		return err
	}); err != nil {
		return err
	}
	if page.Codes, err = room.Recovery.Shown(r.Context(), tenant, who, o.Session.ID); err != nil {
		return err
	}
	return visit.Show(w, http.StatusOK, page)
}

func (room *Codes) makeCodes(w http.ResponseWriter, r *web.Request, o visit.Owner) error {
	err := room.Recovery.Make(r.Context(), o.Caller, visit.Tenant(r), o.Account.ID, o.Session.ID)
	var refused *recovery.Refused
	if err != nil && !errors.As(err, &refused) {
		return err
	}
	web.SeeOther(w, visit.URL(r, PathRecoveryCodes)) // which says so where there is nothing to stand in for
	return nil
}

func (room *Codes) hideCodes(w http.ResponseWriter, r *web.Request, o visit.Owner) error {
	if err := room.Recovery.Hide(r.Context(), o.Caller, visit.Tenant(r), o.Account.ID, o.Session.ID); err != nil {
		return err
	}
	return own.Done(w, r, PathRecoveryCodes, "kept")
}

// recoveryText is the codes as a file, while they are shown.
func (room *Codes) recoveryText(w http.ResponseWriter, r *web.Request, o visit.Owner) error {
	codes, err := room.Recovery.Shown(r.Context(), visit.Tenant(r), o.Account.ID, o.Session.ID)
	if err != nil {
		return err
	}
	if len(codes) == 0 {
		web.SeeOther(w, visit.URL(r, PathRecoveryCodes))
		return nil
	}
	base, err := room.Desk.Visits.Base(r.Context(), r, nil, &o.Account)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="recovery-codes.txt"`)
	_, err = fmt.Fprintf(w, "%s\n%s\n%s\n\n%s\n", base.Tenant(), o.Account.Username, base.Now.UTC().Format("2006-01-02"), strings.Join(codes, "\n"))
	return err
}
