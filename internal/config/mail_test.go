package config

import (
	"strings"
	"testing"
)

func TestMailIsRefusedWhereItWouldNotBeSafe(t *testing.T) {
	mail := map[string]string{"mail-host": "mail.example.com", "mail-from": "Example <login@example.com>"}
	sms := map[string]string{"sms-url": "https://sms.example.com/send", "sms-prefixes": "+49,+1425"}
	for name, c := range map[string]struct {
		base  map[string]string
		flags map[string]string
		want  string // in the error; "" for none
	}{
		"mail":                 {mail, nil, ""},
		"no sender":            {mail, map[string]string{"mail-from": ""}, "mail.from"},
		"two senders":          {mail, map[string]string{"mail-from": "a@example.com, b@example.com"}, "mail.from"},
		"injected sender":      {mail, map[string]string{"mail-from": "a@example.com\r\nBcc: b@example.com"}, "mail.from"},
		"port in host":         {mail, map[string]string{"mail-host": "mail.example.com:25"}, "mail.port"},
		"opportunistic TLS":    {mail, map[string]string{"mail-tls": "opportunistic"}, "mail.tls"},
		"no TLS to a network":  {mail, map[string]string{"mail-tls": "none"}, "mail.tls"},
		"no TLS on localhost":  {mail, map[string]string{"mail-tls": "none", "mail-host": "localhost"}, ""},
		"name alone":           {mail, map[string]string{"mail-username": "x"}, "mail.password-file"},
		"no such port":         {mail, map[string]string{"mail-port": "70000"}, "mail.port"},
		"settings of no host":  {nil, map[string]string{"mail-from": "a@example.com"}, "mail.host"},
		"inbox":                {nil, map[string]string{"mail-inbox": "true"}, ""},
		"inbox and mail":       {mail, map[string]string{"mail-inbox": "true"}, "mail.inbox"},
		"inbox on a network":   {nil, map[string]string{"mail-inbox": "true", "public-url": "https://id.example.com"}, "mail.inbox"},
		"inbox, perhaps":       {nil, map[string]string{"mail-inbox": "1"}, "true or false"},
		"sms":                  {sms, nil, ""},
		"sms in the clear":     {sms, map[string]string{"sms-url": "http://sms.example.com/"}, "sms.url"},
		"sms on localhost":     {sms, map[string]string{"sms-url": "http://localhost:9/"}, ""},
		"sms with a user":      {sms, map[string]string{"sms-url": "https://u:p@sms.example.com/"}, "sms.url"},
		"sms to everybody":     {sms, map[string]string{"sms-prefixes": ""}, "sms.prefixes"},
		"sms to any country":   {sms, map[string]string{"sms-prefixes": "+"}, "sms.prefixes"},
		"body that is no JSON": {sms, map[string]string{"sms-body": `{"to":{to},"text":"{text}"}`}, "sms.body"},
		"body without text":    {sms, map[string]string{"sms-body": `{"to":"{to}"}`}, "{text}"},
		"body":                 {sms, map[string]string{"sms-body": `["{to}","{text}"]`}, ""},
		"voice of no URL":      {nil, map[string]string{"voice-prefixes": "+49"}, "voice.url"},
	} {
		flags := map[string]string{}
		for _, m := range []map[string]string{c.base, c.flags} {
			for k, v := range m {
				flags[k] = v
			}
		}
		_, err := Load("", nil, flags)
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func TestPortFollowsFromTheSecurity(t *testing.T) {
	for security, want := range map[string]int{"starttls": 587, "tls": 465, "none": 25} {
		if got := (Mail{TLS: security}).Endpoint(); got != want {
			t.Errorf("%s: %d", security, got)
		}
	}
	if got := (Mail{TLS: "tls", Port: 2525}).Endpoint(); got != 2525 {
		t.Error(got)
	}
	if name, address := (Mail{From: "Example <login@example.com>"}).Address(); name != "Example" || address != "login@example.com" {
		t.Error(name, address)
	}
}
