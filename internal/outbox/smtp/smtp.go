package smtp

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	netmail "net/mail"
	"strings"
	"time"
	"unicode"

	gomail "github.com/wneessen/go-mail"

	"github.com/cardea-iam/cardea/internal/outbox"
	"github.com/cardea-iam/cardea/internal/secret"
)

// Security is how the connection is protected.
type Security string

// The ways to protect a connection.
const (
	StartTLS Security = "starttls" // RFC 3207, and refused where the server does not offer it
	TLS      Security = "tls"      // RFC 8314 §3.3
	None     Security = "none"     // for a server on the same machine
)

// Options say where mails go.
type Options struct {
	Host     string
	Port     int
	Username string // "" for no sign-in
	Password secret.Secret
	Security Security
	// From is the sender's address, Name its name, "" for each mail's own.
	From, Name string
	// Roots are the certificate authorities to trust, nil for the system's.
	Roots *x509.CertPool
}

// Mail is one mail to one recipient.
type Mail struct {
	ID       outbox.ID // makes the Message-ID
	At       time.Time // the Date
	FromName string    // the sender's name where Options have none
	To       string
	Locale   string // of the text, BCP 47
	Subject  string
	Text     string // plain text
	HTML     string // a whole document
}

// Carrier sends mails to one server. It is safe for concurrent use.
type Carrier struct{ o Options }

// New returns the carrier of a server. Nothing is connected until Send.
func New(o Options) *Carrier { return &Carrier{o} }

// patience bounds a mail from the connection to the last answer.
const patience = 10 * time.Second

// Send hands a mail to the server. An error that repeating cannot mend is outbox.Permanent.
func (c *Carrier) Send(ctx context.Context, m Mail) error {
	msg, err := c.compose(m)
	if err != nil {
		return outbox.Permanent(err)
	}
	ctx, stop := context.WithTimeout(ctx, patience)
	defer stop()
	var conn net.Conn // is closed whatever happens; the library leaves it open when sign-in fails
	client, err := c.client(func(dialled net.Conn) { conn = dialled })
	if err != nil {
		return err
	}
	defer func() {
		if conn != nil {
			_ = conn.Close() // after QUIT there is nothing to lose
		}
	}()
	err = client.DialAndSendWithContext(ctx, msg)
	if err == nil || msg.IsDelivered() { // the server has taken it; how it says goodbye is no matter
		return nil
	}
	return verdict(err)
}

// verdict tells what the server said for good.
func verdict(err error) error {
	var refused *gomail.SendError
	if !errors.As(err, &refused) {
		return fmt.Errorf("reach the mail server: %w", err)
	}
	// RFC 5321 §4.2.1: 5yz is permanent, the same command is not to be repeated.
	if refused.ErrorCode() >= 500 && refused.Reason != gomail.ErrSMTPMailFrom {
		return outbox.Permanent(err)
	}
	return err
}

func (c *Carrier) client(dialled func(net.Conn)) (*gomail.Client, error) {
	config := &tls.Config{ServerName: c.o.Host, RootCAs: c.o.Roots, MinVersion: tls.VersionTLS12}
	_, domain, _ := strings.Cut(c.o.From, "@")
	options := []gomail.Option{
		gomail.WithPort(c.o.Port), gomail.WithTimeout(patience), gomail.WithTLSConfig(config), gomail.WithoutNoop(), gomail.WithoutSMTPUTF8(), gomail.WithHELO(domain),
		gomail.WithDialContextFunc(func(ctx context.Context, network, address string) (net.Conn, error) {
			var dialer interface {
				DialContext(context.Context, string, string) (net.Conn, error)
			} = &net.Dialer{}
			if c.o.Security == TLS {
				dialer = &tls.Dialer{Config: config}
			}
			conn, err := dialer.DialContext(ctx, network, address)
			if err == nil {
				dialled(conn)
			}
			return conn, err
		}),
	}
	switch c.o.Security {
	case StartTLS:
		options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	case TLS:
		options = append(options, gomail.WithSSL())
	case None:
		options = append(options, gomail.WithTLSPolicy(gomail.NoTLS))
	default:
		return nil, fmt.Errorf("%q is no way to protect a connection", c.o.Security)
	}
	if c.o.Username != "" {
		options = append(options, gomail.WithUsername(c.o.Username), gomail.WithPassword(c.o.Password.Reveal()),
			gomail.WithOpportunisticSMTPAuth(gomail.SMTPAuthSCRAMSHA256, gomail.SMTPAuthSCRAMSHA1, gomail.SMTPAuthPlain, gomail.SMTPAuthLogin))
	}
	return gomail.NewClient(c.o.Host, options...)
}

// compose makes the message (RFC 5322).
func (c *Carrier) compose(m Mail) (*gomail.Msg, error) {
	name := c.o.Name
	if name == "" {
		name = m.FromName
	}
	_, domain, _ := strings.Cut(c.o.From, "@")
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	msg.FromMailAddress(&netmail.Address{Name: oneLine(name), Address: c.o.From})
	if strings.ContainsFunc(m.To, func(r rune) bool { return r <= ' ' || r > '~' || r == ',' }) {
		return nil, errors.New("the recipient is no address")
	}
	if err := msg.To("<" + m.To + ">"); err != nil {
		return nil, errors.New("the recipient is no address")
	}
	msg.Subject(oneLine(m.Subject))
	msg.SetMessageIDWithValue(string(m.ID) + "@" + domain)
	msg.SetDateWithValue(m.At)
	// RFC 3834 §5: nobody's machine should answer.
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	if m.Locale != "" {
		msg.SetGenHeader("Content-Language", oneLine(m.Locale)) // RFC 3282 §2
	}
	msg.SetBodyString(gomail.TypeTextPlain, m.Text)
	msg.AddAlternativeString(gomail.TypeTextHTML, m.HTML)
	return msg, nil
}

// oneLine keeps what is said in a header from making another.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, s)
}
