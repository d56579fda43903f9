package signin

import (
	"context"
	"slices"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/factor"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/interaction"
	"github.com/cardea-iam/cardea/internal/session"
	"github.com/cardea-iam/cardea/internal/store"
)

// renewal is the step when all is proved that is wanted. It is Renew where a secret that was proved
// just now has to be replaced, because an administrator gave it for a time or because the policies say
// so of one that attackers try. A secret is never replaced because of its age (NIST SP 800-63B-4
// §3.1.1.2). It is Answer where the person is asked for something, and Enough else.
func (q question) renewal(p proof, h hearing) (Step, error) {
	for _, f := range q.room.factors {
		r, ok := f.(Renewing)
		if !ok || !has(q.i.Facts, f.Kind()) {
			continue
		}
		must := h.verdict.ChangePassword && f.Kind() == factor.Password
		if !must {
			var err error
			if must, err = r.MustRenew(q.r, q.tenant, p.who); err != nil {
				return Step{}, err
			}
		}
		if must {
			return Step{Verdict: Renew, Renewal: r}, nil
		}
	}
	for _, a := range q.room.Asking {
		if asks, err := a.Asks(q.r, q.tenant, p.who, q.i); err != nil {
			return Step{}, err
		} else if asks {
			return Step{Verdict: Answer, Asking: a}, nil
		}
	}
	return Step{Verdict: Enough}, nil
}

func has(facts []factor.Fact, k factor.Kind) bool {
	return slices.ContainsFunc(facts, func(f factor.Fact) bool { return f.Kind() == k })
}

// RenewDetail is what the log keeps of a secret that was replaced because it had to be.
type RenewDetail struct {
	Interaction string `json:"interaction"`
}

// Replace is the verb of choosing another secret in the middle of a sign-in.
var Replace = guard.Declare[account.ID, RenewDetail]("account.renew_password", guard.Public, "Choose another password where a sign-in asks for it")

// Replacing lets replace write a new secret, if that is all that the sign-in still asks for: whoever
// has proved a password but not what else is wanted cannot change it. Refusals: ErrGone,
// ErrIncomplete, and those of replace.
func (room *Room) Replacing(ctx context.Context, c caller.Caller, tenant id.Tenant, at Place, who account.ID, old *session.Session, from Arrival, replace func(tx *store.Tx) error) error {
	return room.last(ctx, c, tenant, Replace.On(tenant, who, &RenewDetail{string(at.Interaction)}), Renew, at, who, old, from, replace)
}

// Answering lets answer write what the person answered, in the operation deed, if that is all that the
// sign-in still asks for. Refusals: ErrGone, ErrIncomplete, and those of answer.
func (room *Room) Answering(ctx context.Context, c caller.Caller, tenant id.Tenant, deed guard.Deed, at Place, who account.ID, old *session.Session, from Arrival, answer func(tx *store.Tx) error) error {
	return room.last(ctx, c, tenant, deed, Answer, at, who, old, from, answer)
}

// last runs do if a step is all that is left.
func (room *Room) last(ctx context.Context, c caller.Caller, tenant id.Tenant, deed guard.Deed, v Verdict, at Place, who account.ID, old *session.Session, from Arrival, do func(tx *store.Tx) error) error {
	least, err := room.least(ctx, tenant)
	if err != nil {
		return err
	}
	return room.Guard.Do(ctx, c, deed, func(tx *store.Tx) error {
		i, err := get(tx, tenant, at)
		if err != nil {
			return err
		}
		if old, err = living(tx, tenant, old); err != nil {
			return err
		}
		step, err := question{room, tx.Read(), tenant, i, from, least}.next(old)
		if err != nil {
			return err
		}
		if step.Verdict != v || i.Account != who {
			return ErrIncomplete
		}
		return do(tx)
	})
}

// recovering is the step of an interaction that recovers an account: whoever reads its mail proves
// one factor more, of those that are bound to the account, where it has some. Enough is no session:
// Finish refuses the kind.
func (q question) recovering() (Step, error) {
	if q.i.Account == "" || !has(q.i.Facts, factor.Email) {
		return Step{}, nil // the room that recovers asks for the mail first
	}
	offered, err := q.room.Offers(q.r, q.tenant)
	if err != nil {
		return Step{}, err
	}
	step := Step{Want: factor.Want{Level: 1}}
	for _, f := range q.room.factors {
		if !interaction.Recovers(f.Kind()) {
			continue
		}
		if has(q.i.Facts, f.Kind()) {
			return Step{Verdict: Enough}, nil
		}
		can, err := f.Enrolled(q.r, q.tenant, q.i.Account)
		if err != nil {
			return Step{}, err
		}
		if !can || !slices.Contains(offered, f.Kind()) {
			continue
		}
		if step.Factor == nil {
			step.Verdict, step.Factor = Prove, f
		} else {
			step.Others = append(step.Others, f)
		}
	}
	return step, nil
}
