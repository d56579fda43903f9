package config

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func write(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "cardea.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestNoConfigurationWorks(t *testing.T) {
	c, err := Load("", []string{"HOME=/root", "PATH=/bin"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if c.Data != "./cardea-data" || c.Listen != "127.0.0.1:8080" || c.PublicURL != "http://localhost:8080" ||
		c.RootKeyFile != "cardea-data/root.key" || c.Database != "" || len(c.TrustedProxies) != 0 ||
		!slices.Equal(c.Hosts, []string{"127.0.0.1:8080"}) || len(c.Warnings()) != 0 {
		t.Errorf("%+v", c)
	}
	l := c.Lifetimes
	if l.AccessToken != 10*time.Minute || l.Code != time.Minute || l.RefreshAbsolute != 90*24*time.Hour ||
		l.SessionIdle != 12*time.Hour || l.SessionAbsolute != 30*24*time.Hour || c.Password.MinLength != 15 {
		t.Errorf("%+v", c)
	}
}

func TestLaterLayersWin(t *testing.T) {
	file := write(t, `
listen: 127.0.0.1:1
public-url: https://file.example
data: /file
lifetimes: {code: 30s, session-idle: 1d}
outbound:
  allow: [idp.internal, 10.1.0.0/16]
trusted-proxies: [10.0.0.1, "2001:db8::/32"]
log: {level: debug, format: json}
`)
	c, err := Load(file, []string{"CARDEA_DATA=/env", "CARDEA_PUBLIC_URL=https://env.example", "CARDEA_LIFETIMES_CODE=45s",
		"CARDEA_CONFIG=x", "CARDEA_HOSTS=a.example, b.example"}, map[string]string{"data": "/flag", "tls-cert": "c", "tls-key": "k"})
	if err != nil {
		t.Fatal(err)
	}
	if c.Listen != "127.0.0.1:1" || c.PublicURL != "https://env.example" || c.Data != "/flag" || c.RootKeyFile != "/flag/root.key" ||
		c.Lifetimes.Code != 45*time.Second || c.Lifetimes.SessionIdle != 24*time.Hour || c.Lifetimes.IDToken != 10*time.Minute ||
		!slices.Equal(c.Outbound.Allow, []string{"idp.internal", "10.1.0.0/16"}) || c.TLS.Cert != "c" ||
		!slices.Equal(c.TrustedProxies, []netip.Prefix{netip.MustParsePrefix("10.0.0.1/32"), netip.MustParsePrefix("2001:db8::/32")}) ||
		c.Log.Level != slog.LevelDebug || c.Log.Format != "json" || !slices.Equal(c.Hosts, []string{"a.example", "b.example"}) {
		t.Errorf("%+v", c)
	}
}

func TestRefusalsNameTheKeyAndSayWhatToDo(t *testing.T) {
	for _, c := range []struct {
		file  string
		env   string
		flags map[string]string
		want  []string
	}{
		{file: "lisen: 1", want: []string{`"lisen"`, `"listen"`}},
		{file: "tls: {certt: x}", want: []string{`"tls.certt"`, `"tls.cert"`}},
		{file: "Listen: 127.0.0.1:1", want: []string{`"Listen"`, `"listen"`}},
		{file: "zzzzzzzzzz: 1", want: []string{"zzzzzzzzzz", "docs/configuration.md"}},
		{file: "public-url:", want: []string{"public-url", "no value"}},
		{file: "tls:", want: []string{"tls", "no value"}},
		{file: "tls: x", want: []string{"tls", "section"}},
		{file: "data: {a: 1}", want: []string{"data", "not a section"}},
		{file: "data: [a]", want: []string{"data", "not a list"}},
		{file: "data: 5", want: []string{"data", "quotes"}},
		{file: "data: a\ndata: b", want: []string{"data", "already defined"}},
		{file: "data: a\n---\ndata: b", want: []string{"one YAML document"}},
		{file: "- a", want: []string{"cannot unmarshal"}},
		{env: "CARDEA_PUBLICURL=https://x.example", want: []string{"CARDEA_PUBLICURL", `"CARDEA_PUBLIC_URL"`}},
		{env: "CARDEA_LISTEN=", want: []string{"listen", "host:port"}},
		{flags: map[string]string{"pubic-url": "x"}, want: []string{`"pubic-url"`, `"public-url"`}},
		{file: "listen: 0.0.0.0:8080", want: []string{"listen", "plain HTTP", "tls.cert", "trusted-proxies", "public-url"}},
		{file: "listen: 127.0.0.1:0", want: []string{"public-url", "does not follow"}},
		{file: "public-url: https://x.example/path", want: []string{"public-url", "without path"}},
		{file: "public-url: http://x.example", want: []string{"public-url", "https://"}},
		{file: "public-url: https://u:p@x.example", want: []string{"public-url"}},
		{file: "database: mysql://x", want: []string{"database", "postgres://"}},
		{file: "database-file: /does/not/exist", want: []string{"database-file"}},
		{file: "database: postgres://x\ndatabase-file: x", want: []string{"database-file", "keep one"}},
		{file: "tls: {cert: x}", want: []string{"tls.cert", "tls.key"}},
		{file: "trusted-proxies: [0.0.0.0/0]", want: []string{"trusted-proxies", "everybody"}},
		{file: "trusted-proxies: [10.0.0.1/8]", want: []string{"trusted-proxies", "10.0.0.1/8"}},
		{file: "trusted-proxies: [proxy.example]", want: []string{"trusted-proxies", "proxy.example"}},
		{file: "lifetimes: {code: 600}", want: []string{"lifetimes.code", "unit"}},
		{file: "lifetimes: {code: 11m}", want: []string{"lifetimes.code", "10m"}},
		{file: "lifetimes: {session-absolute: 31d}", want: []string{"lifetimes.session-absolute"}},
		{file: "lifetimes: {refresh-idle: 91d}", want: []string{"lifetimes.refresh-idle"}},
		{file: "password: {min-length: 14}", want: []string{"password.min-length", "15"}},
		{file: "password: {min-length: many}", want: []string{"password.min-length", "whole number"}},
		{file: "limits: {per-address-burst: 0}", want: []string{"limits.per-address-burst"}},
		{file: "log: {level: loud}", want: []string{"log.level", "debug"}},
		{file: "log: {format: xml}", want: []string{"log.format", "json"}},
	} {
		path := ""
		if c.file != "" {
			path = write(t, c.file)
		}
		_, err := Load(path, []string{c.env}, c.flags)
		if err == nil {
			t.Errorf("%q %q %v was accepted", c.file, c.env, c.flags)
			continue
		}
		for _, want := range c.want {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%q %q %v: %q does not tell of %s", c.file, c.env, c.flags, err, want)
			}
		}
	}
}

func TestDurations(t *testing.T) {
	for s, want := range map[string]time.Duration{
		"90s": 90 * time.Second, "10m": 10 * time.Minute, "1h30m": 90 * time.Minute, "30d": 720 * time.Hour,
		"1d12h": 36 * time.Hour, "2w": 336 * time.Hour, "1w1d1h": 193 * time.Hour, "500ms": 500 * time.Millisecond,
	} {
		if got, err := ParseDuration(s); err != nil || got != want {
			t.Errorf("%s: %v %v", s, got, err)
		}
	}
	for _, s := range []string{"", "0", "0s", "10", "-1s", "+1s", "d", "1d1w", "1d-1h", "1.5d", "99999999999d", "4294967295w", "1 d", "1y", "1d1d"} {
		if got, err := ParseDuration(s); err == nil {
			t.Errorf("%q: %v", s, got)
		}
	}
}

func TestOP04_DatabasePasswordIsNotPrinted(t *testing.T) {
	for _, secret := range []string{"postgres://u:hunter2@h/d", "postgres://u@h/d?password=hunter2", "postgres://h/d?sslpassword=hunter2&x=y", "hunter2"} {
		d := DatabaseURL(secret)
		j, err := json.Marshal(map[string]any{"d": d})
		if err != nil {
			t.Fatal(err)
		}
		var log bytes.Buffer
		slog.New(slog.NewTextHandler(&log, nil)).Info("x", "d", d)
		for _, s := range []string{d.String(), fmt.Sprintf("%v %+v %#v %s %q %x", d, Config{Database: d}, Config{Database: d}, d, d, d), string(j), log.String()} {
			if strings.Contains(s, "hunter2") || strings.Contains(s, "68756e7465723") {
				t.Errorf("%q is in %s", secret, s)
			}
		}
		if d.Reveal() != secret {
			t.Errorf("revealed %q", d.Reveal())
		}
	}
	if s := DatabaseURL("postgres://u@h:5432/d?sslmode=disable").String(); s != "postgres://u@h:5432/d?sslmode=disable" {
		t.Error(s)
	}
	if _, err := Load("", []string{"CARDEA_DATABASE=mysql://u:hunter2@h"}, nil); err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("%v", err)
	}
}

