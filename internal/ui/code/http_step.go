package code

import (
	"net/http"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/factor"
	"github.com/cardea-iam/cardea/internal/interaction"
	"github.com/cardea-iam/cardea/internal/session"
	"github.com/cardea-iam/cardea/internal/signin"
	"github.com/cardea-iam/cardea/internal/ui/visit"
	"github.com/cardea-iam/cardea/internal/web"
)

// step is a sign-in that is at a page of this room.
type step struct {
	visit.Guest
	who  account.ID  // whom a first factor has named
	next signin.Step // what would do
}

// subject is whom the sign-in is about, once a first factor has said so: the interaction's person,
// else the session's.
func subject(i interaction.Interaction, s *session.Session) account.ID {
	if i.Account != "" || s == nil {
		return i.Account
	}
	return s.Account
}

// proving finds what the page of a factor is about. ok is false, and the answer written, where the
// sign-in takes another factor or none.
func (room *Room) proving(w http.ResponseWriter, r *web.Request, which string, kind factor.Kind) (s step, ok bool, err error) {
	s.Guest, s.next, ok, err = room.Visits.Proving(r.Context(), w, r, which, kind)
	s.who = subject(s.Interaction, s.Session)
	if err != nil || !ok || kind != factor.Email {
		return s, ok, err
	}
	if s.Interaction.Identifier != "" && len(s.Interaction.Facts) == 0 {
		s.who = "" // a message goes to whoever was named, who may be nobody
	}
	if s.who == "" && s.Interaction.Identifier == "" {
		web.SeeOther(w, visit.URL(r, visit.PathSignIn, visit.FieldInteraction, string(s.Interaction.ID)))
		return s, false, nil
	}
	return s, true, nil
}

// enrolling is proving for the page that sets an app up.
func (room *Room) enrolling(w http.ResponseWriter, r *web.Request, which string) (s step, ok bool, err error) {
	s.Guest, ok, err = room.Visits.Enrolling(r.Context(), w, r, which, factor.TOTP)
	s.who = subject(s.Interaction, s.Session)
	return s, ok, err
}

// others says where the ways lead that would do in place of a factor: to the page for a recovery
// code if that is the only one, else to the list of all.
func (room *Room) others(r *web.Request, s step, but factor.Kind) (paper, other string) {
	here := []string{visit.FieldInteraction, string(s.Interaction.ID)}
	for _, f := range append([]signin.Factor{s.next.Factor}, s.next.Others...) {
		switch f.Kind() {
		case but:
		case factor.RecoveryCode:
			paper = visit.URL(r, f.Path(), here...)
		default:
			other = visit.URL(r, visit.PathOther, here...)
		}
	}
	if other != "" {
		return "", other
	}
	return paper, ""
}
