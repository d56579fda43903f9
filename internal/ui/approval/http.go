package approval

import (
	"errors"
	"net/http"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/assurance"
	"github.com/cardea-iam/cardea/internal/factor"
	"github.com/cardea-iam/cardea/internal/factor/approval"
	"github.com/cardea-iam/cardea/internal/geo"
	"github.com/cardea-iam/cardea/internal/interaction"
	"github.com/cardea-iam/cardea/internal/signin"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/ui/own"
	"github.com/cardea-iam/cardea/internal/ui/part"
	"github.com/cardea-iam/cardea/internal/ui/visit"
	"github.com/cardea-iam/cardea/internal/web"
)

// Room is the pages of approvals. It is safe for concurrent use.
type Room struct {
	Desk      *own.Desk
	Visits    *visit.Room
	Approvals *approval.Room
	Translate web.ErrorFunc
	// Place is where an address is, as far as that is known; nil for nowhere.
	Place func(address string) geo.Place
}

// Paths of the pages, below the tenant's root.
const (
	pathAsk   = "/signin/approval/ask"
	pathState = "/signin/approval/state"

	pathWaiting = own.PathApprove + "/waiting"
)

// Routes are the room's endpoints.
func (room *Room) Routes() []web.Route {
	page := func(name, path string, h web.Handler) web.Route {
		return visit.Get(name, path, web.RateStandard, "the interaction is bound to the browser's cookie", h, room.Translate)
	}
	form := func(name, path, action string, h web.Handler) web.Route {
		return visit.Post(name, path, action, h, room.Translate)
	}
	return []web.Route{
		page("ui.approval", room.Approvals.Path(), room.get),
		page("ui.approval.state", pathState, room.state),
		form("ui.approval.ask", pathAsk, approval.Ask.Name(), room.ask),
		form("ui.approval.post", room.Approvals.Path(), approval.Prove.Name(), room.post),
		room.Desk.Get("ui.account.approve", own.PathApprove, room.answering),
		room.Desk.Get("ui.account.approve.waiting", pathWaiting, room.waiting),
		room.Desk.Post("ui.account.approve.post", own.PathApprove, approval.Answer.Name(), web.RateStandard, room.answer),
	}
}

// step is a sign-in that is at the page.
type step struct {
	visit.Guest
	who  account.ID
	next signin.Step
}

func (s step) place() approval.Place {
	return approval.Place{Place: s.Beside(), Accounts: s.Accounts}
}

// proving finds what the page is about. ok is false, and the answer written, where the sign-in takes
// another factor or none.
func (room *Room) proving(w http.ResponseWriter, r *web.Request, which string) (s step, ok bool, err error) {
	s.Guest, s.next, ok, err = room.Visits.Proving(r.Context(), w, r, which, factor.Approval)
	if s.who = s.Interaction.Account; s.who == "" && s.Session != nil {
		s.who = s.Session.Account
	}
	return s, ok, err
}

// asked is the newest request of the sign-in, the zero Request for none.
func (room *Room) asked(r *web.Request, s step) (approval.Request, error) {
	q, err := room.Approvals.Asked(r.Context(), visit.Tenant(r), s.who, s.place())
	if errors.Is(err, store.ErrNotFound) {
		return approval.Request{}, nil
	}
	return q, err
}

func (room *Room) get(w http.ResponseWriter, r *web.Request) error {
	q, err := web.Query(r)
	if err != nil {
		return err
	}
	s, ok, err := room.proving(w, r, q.Get(visit.FieldInteraction))
	if err != nil || !ok {
		return err
	}
	return room.show(w, r, s, "")
}

// over are the problems that requests which have ended are told as.
var over = map[approval.State]Problem{approval.Mistaken: Mistaken, approval.Denied: Denied, approval.Dropped: Late}

