package app

import (
	"errors"
	"net/url"
	"testing"
	"time"

	"github.com/cardea-iam/cardea/internal/apitoken"
	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/factor"
	"github.com/cardea-iam/cardea/internal/factor/email"
	"github.com/cardea-iam/cardea/internal/factor/mailbox"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/interaction"
	"github.com/cardea-iam/cardea/internal/issued"
	"github.com/cardea-iam/cardea/internal/outofband"
	"github.com/cardea-iam/cardea/internal/recovery"
	"github.com/cardea-iam/cardea/internal/secret"
	"github.com/cardea-iam/cardea/internal/store"
)

// half leaves a sign-in of the house's person in its middle: the password is proved, a code is on its
// way by mail and one by text message, and an approval is given.
func (h *house) half(browser []byte) interaction.ID {
	h.t.Helper()
	i, err := interaction.New(interaction.Authorize, interaction.About{}, struct{}{}, h.Store.Now())
	if err != nil {
		h.t.Fatal(err)
	}
	write(h.t, h.App, func(tx *store.Tx) error {
		if err := interaction.Insert(tx, id.Default, i, browser); err != nil {
			return err
		}
		if err := interaction.SetFacts(tx, id.Default, i.ID, h.who, factor.Add(nil, factor.Proved(factor.Password, tx.Now()))); err != nil {
			return err
		}
		if err := h.Mailbox.Begin(tx, id.Default, mailbox.Ask{Key: mailbox.Key{Purpose: email.Purpose, Bound: string(i.ID), Browser: browser}, Account: h.who}); err != nil {
			return err
		}
		if err := outofband.Put(tx, h.Root, id.Default, outofband.Errand{Purpose: outofband.SMS, Place: string(i.ID), Account: h.who, To: "+49"}, "123456"); err != nil {
			return err
		}
		_, err := tx.Exec(`INSERT INTO approval_request (tenant, id, account, interaction, browser, number, choices, state, client, address, agent, created_at, expires_at)
			VALUES ($1, $2, $3, $4, $5, 10, '10 11 12', 'approved', '', '', '', $6, $6)`, id.Default, "apr_"+string(i.ID)[4:], h.who, i.ID, browser, tx.Now())
		return err
	})
	return i.ID
}

// left is how much of a half sign-in is there: facts, codes by mail, codes by telephone, approvals.
func (h *house) left(which interaction.ID, browser []byte) (n [4]int) {
	h.t.Helper()
	if err := h.Store.Read(h.t.Context(), id.Default, func(r *store.Reader) error {
		i, err := interaction.Get(r, id.Default, which, browser)
		if err != nil {
			return err
		}
		n[0] = len(i.Facts)
		return r.One([]any{&n[1], &n[2], &n[3]}, `SELECT (SELECT count(*) FROM mailbox_code WHERE bound = $1), (SELECT count(*) FROM outofband_code WHERE place = $1),
			(SELECT count(*) FROM approval_request WHERE interaction = $1 AND state IN ('open', 'approved'))`, which)
	}); err != nil {
		h.t.Fatal(err)
	}
	return n
}

// AU27: what ends all of an account ends what is on the way to a session too: an approval that was
// given a minute before, or a password that was proved, opens nothing when the account is enabled again
// or its person has come back.
func TestAU27_WhatEndsAllLeavesNothingHalf(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		ctx, browser := t.Context(), []byte("digest of a browser's cookie....")
		for _, end := range []struct {
			name string
			run  func() error
		}{
			{"disabled and enabled", func() error {
				if err := h.Lifecycle.Disable(ctx, operator, id.Default, h.who); err != nil {
					return err
				}
				return h.Lifecycle.Enable(ctx, operator, id.Default, h.who)
			}},
			{"recovered by a link", func() error {
				l, err := h.Recover.MakeLink(ctx, operator, id.Default, h.who, recovery.Wish{})
				if err != nil {
					return err
				}
				u, err := url.Parse(l.URL.Reveal())
				if err != nil {
					return err
				}
				return h.Recover.Redeem(ctx, operator, id.Default, u.Query().Get(recovery.Param), "eleven apricots under water")
			}},
			{"not me", func() error {
				token := secret.NotMe.Mint()
				write(t, h.App, func(tx *store.Tx) error {
					return issued.Put(tx, id.Default, secret.NotMe, h.Root.Digest(secret.NotMe, token), string(h.who), tx.Now().Add(time.Hour))
				})
				i, err := recovery.NewInteraction(interaction.About{}, "", h.Store.Now())
				if err != nil {
					return err
				}
				return h.Recover.SayNotMe(ctx, caller.Nobody("", ""), id.Default, token.Reveal(), i, []byte("another browser"), "en")
			}},
			{"about to be deleted", func() error {
				_, err := h.Lifecycle.AskDeletion(ctx, caller.Person(string(h.who), "", "", "", ""), id.Default, h.who)
				return err
			}},
		} {
			i := h.half(browser)
			_, token, err := apitoken.Make(ctx, h.Guard, operator, h.Root, id.Default, apitoken.New{Account: h.who, Name: end.name})
			if err == nil {
				_, err = apitoken.Present(ctx, h.Store, h.Root, id.Default, token.Reveal())
			}
			if err != nil {
				t.Fatal(err)
			}
			if n := h.left(i, browser); n != [4]int{1, 1, 1, 1} {
				t.Fatalf("before: %v", n)
			}
			if err := end.run(); err != nil {
				t.Fatalf("%s: %v", end.name, err)
			}
			if n := h.left(i, browser); n != [4]int{} {
				t.Errorf("%s: facts, mail, telephone, approvals %v", end.name, n)
			}
			if _, err := apitoken.Present(ctx, h.Store, h.Root, id.Default, token.Reveal()); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("%s: an API token lives: %v", end.name, err)
			}
		}
	})
}
