package config

import (
	"log/slog"
	"net/netip"
	"time"
)

// Config is the whole configuration. Its comments are the documentation.
type Config struct {
	// Data is the folder of the database, the root key and the local socket.
	// It is made with mode 0700.
	Data string `key:"data" default:"./cardea-data"`
	// Listen is the TCP address to serve on, host:port.
	Listen string `key:"listen" default:"127.0.0.1:8080"`
	// PublicURL is the origin that browsers and clients use, and the issuer of
	// the default tenant: https://host[:port] without path. Its default follows
	// from `listen` when that is loopback, as http://localhost:PORT; otherwise
	// it must be set.
	PublicURL string `key:"public-url"`
	// Hosts are further values of the Host header to answer, host[:port]. A
	// request for any other host is refused with 421.
	Hosts []string `key:"hosts"`
	// Database is empty for SQLite in the data folder, or
	// postgres://user@host/name. Keep a URL with a password in `database-file`:
	// other users of the machine may read flags and environment.
	Database DatabaseURL `key:"database"`
	// DatabaseFile is a file that holds the value of `database`, for URLs with
	// a password. Only one of the two may be set.
	DatabaseFile string `key:"database-file"`
	// RootKeyFile holds the key that all keys at rest are derived from. It is
	// made at the first start. Its default is root.key in the data folder.
	RootKeyFile string `key:"root-key-file"`
	// TLS is the certificate of the listener.
	TLS TLS `key:"tls"`
	// TrustedProxies are the addresses and networks (CIDR) of proxies in front,
	// whose X-Forwarded-For is believed. By default nobody is; then all clients
	// behind a proxy count as one address.
	TrustedProxies []netip.Prefix `key:"trusted-proxies"`
	// MetricsListen is the TCP address of /healthz, /readyz and /metrics. When
	// empty they are on `listen` if that is loopback, and nowhere otherwise.
	MetricsListen string `key:"metrics-listen"`
	// Mail says how mail leaves. Until `mail.host` is set, mail waits in the
	// outbox.
	Mail Mail `key:"mail"`
	// SMS is the HTTP gateway of text messages. Until `sms.url` is set, codes
	// are not sent to telephones.
	SMS Gateway `key:"sms"`
	// Voice is the HTTP gateway of calls that read a code aloud; off until
	// `voice.url` is set.
	Voice Gateway `key:"voice"`
	// Outbound says where the server may connect to.
	Outbound Outbound `key:"outbound"`
	// Log says what is logged and how.
	Log Log `key:"log"`
	// Lifetimes are how long things live. Units: s, m, h, d, w; "1d12h" is a
	// day and a half.
	Lifetimes Lifetimes `key:"lifetimes"`
	// Password are the rules of NIST SP 800-63B-4 §3.1.1.2, which may only be
	// made stricter.
	Password Password `key:"password"`
	// GeoIPFiles are files in the form of MaxMind DB that say where addresses
	// are, such as GeoLite2-City.mmdb and GeoLite2-ASN.mmdb; together they
	// should know country, city, coordinates and autonomous system. A changed
	// file is read within seconds. Without one no sign-in is from a new country.
	GeoIPFiles []string `key:"geoip-files"`
	// ReputationFile lists addresses and networks (CIDR) known for abuse, one
	// per line, with comments behind # or ;. A changed file is read within
	// seconds. Policies of sign-in look at it.
	ReputationFile string `key:"reputation-file"`
	// Limits bound the requests of one address (IPv6: one /64). 0 means no limit.
	Limits Limits `key:"limits"`

	warnings []string
}

// TLS is the listener's certificate. Plain HTTP is possible on loopback and
// behind trusted proxies only.
type TLS struct {
	// Cert is a PEM file with the certificate and its chain. A changed file is
	// loaded within seconds, and at SIGHUP.
	Cert string `key:"cert"`
	// Key is the PEM file with the private key of `tls.cert`.
	Key string `key:"key"`
}

// Mail is how mail leaves: by SMTP submission (RFC 6409), or for development
// into an inbox of the server's own.
type Mail struct {
	// From is the sender: login@example.com, or "Example <login@example.com>".
	// Without a name, mails bear the tenant's.
	From string `key:"from"`
	// Host is the mail server's name.
	Host string `key:"host"`
	// Port is the mail server's port. Its default follows from `mail.tls`: 587
	// for starttls, 465 for tls, 25 for none.
	Port int `key:"port" default:"0"`
	// Username is the name to sign in with at the mail server; empty for none.
	Username string `key:"username"`
	// PasswordFile is a file that holds the password of `mail.username`.
	PasswordFile string `key:"password-file"`
	// TLS says how the connection is protected: starttls (refused if the server
	// does not offer it), tls from the start, or none, for a mail server on
	// localhost.
	TLS string `key:"tls" default:"starttls"`
	// Inbox keeps all mails and messages in the database and shows them at
	// /inbox to anybody, for development: `public-url` must be on localhost.
	Inbox bool `key:"inbox" default:"false"`
}

