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
