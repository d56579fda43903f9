package password

import (
	"cmp"
	"context"
	"encoding/hex"
	"errors"
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/credential"
	"github.com/cardea-iam/cardea/internal/factor"
	"github.com/cardea-iam/cardea/internal/factor/password/argon"
	"github.com/cardea-iam/cardea/internal/factor/password/plaintext"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/interaction"
	"github.com/cardea-iam/cardea/internal/secret"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/throttle"
)

// subject is whom an attempt is for, as the rows know it.
type subject struct {
	account account.ID // "" for nobody
	stored  string     // the hash; "" for nobody, the disabled, and those without a password
	dummy   string     // a hash of ours that no password has, to check in place of none
	decoy   string     // what a check costs, where that is not what one of our own hashes does
	cred    credential.Credential
	device  []byte // digest of the device cookie; nil unless it is known to this account
	cookie  []byte // digest of the device cookie that came, if it is well-formed
	attempt throttle.Attempt
	record  []byte // row of the failures
}

// Verify checks a password for an interaction and, if it is right, adds the fact to it. Refusals
// are *Refused with Wrong, Throttled or Gone; a machine too busy to hash is *argon.ErrBusy.
func (room *Room) Verify(ctx context.Context, c caller.Caller, tenant id.Tenant, a Attempt, at Place) (Outcome, error) {
	s, ok, rehash, err := room.check(ctx, c, tenant, a)
	if err != nil {
		return Outcome{}, err
	}
	out := Outcome{Account: s.account}
	detail := &VerifyDetail{AttemptDetail: AttemptDetail{Known: s.device != nil}, Interaction: string(at.Interaction)}
	err = room.guard.Do(ctx, c, Prove.On(tenant, s.account.OrNobody(), detail), func(tx *store.Tx) error {
		if !ok {
			return room.failed(tx, tenant, s, &detail.AttemptDetail)
		}
		before, err := room.failures(tx.Read(), tenant, s)
		if err != nil {
			return err
		}
		if err := room.succeeded(tx, tenant, s); err != nil {
			return err
		}
		if rehash != "" {
			detail.Rehashed = true
			if s.decoy != "" {
				if err := dropDecoy(tx, tenant, s.decoy); err != nil {
					return err
				}
			}
			next := s.cred
			next.Data = []byte(rehash)
			if err := credential.Put(tx, tenant, next, credential.Seal(room.root, tenant, next)); err != nil {
				return err
			}
		}
		i, err := interaction.Get(tx.Read(), tenant, at.Interaction, at.Browser)
		if errors.Is(err, store.ErrNotFound) {
			return &Refused{Reason: Gone}
		}
		if err != nil {
			return err
		}
		if i.About.Account != "" && i.About.Account != s.account {
			return &Refused{Reason: Wrong} // only the person whom the application named will do
		}
		facts := i.Facts
		if i.Account != s.account {
			facts = nil
		}
		return interaction.SetFacts(tx, tenant, i.ID, s.account, factor.Add(facts, factor.Proved(factor.Password, tx.Now(), room.marks(a.Password, before)...)))
	})
	return out, err
}

// check finds, counts and hashes. A right password still has to be settled by failed or succeeded
// in the transaction of its effect; ok means that it was right a moment ago.
func (room *Room) check(ctx context.Context, c caller.Caller, tenant id.Tenant, a Attempt) (s subject, ok bool, rehash string, err error) {
	if s, err = room.find(ctx, tenant, a); err != nil {
		return s, false, "", err
	}
	if s.device == nil && a.Stranger != nil {
		if err = a.Stranger(); err != nil {
			return s, false, "", err
		}
	}
	if err = room.try(ctx, c, tenant, s); err == nil {
		ok, rehash, err = room.judge(ctx, a.Password, s)
	}
	room.feel(tenant, s, ok, err)
	return s, ok, rehash, err
}

// feel tells whoever listens how an attempt went.
func (room *Room) feel(tenant id.Tenant, s subject, ok bool, err error) {
	var busy *argon.ErrBusy
	var refused *Refused
	switch {
	case room.strain == nil:
	case errors.As(err, &busy):
		room.strain.Busy(tenant)
	case s.device == nil && (errors.As(err, &refused) || err == nil && !ok):
		room.strain.Failed(tenant)
	}
}

// find reads what there is about whoever is meant. The same statements run for everybody.
func (room *Room) find(ctx context.Context, tenant id.Tenant, a Attempt) (s subject, err error) {
	var cookie []byte
	if token, err := secret.DeviceCookie.Parse(a.Device); err == nil {
		cookie = room.root.Digest(secret.DeviceCookie, token)
	}
	err = room.guard.Store().Read(ctx, tenant, func(r *store.Reader) error {
		s = subject{account: a.Account, cookie: cookie}
		who := a.Account // or somebody else, so that the same statements run and find as much
		if who == "" {
			if s.account, who, err = account.LookupOrOther(r, tenant, a.Identifier); err != nil {
				return err
			}
		}
		_, inactive := account.Active(r, tenant, who)
		if zeroIfNone(inactive) != nil {
			return inactive
		}
		s.cred, err = credential.Get(r, room.root, tenant, who, kind, credential.Only)
		if zeroIfNone(err) != nil && (s.account != "" || !errors.Is(err, secret.ErrSealed)) {
			return err // somebody else's damaged row is no matter of this name's
		}
		has := err == nil && s.account != ""
		if s.decoy = decoyOf(string(s.cred.Data)); has && inactive == nil {
			s.stored = string(s.cred.Data)
		}
		costs, passwords, err := decoys(r, tenant)
		if err != nil {
			return err
		}
		if disguise := room.disguise(tenant, cmp.Or(string(s.account), a.Identifier), costs, passwords); !has {
			s.decoy = disguise
		}
		_, err = deviceFailures(r, tenant, who, nonNil(cookie))
		if err == nil && s.account != "" {
			s.device = cookie
		}
		if s.account == "" {
			s.cred = credential.Credential{} // somebody else's
		}
		return zeroIfNone(err)
	})
	if err != nil {
		return s, err
	}
	s.attempt = throttle.Attempt{Subject: throttle.Unknown(room.root.Key("password/names/"+string(tenant)), a.Identifier), Source: a.Source}
	if s.account != "" { // for an account the work of a name was done, too (security row AU19)
		s.attempt.Subject = throttle.Account(string(s.account))
	}
	if s.device != nil {
		s.attempt.Device = hex.EncodeToString(s.device[:8])
	}
	s.record = room.row(s.attempt.Subject)
	s.dummy = room.hasher.Dummy([32]byte(room.root.MAC("password/dummy", string(tenant)+"/"+s.attempt.Subject.Key())))
	return s, nil
}