func TestDatabasePasswordBelongsInAFile(t *testing.T) {
	const url = "postgres://u:hunter2@h/d"
	secret := filepath.Join(t.TempDir(), "db")
	if err := os.WriteFile(secret, []byte(url+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		file  string
		env   []string
		flags map[string]string
		warn  int
	}{
		"secret file": {"database-file: " + secret, nil, nil, 0},
		"config file": {"database: " + url, nil, nil, 0},
		"environment": {"", []string{"CARDEA_DATABASE=" + url}, nil, 1},
		"flag":        {"database: postgres://h/d", nil, map[string]string{"database": url}, 1},
	} {
		path := ""
		if c.file != "" {
			path = write(t, c.file)
		}
		got, err := Load(path, c.env, c.flags)
		if err != nil || got.Database.Reveal() != url || len(got.Warnings()) != c.warn {
			t.Errorf("%s: %v %v %v", name, got.Database, got.Warnings(), err)
		}
		if strings.Contains(strings.Join(got.Warnings(), ""), "hunter2") {
			t.Errorf("%s: %v", name, got.Warnings())
		}
	}
}

func TestNamesAreUnambiguous(t *testing.T) {
	if len(envKeys) != len(leafKeys) || len(flagKeys) != len(leafKeys) || len(Flags()) != len(leafKeys) {
		t.Errorf("%d keys, %d variables, %d flags", len(leafKeys), len(envKeys), len(flagKeys))
	}
}
