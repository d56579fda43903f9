package app

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/cardea-iam/cardea/internal/config"
	"github.com/cardea-iam/cardea/internal/factor/mailbox"
	"github.com/cardea-iam/cardea/internal/notify"
	"github.com/cardea-iam/cardea/internal/outbound"
	"github.com/cardea-iam/cardea/internal/outbox"
	"github.com/cardea-iam/cardea/internal/outbox/gateway"
	"github.com/cardea-iam/cardea/internal/outbox/inbox"
	"github.com/cardea-iam/cardea/internal/outbox/smtp"
	"github.com/cardea-iam/cardea/internal/secret"
	"github.com/cardea-iam/cardea/internal/ui/mail"
)

// carriers carry effects out, by kind. What is not configured has no carrier, and its effects wait.
func (a *App) carriers() (map[outbox.Kind]outbox.Carrier, error) {
	out := map[outbox.Kind]outbox.Carrier{
		mailbox.Carrier: a.Mailbox.Carry,
		notify.Nobody:   func(context.Context, outbox.Effect) error { return nil },
	}
	if a.inbox != nil {
		for _, c := range []notify.Channel{notify.Mail, notify.SMS, notify.Voice} {
			out[outbox.Kind(c)] = a.delivering(a.keep)
		}
		return out, nil
	}
	if a.Config.Mail.Host != "" {
		send, err := a.smtpCarrier()
		if err != nil {
			return nil, err
		}
		out[outbox.Kind(notify.Mail)] = a.delivering(send)
	}
	for c, g := range map[notify.Channel]config.Gateway{notify.SMS: a.Config.SMS, notify.Voice: a.Config.Voice} {
		if g.URL != "" {
			send, err := a.gatewayCarrier(c, g)
			if err != nil {
				return nil, err
			}
			out[outbox.Kind(c)] = a.delivering(send)
		}
	}
	return out, nil
}

// letter is a message on its way, with whose it is.
type letter struct {
	effect  outbox.Effect
	message notify.Message
	brand   mail.Brand
}

var errLate = errors.New("it lost its use before it could be delivered")

// delivering opens an effect for a way of sending. What has lost its use is given up.
func (a *App) delivering(send func(context.Context, letter) error) outbox.Carrier {
	return func(ctx context.Context, e outbox.Effect) error {
		m, err := a.Notify.Open(e)
		if err != nil {
			return err
		}
		if !m.ExpiresAt.IsZero() && !a.Store.Now().Before(m.ExpiresAt) {
			return outbox.Permanent(errLate)
		}
		t, err := a.Tenants.ByID(ctx, e.Tenant)
		if err != nil {
			return err
		}
		look, err := a.Brands.Of(ctx, e.Tenant, "")
		if err != nil {
			return err
		}
		brand := mail.Brand{TenantName: t.Called(), Host: mail.HostOf(a.Config.PublicURL), Theme: look.Theme}
		return send(ctx, letter{e, m, brand})
	}
}

func (a *App) smtpCarrier() (func(context.Context, letter) error, error) {
	c := a.Config.Mail
	name, address := c.Address()
	password, err := secretFile(c.PasswordFile)
	if err != nil {
		return nil, fmt.Errorf("mail.password-file: %w", err)
	}
	var roots *x509.CertPool
	if a.Config.Outbound.TrustRoots != "" {
		if roots, err = outbound.TrustRoots(a.Config.Outbound.TrustRoots); err != nil {
			return nil, err
		}
	}
	carrier := smtp.New(smtp.Options{Host: c.Host, Port: c.Endpoint(), Username: c.Username, Password: password,
		Security: smtp.Security(c.TLS), From: address, Name: name, Roots: roots})
	return func(ctx context.Context, l letter) error {
		r, err := mail.Render(l.message, l.brand)
		if err != nil {
			return outbox.Permanent(err)
		}
		return carrier.Send(ctx, smtp.Mail{ID: l.effect.ID, At: l.message.CreatedAt, FromName: l.brand.TenantName, To: l.message.To,
			Locale: string(r.Locale), Subject: r.Subject, Text: r.Text, HTML: r.HTML})
	}, nil
}

func (a *App) gatewayCarrier(c notify.Channel, g config.Gateway) (func(context.Context, letter) error, error) {
	token, err := secretFile(g.TokenFile)
	if err != nil {
		return nil, fmt.Errorf("%s.token-file: %w", c, err)
	}
	carrier, err := gateway.New(gateway.Options{URL: g.URL, Token: token, Body: g.Template(), Prefixes: g.Prefixes, Channel: string(c)}, a.Outbound)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, l letter) error {
		text, err := mail.Text(l.message, l.brand)
		if err != nil {
			return outbox.Permanent(err)
		}
		return carrier.Send(ctx, gateway.Message{ID: l.effect.ID, To: l.message.To, Text: text})
	}, nil
}

// keep puts a message into the development inbox.
func (a *App) keep(ctx context.Context, l letter) error {
	m := inbox.Message{ID: l.effect.ID, Channel: string(l.message.Channel), Account: l.message.Account, To: l.message.To, CreatedAt: l.message.CreatedAt}
	for _, link := range []string{l.message.Values["link"], l.message.NotMe} {
		if link != "" {
			m.Links = append(m.Links, link)
		}
	}
	var err error
	if l.message.Channel != notify.Mail {
		m.Links = nil
		m.Text, err = mail.Text(l.message, l.brand)
	} else {
		var r mail.Rendered
		r, err = mail.Render(l.message, l.brand)
		m.Subject, m.Text, m.HTML = r.Subject, r.Text, r.HTML
	}
	if err != nil {
		return outbox.Permanent(err)
	}
	return a.inbox.Keep(ctx, l.effect.Tenant, m)
}

// secretFile reads a secret from a file, without the end of its line. "" is the empty secret.
func secretFile(path string) (secret.Secret, error) {
	if path == "" {
		return secret.Secret{}, nil
	}
	b, err := os.ReadFile(path) //nolint:gosec // the path is the operator's configuration
	if err != nil {
		return secret.Secret{}, err
	}
	text := strings.TrimRight(string(b), "\r\n")
	if text == "" {
		return secret.Secret{}, fmt.Errorf("%s is empty", path)
	}
	return secret.Of(text), nil
}
