package mail_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html"

	look "github.com/cardea-iam/cardea/internal/brand"
	"github.com/cardea-iam/cardea/internal/notify"
	"github.com/cardea-iam/cardea/internal/ui/mail"
	"github.com/cardea-iam/cardea/internal/ui/part"
)

var (
	update = flag.Bool("update", false, "write the golden files anew")
	brand  = mail.Brand{TenantName: "Larkspur Studio", Host: "id.example.com"}
	// plum is a theme with a light palette only; the dark one follows from it.
	plum   = look.Theme{Light: look.Palette{Accent: "#6b2a6e", Background: "#faf5ef", Text: "#201a1f"}}
	sample = notify.Values{
		"code": "482913", "link": "https://id.example.com/signin/code?t=cdr_x", "minutes": "10", "hours": "24", "count": "7", "left": "2",
		"date": "2026-12-01T00:00:00Z", "time": "2026-11-22T14:05:00Z", "factor": "totp", "address": "mira.new@larkspur.example",
		"app": "HireMe123", "inviter": "Mira Lindqvist", "tenant": "Larkspur Studio", "device": "Firefox on Linux", "place": "Zürich, Switzerland", "name": "Blue key",
	}
)

func message(k notify.Kind, l part.Locale) notify.Message {
	v := notify.Values{}
	for _, name := range k.Takes() {
		v[name] = sample[name]
	}
	m := notify.Message{Letter: notify.Letter{Kind: k, Channel: notify.Mail, To: "mira@larkspur.example", Locale: string(l), Values: v}}
	if k.Disputable() {
		m.NotMe = "https://id.example.com/not-me?t=cdr_nm_x"
	}
	return m
}

// TestGolden holds every kind in every language: go test ./internal/ui/mail -update writes them.
func TestGolden(t *testing.T) {
	for _, l := range part.Locales() {
		for _, k := range notify.Kinds() {
			r, err := mail.Render(message(k, l), brand)
			if err != nil {
				t.Errorf("%s in %s: %v", k, l, err)
				continue
			}
			got := "Subject: " + r.Subject + "\n\n" + r.Text
			if k.Phone() {
				for _, c := range []notify.Channel{notify.SMS, notify.Voice} {
					m := message(k, l)
					m.Channel = c
					text, err := mail.Text(m, brand)
					if err != nil {
						t.Errorf("%s to %s in %s: %v", k, c, l, err)
					}
					got += "\n==== " + string(c) + "\n" + text + "\n"
				}
			}
			_, body, _ := strings.Cut(r.HTML, "<body>")
			golden(t, filepath.Join(string(l), string(k)+".txt"), got+"\n==== HTML\n"+body)
		}
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil || string(want) != got {
		t.Errorf("%s differs (%v); if that is meant: go test ./internal/ui/mail -update", path, err)
	}
}

// TestGoldenStyle holds how a mail looks without and with a brand.
func TestGoldenStyle(t *testing.T) {
	branded := brand
	branded.Theme = plum
	for name, b := range map[string]mail.Brand{"builtin": brand, "branded": branded} {
		r, err := mail.Render(message(notify.SignInCode, part.English), b)
		if err != nil {
			t.Fatal(err)
		}
		_, rest, _ := strings.Cut(r.HTML, "<style>")
		style, _, _ := strings.Cut(rest, "</style>")
		golden(t, "style-"+name+".css", style)
	}
}

var colourPair = regexp.MustCompile(`background: (#[0-9a-f]{6});(?: [a-z-]+: [^;]+;)* color: (#[0-9a-f]{6})`)

// What is written on a ground can be read there in both schemes, whatever the brand.
func TestMailsCanBeRead(t *testing.T) {
	branded := brand
	branded.Theme = plum
	r, err := mail.Render(message(notify.UnusualSignIn, part.English), branded)
	if err != nil {
		t.Fatal(err)
	}
	pairs := colourPair.FindAllStringSubmatch(r.HTML, -1)
	if len(pairs) < 6 || !strings.Contains(r.HTML, "#6b2a6e") {
		t.Fatalf("%d pairs of colours:\n%s", len(pairs), r.HTML)
	}
	for _, p := range pairs {
		if got := look.Contrast(look.Colour(p[1]), look.Colour(p[2])); got < look.LeastText {
			t.Errorf("%s: %.2f", p[0], got)
		}
	}
}

// elements are the document's elements with their attributes.
func elements(t *testing.T, text string) (out []html.Token) {
	t.Helper()
	z := html.NewTokenizer(strings.NewReader(text))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return out
		case html.StartTagToken, html.SelfClosingTagToken:
			out = append(out, z.Token())
		}
	}
}

