package app

import (
	"cmp"
	"strings"
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/config"
	"github.com/cardea-iam/cardea/internal/factor"
	"github.com/cardea-iam/cardea/internal/factor/approval"
	"github.com/cardea-iam/cardea/internal/factor/email"
	"github.com/cardea-iam/cardea/internal/factor/mailbox"
	"github.com/cardea-iam/cardea/internal/factor/phone"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/notify"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/ui/own"
)

// channels makes the factors whose proof comes over another channel. What the operator has not
// configured can reach nobody, and the factor is nobody's.
func (a *App) channels() (err error) {
	a.Mailbox = mailbox.New(a.Guard, a.Root, a.Notify)
	a.Email = email.New(a.Guard, a.Mailbox, a.Throttle, a.Notify, a.inbox != nil || a.Config.Mail.Host != "")
	a.Phone, err = phone.New(phone.Options{
		Guard: a.Guard, Root: a.Root, Throttle: a.Throttle, Notify: a.Notify, SMS: a.prefixes(a.Config.SMS), Voice: a.prefixes(a.Config.Voice),
		Added: a.tell(notify.FactorAdded, factor.SMS), Removed: a.tell(notify.FactorRemoved, factor.SMS),
	})
	if err != nil {
		return err
	}
	a.Approvals, err = approval.New(approval.Options{Guard: a.Guard, Denied: a.denied, Beside: a.hasSecond})
	return err
}

// prefixes are how numbers begin that a gateway reaches: all, where the inbox for development takes
// its place.
func (a *App) prefixes(g config.Gateway) []string {
	switch {
	case a.inbox != nil:
		return []string{phone.AnyNumber}
	case g.URL == "":
		return nil
	}
	return g.Prefixes
}

// denied tells a person of a sign-in that they have denied, with what is known of it: whoever asked
// had proved something.
func (a *App) denied(tx *store.Tx, tenant id.Tenant, who account.ID, q approval.Request) error {
	d := own.ParseUserAgent(q.Agent)
	return a.Notify.Warn(tx, tenant, who, notify.UnusualSignIn, notify.Values{
		"device": cmp.Or(strings.Trim(d.Browser+", "+d.System, ", "), "–"), "place": cmp.Or(q.Address, "–"), "time": q.CreatedAt.Format(time.RFC3339),
	})
}
