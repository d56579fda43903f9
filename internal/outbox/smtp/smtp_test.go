package smtp_test

import (
	"context"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"strings"
	"testing"
	"time"

	"github.com/cardea-iam/cardea/internal/outbox"
	"github.com/cardea-iam/cardea/internal/outbox/smtp"
	"github.com/cardea-iam/cardea/internal/secret"
)

var letter = smtp.Mail{
	ID: "out_01", At: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC), FromName: "Café Müller", To: "ada@example.com", Locale: "de",
	Subject: "Ihr Code für Café Müller", Text: "Grüße\n.\n" + strings.Repeat("lang ", 400) + "\n", HTML: "<!doctype html><p>Grüße " + strings.Repeat("x", 3000) + "</p>",
}

func carrier(s *server, change func(*smtp.Options)) *smtp.Carrier {
	o := smtp.Options{Host: "localhost", Port: s.port(), Security: smtp.StartTLS, From: "login@example.com", Roots: s.roots}
	if change != nil {
		change(&o)
	}
	return smtp.New(o)
}

func one(t *testing.T, s *server) (delivery, *mail.Message) {
	t.Helper()
	got := s.mails()
	if len(got) != 1 {
		t.Fatalf("%d mails arrived", len(got))
	}
	m, err := mail.ReadMessage(strings.NewReader(got[0].data))
	if err != nil {
		t.Fatal(err)
	}
	return got[0], m
}

func TestMailArrivesEncryptedAndWhole(t *testing.T) {
	s := serve(t, func(s *server) { s.user, s.password = "cardea", "hunter2" })
	c := carrier(s, func(o *smtp.Options) { o.Username, o.Password = "cardea", secret.Of("hunter2") })
	if err := c.Send(t.Context(), letter); err != nil {
		t.Fatal(err)
	}
	d, m := one(t, s)
	if !d.encrypted || d.user != "cardea" || !strings.HasPrefix(d.from, "MAIL FROM:<login@example.com>") || strings.Contains(d.from, "SMTPUTF8") || d.to != "RCPT TO:<ada@example.com>" {
		t.Errorf("%+v", d)
	}
	word := new(mime.WordDecoder)
	subject, err := word.DecodeHeader(m.Header.Get("Subject"))
	if err != nil || subject != letter.Subject {
		t.Errorf("subject %q %v", subject, err)
	}
	from, err := mail.ParseAddress(m.Header.Get("From"))
	if err != nil || from.Name != "Café Müller" || from.Address != "login@example.com" {
		t.Errorf("from %v %v", from, err)
	}
	for name, want := range map[string]string{"Message-ID": "<out_01@example.com>", "Auto-Submitted": "auto-generated", "Content-Language": "de", "To": "<ada@example.com>"} {
		if got := m.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if at, err := m.Header.Date(); err != nil || !at.Equal(letter.At) {
		t.Errorf("date %v %v", at, err)
	}
	// RFC 5322 §2.1.1: lines have at most 998 octets, and should have 78.
	for line := range strings.SplitSeq(d.data, "\n") {
		if len(line) > 78 || strings.ContainsFunc(line, func(r rune) bool { return r > '~' }) {
			t.Errorf("a line of %d octets: %.90q", len(line), line)
		}
	}
	_, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	parts := multipart.NewReader(m.Body, params["boundary"])
	for _, want := range []struct{ kind, body string }{{"text/plain; charset=UTF-8", letter.Text}, {"text/html; charset=UTF-8", letter.HTML}} {
		p, err := parts.NextRawPart()
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(quotedprintable.NewReader(p))
		if err != nil || strings.TrimRight(strings.ReplaceAll(string(body), "\r\n", "\n"), "\n") != strings.TrimRight(want.body, "\n") || p.Header.Get("Content-Type") != want.kind {
			t.Errorf("%s %v: %.80q", p.Header.Get("Content-Type"), err, body)
		}
	}
}

func TestTLSFromTheStart(t *testing.T) {
	s := serve(t, func(s *server) { s.implicit, s.user, s.password = true, "cardea", "hunter2" })
	c := carrier(s, func(o *smtp.Options) {
		o.Security, o.Username, o.Password = smtp.TLS, "cardea", secret.Of("hunter2")
	})
	if err := c.Send(t.Context(), letter); err != nil {
		t.Fatal(err)
	}
	if d, _ := one(t, s); !d.encrypted || d.user != "cardea" {
		t.Errorf("%+v", d)
	}
}

func TestNothingIsSentWithoutTheTLSThatIsAskedFor(t *testing.T) {
	for name, c := range map[string]struct {
		prepare func(*server)
		change  func(*smtp.Options)
	}{
		"no STARTTLS":      {func(s *server) { s.noTLS = true }, nil},
		"unknown issuer":   {func(*server) {}, func(o *smtp.Options) { o.Roots = nil }},
		"another's name":   {func(s *server) { s.certify("mail.example.com") }, nil},
		"wrong password":   {func(s *server) { s.user, s.password = "cardea", "x" }, func(o *smtp.Options) { o.Username, o.Password = "cardea", secret.Of("hunter2") }},
		"no such security": {func(*server) {}, func(o *smtp.Options) { o.Security = "" }},
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, c.prepare)
			err := carrier(s, c.change).Send(t.Context(), letter)
			if err == nil || outbox.IsPermanent(err) {
				t.Errorf("%v", err)
			}
			if strings.Contains(err.Error(), "hunter2") {
				t.Error("the error tells the password")
			}
			if n := len(s.mails()); n != 0 {
				t.Errorf("%d mails arrived", n)
			}
		})
	}
}

