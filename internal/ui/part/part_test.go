package part_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/cardea-iam/cardea/internal/ui/part"
)

func TestNegotiate(t *testing.T) {
	for _, c := range []struct {
		header string
		lists  []string
		want   part.Locale
	}{
		{"", nil, part.English},
		{"de", nil, part.German},
		{"DE-at", nil, part.German},
		{"it, de;q=0.5, en;q=0.8", nil, part.English},
		{"it, de;q=0.9, en;q=0.8", nil, part.German},
		{"fr-CH, fr;q=0.9, en;q=0.8", nil, part.French},
		{"es-419,es;q=0.9", nil, part.Spanish},
		{"fra, esp", nil, part.English},
		{"de;q=0, en;q=0.1", nil, part.English},
		{"de;q=nonsense", nil, part.English},
		{"de;q=NaN", nil, part.English},
		{"de;q=7, en", nil, part.English},
		{"denmark", nil, part.English},
		{"en", []string{"it-CH it de-CH en"}, part.German},
		{"en", []string{"it", "de"}, part.German},
		{"de", []string{"it"}, part.German},
		{strings.Repeat("it,", 1000) + "de", nil, part.English},
	} {
		if got := part.Negotiate(c.header, c.lists...); got != c.want {
			t.Errorf("Negotiate(%.40q, %q) = %s, want %s", c.header, c.lists, got, c.want)
		}
	}
}

func page(main string) *part.Template {
	return part.Parse(fstest.MapFS{"p.html": {Data: []byte(`{{define "title"}}T{{end}}{{define "main"}}` + main + `{{end}}`)}}, "p.html")
}

type data struct {
	part.Base
	Value string
	Time  time.Time
}

func TestFaultyTemplatesWriteNothing(t *testing.T) {
	for _, main := range []string{
		`{{t "no.such"}}`, `{{icon "no"}}`, `{{asset "no"}}`, `{{t "signin.continue"}}`,
		`{{t "no.such" "a" .Value}}`, `{{rich "signin.continue" "wrong" .Value}}`, `{{.Nothing}}`, `{{`,
	} {
		var b bytes.Buffer
		if err := page(main).Execute(&b, part.English, data{}); err == nil || b.Len() > 0 {
			t.Errorf("%s: error %v, %d bytes", main, err, b.Len())
		}
	}
}

func TestRichSetsValuesOff(t *testing.T) {
	var b bytes.Buffer
	if err := page(`<p>{{rich "signin.continue" "app" .Value}}</p>`).Execute(&b, part.German, data{Value: `<b>"A"</b>`}); err != nil {
		t.Fatal(err)
	}
	if want := `<p>um mit <bdi>&lt;b&gt;&#34;A&#34;&lt;/b&gt;</bdi> fortzufahren</p>`; !strings.Contains(b.String(), want) {
		t.Errorf("no %s in %s", want, b.String())
	}
}

func TestUnknownLocaleIsEnglish(t *testing.T) {
	var b bytes.Buffer
	if err := page(`{{t "form.cancel"}}`).Execute(&b, "xx", data{}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(b.String(), `<html lang="en">`) || !strings.Contains(b.String(), "Cancel") {
		t.Error(b.String())
	}
}

type brokenWriter struct{}

var errBroken = errors.New("gone")

func (brokenWriter) Write([]byte) (int, error) { return 0, errBroken }

func TestWriterErrorIsReturned(t *testing.T) {
	if err := page("x").Execute(brokenWriter{}, part.English, data{}); !errors.Is(err, errBroken) {
		t.Error(err)
	}
}

func TestMomentsInTheReadersDay(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 20, 23, 30, 0, 0, time.UTC) // the 21st in Berlin
	for _, c := range []struct {
		zone *time.Location
		at   time.Time
		l    part.Locale
		want string
	}{
		{nil, now, part.English, "today, 23:30"},
		{berlin, now, part.German, "heute, 00:30"},
		{berlin, now.Add(-time.Hour), part.German, "gestern, 23:30"},
		{nil, now.AddDate(0, 0, -1), part.English, "yesterday, 23:30"},
		{nil, now.AddDate(0, 0, -2), part.English, "18 November 2026"},
		{nil, now.AddDate(0, -8, 0), part.German, "20. März 2026"},
		{nil, now.AddDate(0, 0, 1), part.German, "21. November 2026"},
		{nil, now, part.French, "aujourd’hui, 23:30"},
		{nil, now.AddDate(0, -8, 0), part.French, "20 mars 2026"},
		{nil, now.AddDate(0, 0, -19), part.French, "1er novembre 2026"},
		{nil, now.AddDate(0, 0, -19), part.English, "1 November 2026"},
		{nil, now.AddDate(0, 0, -19), part.German, "1. November 2026"},
		{nil, now.AddDate(0, 0, -1), part.Spanish, "ayer, 23:30"},
		{nil, now.AddDate(0, 0, -19), part.Spanish, "1 de noviembre de 2026"},
		{nil, time.Time{}, part.English, "never"},
		{nil, time.Time{}, part.Spanish, "nunca"},
	} {
		var b bytes.Buffer
		d := data{Base: part.Base{Now: now, Zone: c.zone}, Time: c.at}
		if err := page(`{{template "moment" (.When .Time)}}`).Execute(&b, c.l, d); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(b.String(), c.want) {
			t.Errorf("no %q in %s", c.want, b.String())
		}
	}
}

func TestWaitRoundsUp(t *testing.T) {
	for d, want := range map[time.Duration]string{
		-time.Second: "1 s", 0: "1 s", time.Millisecond: "1 s", 1500 * time.Millisecond: "2 s",
		90 * time.Second: "90 s", 91 * time.Second: "2 min", 10 * time.Minute: "10 min",
	} {
		if got := part.Wait(d); got != want {
			t.Errorf("Wait(%s) = %q, want %q", d, got, want)
		}
	}
}

func TestAssetPathsFollowTheirBytes(t *testing.T) {
	seen := map[string]bool{}
	for _, a := range part.Assets() {
		if seen[a.Path] || len(a.Body) == 0 || a.Type == "" || !strings.HasPrefix(a.Path, part.AssetPrefix) {
			t.Errorf("%s: %s, %d bytes of %q", a.Name, a.Path, len(a.Body), a.Type)
		}
		seen[a.Path] = true
	}
}

func TestExplainScopesDropsNone(t *testing.T) {
	names := []string{"openid", "profile", "email", "address", "phone", "offline_access", "made_up"}
	got := part.ExplainScopes(names)
	for i, c := range got {
		if c.Name != names[i] || (c.Title == "") != (c.Name == "made_up") {
			t.Errorf("%+v", c)
		}
	}
	if len(got) != len(names) {
		t.Errorf("%d of %d", len(got), len(names))
	}
	if label := (part.Scope{Name: "write:events"}).Label(); label != "write:events" {
		t.Errorf("label %q", label)
	}
}