func TestEveryMailIsADocumentThatLoadsNothing(t *testing.T) {
	for _, l := range part.Locales() {
		for _, k := range notify.Kinds() {
			r, err := mail.Render(message(k, l), brand)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.HasPrefix(r.HTML, "<!doctype html>") || !strings.Contains(r.HTML, fmt.Sprintf("<html lang=%q>", l)) || strings.Contains(r.HTML, "ZgotmplZ") {
				t.Errorf("%s in %s is no sound document", k, l)
			}
			links := map[string]bool{}
			for _, e := range elements(t, r.HTML) {
				switch e.Data {
				case "img", "script", "link", "iframe", "object", "form", "input", "base":
					t.Errorf("%s has a <%s>", k, e.Data)
				}
				for _, a := range e.Attr {
					if a.Key == "style" || a.Key == "src" || strings.HasPrefix(a.Key, "on") || strings.Contains(r.HTML, "url(") {
						t.Errorf("%s: <%s %s>", k, e.Data, a.Key)
					}
					if a.Key == "href" {
						links[a.Val] = true
					}
				}
			}
			want := map[string]bool{}
			m := message(k, l)
			for _, link := range []string{m.Values["link"], m.NotMe} {
				if link != "" {
					want[link] = true
					if !strings.Contains(r.Text, "<"+link+">") {
						t.Errorf("%s in %s: the text lacks %s", k, l, link)
					}
				}
			}
			if fmt.Sprint(links) != fmt.Sprint(want) {
				t.Errorf("%s in %s links to %v, want %v", k, l, links, want)
			}
			if code := m.Values["code"]; code != "" && (!strings.Contains(r.Text, code) || !strings.Contains(r.HTML, code)) {
				t.Errorf("%s in %s lacks its code", k, l)
			}
			if strings.ContainsAny(r.Subject, "\r\n") {
				t.Errorf("%s in %s: %q", k, l, r.Subject)
			}
		}
	}
}

func TestAU29_WhatPeopleCallThemselvesIsText(t *testing.T) {
	for _, hostile := range []string{
		`<a href="https://evil.example/x">click</a>`, `"><img src=x onerror=alert(1)>`, "https://evil.example/login", "www.evil.example",
		"evil.example", "mailto:eve@evil.example", "see evil。example/x", "{{.NotMe}}", "javascript:alert(1)",
	} {
		for _, k := range []notify.Kind{notify.Invitation, notify.SignInCode, notify.UnusualSignIn, notify.PasskeyCloned} {
			m := message(k, part.English)
			for _, name := range []string{"inviter", "tenant", "app", "device", "place", "name"} {
				if _, takes := m.Values[name]; takes {
					m.Values[name] = hostile
				}
			}
			r, err := mail.Render(m, mail.Brand{TenantName: hostile, Host: "id.example.com"})
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range elements(t, r.HTML) {
				for _, a := range e.Attr {
					if e.Data == "img" || strings.HasPrefix(a.Key, "on") || a.Key == "href" && !strings.HasPrefix(a.Val, "https://id.example.com/") {
						t.Errorf("%s, %q: <%s %s=%q>", k, hostile, e.Data, a.Key, a.Val)
					}
				}
			}
			for where, text := range map[string]string{"subject": r.Subject, "text": r.Text, "HTML": r.HTML} {
				for _, linked := range []string{"://evil", "evil.example", "evil。example", "@evil", "mailto:e", "javascript:a"} {
					if strings.Contains(text, linked) {
						t.Errorf("%s, %q: the %s holds %q, which becomes a link", k, hostile, where, linked)
					}
				}
			}
		}
	}
}

func TestInvitationByNobodyInParticular(t *testing.T) {
	m := message(notify.Invitation, part.English)
	m.Values["inviter"] = m.Values["tenant"]
	r, err := mail.Render(m, brand)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(r.Text, "Larkspur Studio invites") || !strings.Contains(r.Text, "You are invited to make an account at Larkspur Studio.") {
		t.Error(r.Text)
	}
}

func TestNamesThatAreNoLinksStay(t *testing.T) {
	m := message(notify.UnusualSignIn, part.English)
	m.Values["device"], m.Values["place"] = "Firefox 130.0 on Dr. No's iPhone", "10.0.0.1 (St. Gallen)"
	r, err := mail.Render(m, brand)
	if err != nil || !strings.Contains(r.Text, m.Values["device"]) || !strings.Contains(r.Text, m.Values["place"]) {
		t.Errorf("%v\n%s", err, r.Text)
	}
}

func TestTextMessagesAreBoundToOurHost(t *testing.T) {
	m := message(notify.SignInCode, part.German)
	m.Channel = notify.SMS
	text, err := mail.Text(m, brand)
	if err != nil || !strings.HasSuffix(text, "\n\n@id.example.com #482913") {
		t.Errorf("%q %v", text, err)
	}
	if _, err := mail.Text(message(notify.Erased, part.German), brand); err == nil {
		t.Error("a notice has a text for telephones")
	}
	if got := mail.HostOf("https://id.example.com:8443"); got != "id.example.com" {
		t.Error(got)
	}
}

func TestLocaleOfAMailIsThePersons(t *testing.T) {
	for tag, want := range map[string]part.Locale{"de-AT": part.German, "xx fr": part.French, "": part.English, "xx": part.English} {
		m := message(notify.PasswordChanged, part.English)
		m.Locale = tag
		if r, err := mail.Render(m, brand); err != nil || r.Locale != want {
			t.Errorf("%q: %s %v", tag, r.Locale, err)
		}
	}
}