func TestPlainTextToTheSameMachine(t *testing.T) {
	s := serve(t, func(s *server) { s.noTLS = true })
	if err := carrier(s, func(o *smtp.Options) { o.Security = smtp.None }).Send(t.Context(), letter); err != nil {
		t.Fatal(err)
	}
	if d, _ := one(t, s); d.encrypted {
		t.Error("it is encrypted")
	}
}

func TestAnswersOfTheServer(t *testing.T) {
	for _, c := range []struct {
		verb, answer string
		final        bool
	}{
		{"RCPT", "550 5.1.1 <ada@example.com> unknown", true},
		{"RCPT", "450 4.2.1 <ada@example.com> greylisted", false},
		{"MAIL", "553 5.7.1 sender not allowed", false}, // the operator mends it
		{"DATA", "554 5.7.1 no", true},
		{"CONTENT", "554 5.7.1 spam", true},
		{"CONTENT", "452 4.3.1 full", false},
		{"EHLO", "421 4.3.2 closing", false},
	} {
		t.Run(c.verb+c.answer[:3], func(t *testing.T) {
			s := serve(t, func(s *server) {
				s.answers[c.verb] = c.answer
				if c.verb == "EHLO" {
					s.answers["HELO"] = c.answer
				}
			})
			err := carrier(s, nil).Send(t.Context(), letter)
			if err == nil || !strings.Contains(err.Error(), c.answer[4:9]) {
				t.Fatalf("%v", err)
			}
			if got := outbox.IsPermanent(err); got != c.final {
				t.Errorf("given up: %v, want %v (%v)", got, c.final, err)
			}
			if strings.Contains(outbox.Scrub(err.Error()), "ada@") {
				t.Errorf("%s", outbox.Scrub(err.Error()))
			}
		})
	}
}

// A connection that breaks after the server has taken the mail is a failure to us: the repetition
// bears the same Message-ID and Date, so that it is the same mail to whoever gets both.
func TestRepetitionIsTheSameMail(t *testing.T) {
	s := serve(t, func(s *server) { s.afterData = func() {} })
	c := carrier(s, nil)
	if err := c.Send(t.Context(), letter); err == nil || outbox.IsPermanent(err) {
		t.Fatalf("%v", err)
	}
	s.mu.Lock()
	s.afterData = nil
	s.mu.Unlock()
	if err := c.Send(t.Context(), letter); err != nil {
		t.Fatal(err)
	}
	got := s.mails()
	if len(got) != 2 {
		t.Fatalf("%d mails", len(got))
	}
	for _, name := range []string{"Message-Id", "Date", "Subject", "To"} {
		var values []string
		for _, d := range got {
			m, err := mail.ReadMessage(strings.NewReader(d.data))
			if err != nil {
				t.Fatal(err)
			}
			values = append(values, m.Header.Get(name))
		}
		if values[0] != values[1] || values[0] == "" {
			t.Errorf("%s: %q", name, values)
		}
	}
}

func TestAU29_HeadersCannotBeInjected(t *testing.T) {
	s := serve(t, func(*server) {})
	m := letter
	m.FromName = "Eve\r\nBcc: all@example.com\r\n\r\n<a href=x>\" <eve@evil.example>"
	m.Subject = "Hi\r\nBcc: all@example.com\nX: y"
	m.Locale = "de\r\nBcc: all@example.com"
	if err := carrier(s, nil).Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	d, got := one(t, s)
	if d.to != "RCPT TO:<ada@example.com>" {
		t.Errorf("recipients %q", d.to)
	}
	for name := range got.Header {
		if name == "Bcc" || name == "X" || name == "Cc" {
			t.Errorf("header %s was injected", name)
		}
	}
	if from, err := mail.ParseAddressList(got.Header.Get("From")); err != nil || len(from) != 1 || from[0].Address != "login@example.com" {
		t.Errorf("from %v %v", from, err)
	}
	for _, to := range []string{"a@example.com\r\nBcc: b@example.com", "a@example.com, b@example.com", "Ada <a@example.com>", "a@example.com>\r\nRCPT TO:<b@example.com"} {
		m.To = to
		if err := carrier(s, nil).Send(t.Context(), m); err == nil || !outbox.IsPermanent(err) || strings.Contains(err.Error(), "@") {
			t.Errorf("%q: %v", to, err)
		}
	}
	if n := len(s.mails()); n != 1 {
		t.Errorf("%d mails", n)
	}
}

func TestUnreachableServerIsTriedAgain(t *testing.T) {
	s := serve(t, func(*server) {})
	port := s.port()
	s.listener.Close()
	err := smtp.New(smtp.Options{Host: "localhost", Port: port, Security: smtp.StartTLS, From: "login@example.com"}).Send(t.Context(), letter)
	if err == nil || outbox.IsPermanent(err) {
		t.Error(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if err := carrier(serve(t, func(*server) {}), nil).Send(ctx, letter); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled send: %v", err)
	}
}
