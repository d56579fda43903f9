package code

import (
	"net/http"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/interaction"
	"github.com/cardea-iam/cardea/internal/session"
	"github.com/cardea-iam/cardea/internal/signin"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/ui/visit"
	"github.com/cardea-iam/cardea/internal/web"
)

// step is a sign-in that is at a page of this room.
type step struct {
	visit.Guest
	who   account.ID // whom a first factor has named
	paper bool       // a recovery code would do
}

// subject is whom the sign-in is about, once a first factor has said so: the interaction's person,
// else the session's.
func subject(i interaction.Interaction, s *session.Session) account.ID {
	if i.Account != "" {
		return i.Account
	}
	if s == nil || i.About.Account != "" && i.About.Account != s.Account {
		return ""
	}
	return s.Account
}

// proving finds what a page is about. Without a person who has the factor, or with nothing left to
// prove, ok is false and the answer is written: back to the dispatcher.
func (room *Room) proving(w http.ResponseWriter, r *web.Request, which string, f signin.Factor) (s step, ok bool, err error) {
	if s.Guest, err = room.Visits.Guest(r.Context(), w, r, which); err != nil {
		return s, false, err
	}
	s.who = subject(s.Interaction, s.Session)
	next, err := room.Visits.SignIn.Next(r.Context(), visit.Tenant(r), s.Interaction, s.Session)
	if err != nil {
		return s, false, err
	}
	if s.who != "" && next.Verdict == signin.Prove {
		if ok, s.paper, err = room.enrolled(r, f, s.who); ok || err != nil {
			return s, ok, err
		}
	}
	web.SeeOther(w, visit.URL(r, visit.PathSignIn, visit.FieldInteraction, string(s.Interaction.ID)))
	return s, false, nil
}

// enrolling is proving for the page that sets an app up: nothing that the person has is enough, and
// they have proved something and have no app.
func (room *Room) enrolling(w http.ResponseWriter, r *web.Request, which string) (s step, ok bool, err error) {
	if s.Guest, err = room.Visits.Guest(r.Context(), w, r, which); err != nil {
		return s, false, err
	}
	s.who = subject(s.Interaction, s.Session)
	next, err := room.Visits.SignIn.Next(r.Context(), visit.Tenant(r), s.Interaction, s.Session)
	if err != nil {
		return s, false, err
	}
	if s.who != "" && next.Verdict == signin.Impossible {
		has, _, err := room.enrolled(r, room.TOTP, s.who)
		if !has || err != nil {
			return s, err == nil, err
		}
	}
	web.SeeOther(w, visit.URL(r, visit.PathSignIn, visit.FieldInteraction, string(s.Interaction.ID)))
	return s, false, nil
}

// enrolled tells whether a person has a factor, and whether they have recovery codes.
func (room *Room) enrolled(r *web.Request, f signin.Factor, who account.ID) (has, paper bool, err error) {
	err = room.Visits.Guard.Store().Read(r.Context(), visit.Tenant(r), func(rd *store.Reader) error {
		if has, err = f.Enrolled(rd, visit.Tenant(r), who); err != nil {
			return err
		}
		paper, err = room.Recovery.Enrolled(rd, visit.Tenant(r), who)
		return err
	})
	return has, paper, err
}
