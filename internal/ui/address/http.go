package address

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/address"
	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/factor/mailbox"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/ui/own"
	"github.com/cardea-iam/cardea/internal/ui/part"
	"github.com/cardea-iam/cardea/internal/ui/visit"
	"github.com/cardea-iam/cardea/internal/web"
)

// Room is a person's own pages about addresses. It is safe for concurrent use.
type Room struct {
	*own.Desk
	Addresses *address.Room
}

// Paths of the room, below the tenant's root.
const (
	PathCode   = own.PathAddress + "/code"
	PathPrefer = own.PathAddress + "/prefer"
	PathRemove = own.PathAddress + "/remove"
)

var dones = map[string]part.Key{"added": Added, "preferred": Preferred, "removed": Removed}

// Routes are the room's endpoints.
func (room *Room) Routes() []web.Route {
	return []web.Route{
		room.Get("ui.addresses", own.PathAddress, room.list),
		room.FreshPost("ui.addresses.add", own.PathAddress, account.AddOwnEmail.Name(), web.RateCostly, own.PathAddress, room.add),
		room.Get("ui.addresses.code", PathCode, room.code),
		room.FreshPost("ui.addresses.code.post", PathCode, account.AddOwnEmail.Name(), web.RateCostly, PathCode, room.confirm),
		room.FreshPost("ui.addresses.prefer", PathPrefer, account.PreferOwnEmail.Name(), web.RateStandard, own.PathAddress, room.change(room.Addresses.Prefer, "preferred")),
		room.FreshPost("ui.addresses.remove", PathRemove, account.RemoveOwnEmail.Name(), web.RateStandard, own.PathAddress, room.change(room.Addresses.Remove, "removed")),
	}
}

func (room *Room) list(w http.ResponseWriter, r *web.Request, o visit.Owner) error {
	return room.show(w, r, o, &List{})
}

func (room *Room) show(w http.ResponseWriter, r *web.Request, o visit.Owner, page *List) (err error) {
	if page.Frame, err = room.Frame(r, o, own.PathAddress, dones); err != nil {
		return err
	}
	verified := len(o.Account.Verified())
	for _, e := range o.Account.Emails {
		a := Address{Text: string(e.Address), Primary: e.Primary, Verified: !e.VerifiedAt.IsZero()}
		a.MayPrefer, a.MayRemove = a.Verified && !a.Primary, !a.Verified || verified > 1
		page.Addresses = append(page.Addresses, a)
	}
	page.AddAction, page.PreferAction, page.RemoveAction = visit.URL(r, own.PathAddress), visit.URL(r, PathPrefer), visit.URL(r, PathRemove)
	return visit.Show(w, http.StatusOK, page)
}

// add sends a code, whoever has the address.
func (room *Room) add(w http.ResponseWriter, r *web.Request, o visit.Owner) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	binding, err := room.Visits.Browser.Bind(w, r)
	if err != nil {
		return err
	}
	base, err := room.Visits.Base(r.Context(), r, nil, &o.Account)
	if err != nil {
		return err
	}
	text := strings.TrimSpace(form.Get(FieldEmail))
	err = room.Addresses.Ask(r.Context(), o.Caller, visit.Tenant(r), o.Account.ID, binding, text, string(base.Locale))
	if problem, err := refused(err); problem != "" || err != nil {
		return room.again(w, r, o, &List{Email: text, Problem: problem}, err)
	}
	web.SeeOther(w, visit.URL(r, PathCode))
	return nil
}

// again shows the list with what is wrong, unless err is more than that.
func (room *Room) again(w http.ResponseWriter, r *web.Request, o visit.Owner, page *List, err error) error {
	if err != nil {
		return err
	}
	return room.show(w, r, o, page)
}

// refused is what the page says of a refusal; other errors are returned.
func refused(err error) (Problem, error) {
	var problem *guard.Problem
	switch {
	case errors.Is(err, account.ErrLastEmail):
		return Last, nil
	case errors.Is(err, account.ErrEmailUsed):
		return Used, nil
	case errors.As(err, &problem) && problem.Field == FieldEmail:
		return Invalid, nil
	}
	return "", err
}

func (room *Room) code(w http.ResponseWriter, r *web.Request, o visit.Owner) error {
	return room.showCode(w, r, o, "")
}

func (room *Room) showCode(w http.ResponseWriter, r *web.Request, o visit.Owner, problem Problem) error {
	binding, err := room.Visits.Browser.Bind(w, r)
	if err != nil {
		return err
	}
	e, err := room.Addresses.Asked(r.Context(), visit.Tenant(r), o.Account.ID, binding)
	if err != nil {
		return err
	}
	if e == "" {
		web.SeeOther(w, visit.URL(r, own.PathAddress))
		return nil
	}
	page := &Code{Email: string(e), Action: visit.URL(r, PathCode), ResendAction: visit.URL(r, own.PathAddress), Problem: problem}
	if page.Frame, err = room.Frame(r, o, PathCode, nil); err != nil {
		return err
	}
	return visit.Show(w, http.StatusOK, page)
}

func (room *Room) confirm(w http.ResponseWriter, r *web.Request, o visit.Owner) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	binding, err := room.Visits.Browser.Bind(w, r)
	if err != nil {
		return err
	}
	err = room.Addresses.Confirm(r.Context(), o.Caller, visit.Tenant(r), o.Account.ID, binding, form.Get(FieldCode))
	switch {
	case errors.Is(err, mailbox.ErrWrong):
		return room.showCode(w, r, o, CodeWrong)
	case errors.Is(err, mailbox.ErrGone):
		web.SeeOther(w, visit.URL(r, own.PathAddress))
		return nil
	}
	if problem, err := refused(err); problem != "" || err != nil {
		return room.again(w, r, o, &List{Problem: problem}, err)
	}
	return own.Done(w, r, own.PathAddress, "added")
}

// change does something to the address that a form names.
func (room *Room) change(do func(context.Context, caller.Caller, id.Tenant, account.ID, string) error, done string) own.Handler {
	return func(w http.ResponseWriter, r *web.Request, o visit.Owner) error {
		form, err := web.Form(r)
		if err != nil {
			return err
		}
		if err := do(r.Context(), o.Caller, visit.Tenant(r), o.Account.ID, form.Get(FieldEmail)); err != nil {
			problem, err := refused(err)
			return room.again(w, r, o, &List{Problem: problem}, err)
		}
		return own.Done(w, r, own.PathAddress, done)
	}
}
