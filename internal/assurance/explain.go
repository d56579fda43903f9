package assurance

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/client"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/store"
)

// SignIns lists up to limit recorded attempts before an id ("" for the newest), newest first, for
// whoever may inspect; who ("" for everybody) narrows it to one account. Refusal: invalid (limit,
// after).
func (room *Room) SignIns(ctx context.Context, c caller.Caller, tenant id.Tenant, who account.ID, before SignInID, limit int) (out []SignIn, err error) {
	if limit < 1 || limit > MaxPage {
		return nil, errLimit
	}
	if before != "" && id.Check("att", string(before)) != nil {
		return nil, errAfter
	}
	err = room.guard.See(ctx, c, ListSignIns.On(tenant, "", nil), func(r *store.Reader) error {
		if who != "" {
			out, err = ofAccount(r, tenant, who, before, limit)
		} else {
			out, err = all(r, tenant, before, limit)
		}
		return err
	})
	return out, err
}

// Explain returns an attempt and why it went as it did, in sentences for administrators. Refusal:
// not_found.
func (room *Room) Explain(ctx context.Context, c caller.Caller, tenant id.Tenant, s SignInID) (out SignIn, why []string, err error) {
	if id.Check("att", string(s)) != nil {
		return out, nil, errNobody
	}
	err = room.guard.See(ctx, c, ShowSignIn.On(tenant, s, nil), func(r *store.Reader) error {
		if out, err = getSignIn(r, tenant, s); err != nil {
			if errors.Is(err, store.ErrNotFound) {
				return errNobody
			}
			return err
		}
		application, err := client.Get(r, tenant, out.Client)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		person, err := account.Get(r, tenant, out.Account)
		if err != nil {
			return err
		}
		why = out.sentences(person.Username, application.Name)
		return nil
	})
	return out, why, err
}

// Present lists the signals that are there, by their names in policies.
func (s Signals) Present() []string {
	out := []string{}
	for _, f := range s.flags() {
		if f.on {
			out = append(out, f.name)
		}
	}
	if s.Failures > 0 {
		out = append(out, "failures")
	}
	return out
}

type flag struct {
	on         bool
	name, says string
}

func (s Signals) flags() []flag {
	return []flag{
		{s.FirstSignIn, "first_signin", "It was the person's first sign-in."},
		{s.NewDevice, "new_device", "The person had not signed in by this browser before."},
		{s.NewNetwork, "new_network", "The person had not signed in from this network before."},
		{s.NewCountry, "new_country", "The person had not signed in from this country before."},
		{s.ImpossibleTravel, "impossible_travel", "Nobody gets here so soon from where the person signed in before."},
		{s.BadReputation, "bad_reputation", "The address is on the list of those known for abuse."},
		{s.Dormant, "dormant", "The account had not been used for 90 days."},
		{s.BreachedPassword, "breached_password", "The password is known to be breached."},
		{s.AutomatedBrowser, "automated_browser", "The browser looks like a program."},
		{s.Remembered, "remembered", "The person had asked this browser to be remembered."},
	}
}

// levels are the levels of NIST SP 800-63B-4 §2 in words.
func (p Proof) String() string {
	text := [...]string{"nothing", "one factor (AAL1)", "two factors (AAL2)", "two factors, one of them a key that cannot be copied (AAL3)"}[min(max(p.Level, 0), 3)]
	if p.PhishingResistant && p.Level < 3 {
		text += ", safe from phishing"
	}
	if len(p.Methods) > 0 {
		text += ": " + strings.Join(p.Methods, ", ")
	}
	return text
}

// sentences explain an attempt of a person; application is the name of the client, "" where there is none.
func (s SignIn) sentences(person account.Username, application string) []string {
	to := "the application " + string(s.Client) + ", which is no longer there,"
	switch {
	case s.Client == Pages:
		to = "the pages of Cardea"
	case application != "":
		to = fmt.Sprintf("%s (%s)", application, s.Client)
	}
	out := []string{fmt.Sprintf("On %s somebody wanted to sign in to %s as %s (%s).", s.At.UTC().Format("2 January 2006 at 15:04:05 UTC"), to, person, s.Account)}
	if place := s.place(); place != "" {
		out = append(out, "They came from "+place+".")
	}
	for _, f := range s.flags() {
		if f.on {
			out = append(out, f.says)
		}
	}
	if s.Failures > 0 {
		out = append(out, fmt.Sprintf("Failed attempts since the last that succeeded: %d.", s.Failures))
	}
	asked, denied, told, change := s.because(StepUp), s.because(Deny), s.because(Notify), s.because(Change)
	switch s.Outcome {
	case Allowed:
		out = append(out, "No policy asked for more than one factor.")
	case Challenged:
		out = append(out, "More than one factor was asked for, because:")
	case Denied:
		out = append(out, "Nothing would have been enough, because:")
	}
	out = append(append(out, denied...), asked...)
	out = append(out, "Proved: "+s.Proof.String()+".")
	if s.Refused {
		out = append(out, "The sign-in was refused.")
	} else {
		out = append(out, "The sign-in succeeded: session "+string(s.Session)+".")
	}
	if len(told) > 0 {
		out = append(append(out, "The person was to be told, because:"), told...)
	}
	if len(change) > 0 {
		out = append(append(out, "The person had to choose another password, because:"), change...)
	}
	return out
}

func (s SignIn) because(e Effect) (out []string) {
	for _, r := range s.Reasons {
		if r.Effect == e {
			out = append(out, fmt.Sprintf("- %s (policy %s)", r.Says, r.Policy))
		}
	}
	return out
}

func (s SignIn) place() string {
	var parts []string
	for _, p := range []string{s.City, s.Country} {
		if p != "" {
			parts = append(parts, p)
		}
	}
	if s.Address.IsValid() {
		parts = append(parts, "address "+s.Address.String())
	}
	if s.Network != "" {
		parts = append(parts, "network "+s.Network)
	}
	if s.Device != "other" {
		parts = append(parts, "by a "+s.Device)
	}
	return strings.Join(parts, ", ")
}
