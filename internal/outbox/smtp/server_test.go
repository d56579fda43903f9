package smtp_test

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"io"
	"math/big"
	"net"
	"net/textproto"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// server is a small mail server (RFC 5321) that keeps what it gets and answers as it is told.
type server struct {
	t        *testing.T
	listener net.Listener
	config   *tls.Config
	roots    *x509.CertPool

	implicit  bool              // TLS from the start
	noTLS     bool              // does not offer STARTTLS
	user      string            // with its password the only sign-in that is let in
	password  string            //
	answers   map[string]string // by command, in place of the usual one
	afterData func()            // runs when a message was taken, before the client learns of it

	mu       sync.Mutex
	received []delivery
	open     int
}

// delivery is one message as it came.
type delivery struct {
	from, to  string
	data      string
	encrypted bool
	user      string
	commands  []string
}

// serve starts a server on loopback; set its fields in prepare.
func serve(t *testing.T, prepare func(*server)) *server {
	t.Helper()
	s := &server{t: t, answers: map[string]string{}}
	s.certify("localhost")
	prepare(s)
	var err error
	if s.listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	var running sync.WaitGroup
	running.Go(func() {
		for {
			conn, err := s.listener.Accept()
			if err != nil {
				return
			}
			running.Go(func() { s.session(conn) })
		}
	})
	t.Cleanup(func() {
		s.listener.Close()
		running.Wait()
	})
	return s
}

func (s *server) port() int { return s.listener.Addr().(*net.TCPAddr).Port }

// certify makes a certificate of a name, by an authority of its own.
func (s *server) certify(name string) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		s.t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		s.t.Fatal(err)
	}
	made, err := x509.ParseCertificate(der)
	if err != nil {
		s.t.Fatal(err)
	}
	s.roots = x509.NewCertPool()
	s.roots.AddCert(made)
	s.config = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
}

func (s *server) count(by int) {
	s.mu.Lock()
	s.open += by
	s.mu.Unlock()
}

func (s *server) session(conn net.Conn) {
	s.count(1)
	defer s.count(-1)
	defer conn.Close()
	d := delivery{}
	if s.implicit {
		conn, d.encrypted = tls.Server(conn, s.config), true
	}
	r := bufio.NewReader(conn)
	say := func(lines ...string) {
		_, _ = io.WriteString(conn, strings.Join(lines, "\r\n")+"\r\n")
	}
	say("220 localhost ready")
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return
		}
		line = strings.TrimRight(line, "\r\n")
		verb := strings.ToUpper(strings.SplitN(strings.ReplaceAll(line, ":", " "), " ", 2)[0])
		d.commands = append(d.commands, verb)
		if answer, told := s.answers[verb]; told {
			say(answer)
			continue
		}
		switch verb {
		case "EHLO", "HELO":
			offers := []string{"localhost", "8BITMIME", "ENHANCEDSTATUSCODES", "SMTPUTF8"}
			if !s.noTLS && !d.encrypted {
				offers = append(offers, "STARTTLS")
			}
			if s.user != "" && d.encrypted {
				offers = append(offers, "AUTH PLAIN")
			}
			for i, o := range offers {
				sep := "-"
				if i == len(offers)-1 {
					sep = " "
				}
				say("250" + sep + o)
			}
		case "STARTTLS":
			say("220 go ahead")
			conn, d.encrypted = tls.Server(conn, s.config), true
			r = bufio.NewReader(conn)
		case "AUTH":
			words := strings.Fields(line)
			raw, _ := base64.StdEncoding.DecodeString(words[len(words)-1])
			if string(raw) != "\x00"+s.user+"\x00"+s.password {
				say("535 5.7.8 wrong")
				continue
			}
			d.user = s.user
			say("235 2.7.0 welcome")
		case "MAIL":
			d.from = line
			say("250 2.1.0 ok")
		case "RCPT":
			d.to += line
			say("250 2.1.5 ok")
		case "DATA":
			say("354 go on")
			raw, err := textproto.NewReader(r).ReadDotBytes()
			if err != nil {
				return
			}
			if answer, told := s.answers["CONTENT"]; told {
				say(answer)
				continue
			}
			d.data = string(raw)
			s.mu.Lock()
			s.received = append(s.received, delivery{d.from, d.to, d.data, d.encrypted, d.user, slices.Clone(d.commands)})
			s.mu.Unlock()
			s.mu.Lock()
			after := s.afterData
			s.mu.Unlock()
			if after != nil {
				after()
				return // without a word
			}
			say("250 2.0.0 taken")
			d.from, d.to = "", ""
		case "QUIT":
			say("221 2.0.0 bye")
			return
		default:
			say("250 2.0.0 ok")
		}
	}
}

func (s *server) mails() []delivery {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.received)
}