func (room *Room) show(w http.ResponseWriter, r *web.Request, s step, problem Problem) error {
	q, err := room.asked(r, s)
	if err != nil {
		return err
	}
	i := s.Interaction
	page := &Wait{Problem: problem, State: string(q.State), DoneState: string(approval.Approved),
		AskAction: visit.URL(r, pathAsk), Action: visit.URL(r, room.Approvals.Path()),
		StateURL:   visit.URL(r, pathState, visit.FieldInteraction, string(i.ID)),
		ApproveURL: r.BaseURL() + visit.URL(r, own.PathApprove)}
	switch q.State {
	case approval.Open, approval.Approved:
		page.Number = q.Number
	default:
		if page.Problem == "" {
			page.Problem = over[q.State]
		}
	}
	if page.Base, err = room.Visits.Base(r.Context(), r, i.About.Locales, nil); err != nil {
		return err
	}
	page.Hidden = []part.Field{{Name: visit.FieldInteraction, Value: string(i.ID)}}
	page.Path = visit.URL(r, room.Approvals.Path(), visit.FieldInteraction, string(i.ID))
	if page.App, err = room.Visits.AppOf(r.Context(), visit.Tenant(r), i.About.Client); err != nil {
		return err
	}
	if i.About.Redirect != "" {
		if err := web.AllowFormAction(w, i.About.Redirect); err != nil {
			return err
		}
	}
	a, err := room.Visits.Account(r.Context(), visit.Tenant(r), s.who)
	if err != nil {
		return err
	}
	page.Person = visit.Person(a)
	if i.Kind == interaction.Authorize {
		page.CancelAction = visit.URL(r, visit.PathCancel)
	}
	if len(s.next.Others) > 0 {
		page.OtherURL = visit.URL(r, visit.PathOther, visit.FieldInteraction, string(i.ID))
	}
	if err := room.Visits.Guard.Store().Read(r.Context(), visit.Tenant(r), func(rd *store.Reader) error {
		knobs, err := assurance.Settings.Get(rd, visit.Tenant(r))
		page.RememberDays = knobs.RememberDays
		return err
	}); err != nil {
		return err
	}
	return visit.Show(w, http.StatusOK, page)
}

// standing is what the scripts are told.
type standing struct {
	State string `json:"state"`
}

func (room *Room) state(w http.ResponseWriter, r *web.Request) error {
	query, err := web.Query(r)
	if err != nil {
		return err
	}
	s, ok, err := room.proving(w, r, query.Get(visit.FieldInteraction))
	if err != nil || !ok {
		return err
	}
	q, err := room.asked(r, s)
	if err != nil {
		return err
	}
	return web.WriteJSON(w, http.StatusOK, standing{string(q.State)})
}

func (room *Room) form(w http.ResponseWriter, r *web.Request) (s step, form web.Params, ok bool, err error) {
	if form, err = web.Form(r); err != nil {
		return s, form, false, err
	}
	s, ok, err = room.proving(w, r, form.Get(visit.FieldInteraction))
	return s, form, ok, err
}

// problems are what refusals are told as.
var problems = map[approval.Reason]Problem{approval.Busy: Busy, approval.Many: Many, approval.Nowhere: Nowhere, approval.Waiting: Waiting}

// refused shows the page again, or ends the sign-in.
func (room *Room) refused(w http.ResponseWriter, r *web.Request, s step, err error) error {
	var no *approval.Refused
	if !errors.As(err, &no) {
		return err
	}
	if problem, ok := problems[no.Reason]; ok {
		return room.show(w, r, s, problem)
	}
	return &visit.Refusal{Kind: visit.ErrExpired.Kind, Status: visit.ErrExpired.Status, Cause: err}
}

func (room *Room) ask(w http.ResponseWriter, r *web.Request) error {
	s, _, ok, err := room.form(w, r)
	if err != nil || !ok {
		return err
	}
	if err := room.Approvals.Ask(r.Context(), s.Caller, visit.Tenant(r), s.who, s.place(), r.UserAgent()); err != nil {
		return room.refused(w, r, s, err)
	}
	web.SeeOther(w, visit.URL(r, room.Approvals.Path(), visit.FieldInteraction, string(s.Interaction.ID)))
	return nil
}

func (room *Room) post(w http.ResponseWriter, r *web.Request) error {
	s, form, ok, err := room.form(w, r)
	if err != nil || !ok {
		return err
	}
	if err := room.Approvals.Verify(r.Context(), s.Caller, visit.Tenant(r), s.who, s.place()); err != nil {
		return room.refused(w, r, s, err)
	}
	if form.Get(FieldRemember) != "" {
		return room.Visits.AdvanceRemembering(r.Context(), w, r, s.Interaction.ID)
	}
	return room.Visits.Advance(r.Context(), w, r, s.Interaction.ID)
}
