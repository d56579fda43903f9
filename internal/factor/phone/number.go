package phone

import (
	"context"
	"errors"
	"net/netip"
	"slices"
	"strings"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/credential"
	"github.com/cardea-iam/cardea/internal/factor"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/notify"
	"github.com/cardea-iam/cardea/internal/outofband"
	"github.com/cardea-iam/cardea/internal/session"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/throttle"
)

// draftKind is the kind of the draft that holds a number which waits for its code.
const draftKind = credential.Kind(factor.SMS)

// verifying names the code for a new number in the throttle: guesses at it do not stop the factor.
const verifying = "number"

// parseNumber reads a telephone number as people write it: with its country code, and spaces, dots,
// dashes, brackets and slashes where they like. 00 may stand for the plus.
func parseNumber(text string) (string, bool) {
	if len(text) > 40 {
		return "", false
	}
	text = strings.NewReplacer(" ", "", "\u00a0", "", "-", "", "\u2010", "", "\u2011", "", ".", "", "/", "", "(0)", "", "(", "", ")", "").Replace(text)
	if rest, ok := strings.CutPrefix(text, "00"); ok {
		text = "+" + rest
	}
	return text, form.MatchString(text)
}

// Offered tells whether people of a tenant can give their number: there is a gateway for text
// messages, and the tenant offers one of the factors.
func (room *Room) Offered(r *store.Reader, tenant id.Tenant) (bool, error) {
	kinds, err := credential.Offered(r, tenant)
	return len(room.sms.prefixes) > 0 && (slices.Contains(kinds, factor.SMS) || slices.Contains(kinds, factor.Voice)), err
}

// State reads the account's number, and what a session has begun.
func (room *Room) State(r *store.Reader, tenant id.Tenant, who account.ID, in session.ID) (s State, err error) {
	a, err := account.Get(r, tenant, who)
	if err != nil {
		return s, err
	}
	s = State{Number: a.Claims.PhoneNumber, Since: a.PhoneVerifiedAt}
	s.Pending, err = room.pending(r, tenant, who, in)
	return s, err
}

// pending is the number that waits for its code in a session, "" for none.
func (room *Room) pending(r *store.Reader, tenant id.Tenant, who account.ID, in session.ID) (string, error) {
	d, err := credential.GetDraft(r, room.Root, tenant, who, draftKind, string(in))
	if errors.Is(err, store.ErrNotFound) {
		return "", nil
	}
	return string(d.Data), err
}

// Claim sends a code to a number that shall be the account's. Until the code has come back the
// account keeps what it has. Refusals: *Refused with Malformed, Unreachable or Unasked.
func (room *Room) Claim(ctx context.Context, c caller.Caller, tenant id.Tenant, who account.ID, in session.ID, text, locale string) error {
	number, ok := parseNumber(text)
	if !ok {
		return &Refused{Malformed}
	}
	d := credential.Draft{Account: who, Kind: draftKind, Place: string(in), Data: []byte(number)}
	sealed := credential.SealDraft(room.Root, tenant, d)
	code := outofband.Digits()
	detail := &SendDetail{Factor: factor.SMS}
	return room.Guard.Do(ctx, c, Claim.On(tenant, who, detail), func(tx *store.Tx) error {
		if offered, err := room.Offered(tx.Read(), tenant); err != nil {
			return err
		} else if !offered {
			return &Refused{Unasked}
		}
		if !room.sms.reaches(number) {
			return &Refused{Unreachable}
		}
		if err := credential.PutDraft(tx, tenant, d, sealed, tx.Now().Add(outofband.Life)); err != nil {
			return err
		}
		if err := outofband.Put(tx, room.Root, tenant, claiming(in, who, number), code); err != nil {
			return err
		}
		var err error
		detail.Sent, err = room.Notify.Tell(tx, tenant, notify.Letter{
			Kind: notify.VerifyCode, Channel: notify.SMS, To: number, Account: who, Locale: locale,
			Values: notify.Values{"code": code, "minutes": outofband.Minutes},
		})
		return err
	})
}

func claiming(in session.ID, who account.ID, number string) outofband.Errand {
	return outofband.Errand{Purpose: outofband.VerifyPhone, Place: string(in), Account: who, To: number}
}

// Confirm makes the number that the session has claimed the account's, with the code that was sent
// to it. Refusals: *throttle.Refused; *Refused with Wrong.
func (room *Room) Confirm(ctx context.Context, c caller.Caller, tenant id.Tenant, who account.ID, in session.ID, text string, source netip.Addr) error {
	code, ok := outofband.ParseDigits(text)
	if !ok {
		return &Refused{Wrong}
	}
	try := throttle.Try{Account: who, Kind: factor.SMS, Credential: verifying, Source: source}
	if err := room.Throttle.Count(ctx, c, tenant, try); err != nil {
		return err
	}
	return room.Guard.Do(ctx, c, Confirm.On(tenant, who, nil), func(tx *store.Tx) error {
		number, err := room.pending(tx.Read(), tenant, who, in)
		if err != nil {
			return err
		}
		if err := room.spend(tx, tenant, claiming(in, who, number), code, try); err != nil {
			return err
		}
		if err := credential.DropDraft(tx, tenant, who, draftKind, string(in)); err != nil {
			return err
		}
		if _, err := room.Throttle.Succeeded(tx, tenant, try); err != nil {
			return err
		}
		for _, w := range []*Way{room.sms, room.voice} { // a stopped authenticator is bound anew
			if err := room.Throttle.Reset(tx, tenant, who, w.kind, ""); err != nil {
				return err
			}
		}
		if err := account.SetPhone(tx, tenant, who, number); err != nil {
			return err
		}
		return room.Added(tx, tenant, who)
	})
}

// Remove takes the account's number away.
func (room *Room) Remove(ctx context.Context, c caller.Caller, tenant id.Tenant, who account.ID) error {
	return room.Guard.Do(ctx, c, Remove.On(tenant, who, nil), func(tx *store.Tx) error {
		a, err := account.Get(tx.Read(), tenant, who)
		if err != nil || a.Claims.PhoneNumber == "" {
			return err
		}
		if err := account.SetPhone(tx, tenant, who, ""); err != nil {
			return err
		}
		return room.Removed(tx, tenant, who)
	})
}