// Gateway is an HTTP service that carries messages to telephones.
type Gateway struct {
	// URL is where a message is posted to. The address must be public, or be
	// named in `outbound.allow`.
	URL string `key:"url"`
	// TokenFile is a file with the bearer token of the gateway; empty for none.
	TokenFile string `key:"token-file"`
	// Body is the JSON to post. {to}, {text} and {channel} inside of its texts
	// stand for the number, the message, and sms or voice; empty means
	// `{"to":"{to}","text":"{text}","channel":"{channel}"}`.
	Body string `key:"body"`
	// Prefixes are how numbers begin that may be reached, such as +49. Nothing
	// is sent to others.
	Prefixes []string `key:"prefixes"`
}

// Outbound is what the server's own HTTP requests may reach.
type Outbound struct {
	// Allow lists host names, addresses and networks (CIDR) that may be
	// reached although they are internal, and by plain HTTP.
	Allow []string `key:"allow"`
	// TrustRoots is a PEM file of certificate authorities to trust beside the
	// system's.
	TrustRoots string `key:"trust-roots"`
}

// Log is the log on standard error, one event per line.
type Log struct {
	// Level is the least level that is logged: debug, info, warn or error.
	Level slog.Level `key:"level" default:"info"`
	// Format is the form of a line: text or json.
	Format string `key:"format" default:"text"`
}

// Lifetimes are how long things live.
type Lifetimes struct {
	// AccessToken is the life of an access token; at most 24h.
	AccessToken time.Duration `key:"access-token" default:"10m"`
	// Code is the life of an authorization code; at most 10m (RFC 6749 §4.1.2).
	Code time.Duration `key:"code" default:"60s"`
	// IDToken is the life of an ID token; at most 24h.
	IDToken time.Duration `key:"id-token" default:"10m"`
	// RefreshIdle is how long a refresh token lives unused.
	RefreshIdle time.Duration `key:"refresh-idle" default:"30d"`
	// RefreshAbsolute is how long a family of refresh tokens lives at most.
	RefreshAbsolute time.Duration `key:"refresh-absolute" default:"90d"`
	// SessionIdle is how long a session lives unused.
	SessionIdle time.Duration `key:"session-idle" default:"12h"`
	// SessionAbsolute is how long a session lives at most; at most 30d (NIST
	// SP 800-63B-4 §2.1.3).
	SessionAbsolute time.Duration `key:"session-absolute" default:"30d"`
	// AAL2Idle is how long two factors count in a session that is not used; at
	// most 1h (NIST SP 800-63B-4 §2.2.3). The session lives on as one factor.
	AAL2Idle time.Duration `key:"aal2-idle" default:"1h"`
	// AAL2Absolute is how long two factors count at most; at most 24h.
	AAL2Absolute time.Duration `key:"aal2-absolute" default:"24h"`
	// AAL3Idle is the same for AAL3; at most 15m (NIST SP 800-63B-4 §2.3.3).
	AAL3Idle time.Duration `key:"aal3-idle" default:"15m"`
	// AAL3Absolute is how long AAL3 counts at most; at most 12h.
	AAL3Absolute time.Duration `key:"aal3-absolute" default:"12h"`
}

// Password are rules for passwords that people choose.
type Password struct {
	// MinLength is the least number of characters of a password that signs in
	// alone; 15 to 64.
	MinLength int `key:"min-length" default:"15"`
	// MinLengthWithMFA is the same for accounts with a second factor; 8 to 64.
	MinLengthWithMFA int `key:"min-length-with-mfa" default:"8"`
}

// Limits are per address, in requests per second and at once.
type Limits struct {
	// PerAddress is for most endpoints, in requests per second.
	PerAddress int `key:"per-address" default:"20000"`
	// PerAddressBurst is how many of them may come at once.
	PerAddressBurst int `key:"per-address-burst" default:"40000"`
	// CostlyPerAddress is for what costs the server or a person (passwords,
	// mail), in requests per second.
	CostlyPerAddress int `key:"costly-per-address" default:"10"`
	// CostlyPerAddressBurst is how many of them may come at once.
	CostlyPerAddressBurst int `key:"costly-per-address-burst" default:"100"`
	// BeginPerAddress is for sign-ins, consents and sign-outs that begin, each
	// of which is kept for half an hour, in requests per second.
	BeginPerAddress int `key:"begin-per-address" default:"50"`
	// BeginPerAddressBurst is how many of them may come at once.
	BeginPerAddressBurst int `key:"begin-per-address-burst" default:"1000"`
}

// DatabaseURL is a database address that may carry a password: it prints
// without one.
type DatabaseURL string

// Reveal returns the URL with its password.
func (d DatabaseURL) Reveal() string { return string(d) }

// Warnings are sentences for the operator about a configuration that works.
func (c *Config) Warnings() []string { return c.warnings }