// row names the failures of a subject.
func (room *Room) row(s throttle.Subject) []byte { return room.root.MAC("password/subject", s.Key()) }

// try passes the lanes and counts the attempt, before anybody looks at the password.
func (room *Room) try(ctx context.Context, c caller.Caller, tenant id.Tenant, s subject) error {
	lanes := room.rules.Lanes(s.attempt)
	keys := make([][]byte, len(lanes))
	for i, lane := range lanes {
		keys[i] = room.root.MAC("password/lane", lane.Key)
	}
	return room.guard.Do(ctx, c, Try.On(tenant, s.account.OrNobody(), &AttemptDetail{Known: s.device != nil}), func(tx *store.Tx) error {
		tats := make([]time.Time, len(lanes))
		for i := range lanes {
			var err error
			if tats[i], err = laneTAT(tx.Read(), tenant, keys[i]); err != nil {
				return err
			}
		}
		rec, err := room.failures(tx.Read(), tenant, s)
		if err != nil {
			return err
		}
		d := room.rules.Decide(s.attempt, lanes, tats, rec, tx.Now())
		switch d.Verdict {
		case throttle.Wait:
			return &Refused{Reason: Throttled, Wait: d.RetryAfter}
		case throttle.Stopped:
			// Nothing but a new password helps; the longest wait tells no more than others do.
			return &Refused{Reason: Throttled, Wait: room.rules.MaxDelay}
		case throttle.Allowed:
		}
		for i := range lanes {
			if err := setLaneTAT(tx, tenant, keys[i], d.TATs[i]); err != nil {
				return err
			}
		}
		return nil
	})
}

func (room *Room) failures(r *store.Reader, tenant id.Tenant, s subject) (throttle.Record, error) {
	rec, err := recordOf(r, tenant, s.record)
	if err != nil || s.device == nil {
		return rec, err
	}
	rec.Device, err = deviceFailures(r, tenant, s.account, s.device)
	return rec, zeroIfNone(err)
}

// failed registers one more failure to be written although, and because, the attempt is refused.
func (room *Room) failed(tx *store.Tx, tenant id.Tenant, s subject, detail *AttemptDetail) error {
	rec, err := room.failures(tx.Read(), tenant, s)
	if err != nil {
		return err
	}
	rec, notice := room.rules.Failed(s.attempt, rec, tx.Now())
	detail.Notice = map[throttle.Notice]string{throttle.Warning: "warning", throttle.Disabled: "stopped"}[notice]
	tx.OnRefusal(func(tx *store.Tx) error {
		if err := setRecord(tx, tenant, s.record, rec); err != nil {
			return err
		}
		if notice == throttle.Warning && room.warn != nil {
			if err := room.warn(tx, tenant, s.account, factor.Password, int(rec.Total)); err != nil {
				return err
			}
		}
		if s.device == nil {
			return nil
		}
		return setDeviceFailures(tx, tenant, s.account, s.device, rec.Device)
	})
	return &Refused{Reason: Wrong}
}

// succeeded settles a right password: it is still the account's, the account may still act, the
// failures before it are forgotten, and the lanes get back what this one attempt took: whoever
// signs in often is nobody's attacker, and takes nothing from others behind the same address.
// A device that the account knows stays known.
func (room *Room) succeeded(tx *store.Tx, tenant id.Tenant, s subject) error {
	if _, err := account.Active(tx.Read(), tenant, s.account); errors.Is(err, store.ErrNotFound) {
		return &Refused{Reason: Wrong}
	} else if err != nil {
		return err
	}
	if err := credential.Used(tx, tenant, s.cred); errors.Is(err, store.ErrNotFound) {
		return &Refused{Reason: Wrong} // changed while we hashed
	} else if err != nil {
		return err
	}
	for _, lane := range room.rules.Lanes(s.attempt) {
		if err := refundLane(tx, tenant, room.root.MAC("password/lane", lane.Key), lane.Limit.Emission); err != nil {
			return err
		}
	}
	if err := dropRecord(tx, tenant, s.record); err != nil || s.device == nil {
		return err
	}
	return keepDevice(tx, tenant, s.account, s.device)
}

// marks is what is known of a right password beside that it is right: how many failures in a row
// came before it, and whether attackers try it.
func (room *Room) marks(p plaintext.Password, before throttle.Record) []factor.Mark {
	marks := []factor.Mark{factor.Failures(int(before.Total))}
	if room.policy.Known(p) {
		marks = append(marks, factor.Breached)
	}
	return marks
}

func nonNil(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}

var _ guard.Refusal = (*Refused)(nil)
