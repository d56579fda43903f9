package mail

import (
	"bytes"
	"embed"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/cardea-iam/cardea/internal/brand"
	"github.com/cardea-iam/cardea/internal/notify"
	"github.com/cardea-iam/cardea/internal/ui/part"
)

//go:embed *.html
var files embed.FS

// layout defines the "document" anew: a mail has none of a page's head and frame.
var layout = part.Parse(files, "mail.html")

// Brand is whose messages they are.
type Brand struct {
	TenantName string      // the tenant's display name
	Host       string      // of the configured origin, for codes that browsers fill in
	Theme      brand.Theme // its colours; the zero value for the built-in ones
}

// colours are tokens by their names.
type colours map[string]string

func byName(tokens []brand.Token) colours {
	c := colours{}
	for _, t := range tokens {
		c[t.Name] = t.Value
	}
	return c
}

// Rendered is a mail in both its forms.
type Rendered struct {
	Locale  part.Locale
	Subject string
	Text    string // lines of any length; carriers break them
	HTML    string
}

// fact is a line of a table.
type fact struct {
	Label *part.Message
	Value string
}

// page is what the template shows.
type page struct {
	Locale     part.Locale
	TenantName string
	Light      colours
	Dark       colours
	Subject    *part.Message
	Sentence   *part.Message
	Code       string
	Lifetime   *part.Message
	Warning    *part.Message // about passing the code on
	Facts      []fact
	Button     *part.Message
	Link       string
	Advice     *part.Message
	NotMe      string
}

// Render makes a mail. It fails for a kind without wording, which a test keeps from happening.
func Render(m notify.Message, b Brand) (Rendered, error) {
	p, err := compose(m, b)
	if err != nil {
		return Rendered{}, err
	}
	out := Rendered{Locale: p.Locale}
	if out.Subject, err = p.Subject.In(p.Locale); err != nil {
		return Rendered{}, err
	}
	if out.Text, err = p.text(); err != nil {
		return Rendered{}, err
	}
	var html bytes.Buffer
	err = layout.Execute(&html, p.Locale, p)
	out.HTML = html.String()
	return out, err
}

func compose(m notify.Message, b Brand) (*page, error) {
	w, ok := wordings[m.Kind]
	if !ok {
		return nil, fmt.Errorf("mail: no wording for %s", m.Kind)
	}
	p := &page{Locale: part.Negotiate("", m.Locale), TenantName: calm(b.TenantName), Code: m.Values["code"], Link: m.Values["link"], NotMe: m.NotMe}
	light, dark := b.Theme.Colours()
	p.Light, p.Dark = byName(light), byName(dark)
	values, err := p.values(m)
	if err != nil {
		return nil, err
	}
	say := func(k part.Key) *part.Message {
		if k == "" {
			return nil
		}
		return part.Say(k, values...)
	}
	p.Subject, p.Sentence, p.Button, p.Advice = say(w.subject), say(w.sentence), say(w.button), say(w.advice)
	if m.Kind == notify.Invitation && said(values, "inviter") == said(values, "tenant") {
		p.Sentence = say("mail.invitation.sentence.own") // nobody that one could name
	}
	if p.Code != "" {
		p.Lifetime, p.Warning = say("mail.lifetime"), say("mail.warning")
	}
	if m.Kind == notify.UnusualSignIn {
		for _, f := range []struct {
			label part.Key
			name  string
		}{{"mail.fact.device", "device"}, {"mail.fact.place", "place"}, {"mail.fact.time", "time"}} {
			if v := said(values, f.name); v != "" {
				p.Facts = append(p.Facts, fact{part.Say(f.label), v})
			}
		}
	}
	return p, nil
}

// values are the message's values as people read them, and the tenant's name.
func (p *page) values(m notify.Message) ([]any, error) {
	out := []any{}
	for name, v := range m.Values {
		var err error
		switch name {
		case "date":
			v, err = moment(p.Locale, v, false)
		case "time":
			v, err = moment(p.Locale, v, true)
		case "factor":
			key, ok := factors[v]
			if !ok {
				key = otherFactor
			}
			v, err = part.Say(key).In(p.Locale)
		case "address":
			local, domain, _ := strings.Cut(v, "@")
			v = calm(local) + "@" + domain
		case "app", "inviter", "tenant":
			if v = calm(v); v == "" {
				v = p.TenantName
			}
		default:
			v = calm(v)
		}
		if err != nil {
			return nil, err
		}
		out = append(out, name, v)
	}
	if _, given := m.Values["tenant"]; !given {
		out = append(out, "tenant", p.TenantName)
	}
	return out, nil
}

func said(values []any, name string) string {
	for i := 0; i+1 < len(values); i += 2 {
		if values[i] == name {
			return fmt.Sprint(values[i+1])
		}
	}
	return ""
}

// moment tells a time in words, in UTC: nobody knows the reader's zone.
func moment(l part.Locale, rfc3339 string, clock bool) (string, error) {
	at, err := time.Parse(time.RFC3339, rfc3339)
	if err != nil {
		return "", err
	}
	day, err := part.Moment{At: at.UTC()}.Date(l)
	if clock {
		day += ", " + at.UTC().Format("15:04") + " UTC"
	}
	return day, err
}

// text is the mail without HTML: blocks with an empty line between them, links in angle brackets
// as RFC 3986 Appendix C advises.
func (p *page) text() (string, error) {
	var blocks []string
	var firstErr error
	add := func(m *part.Message, more ...string) {
		if m == nil {
			return
		}
		s, err := m.In(p.Locale)
		if err != nil && firstErr == nil {
			firstErr = err
		}
		blocks = append(blocks, strings.Join(append([]string{s}, more...), "\n"))
	}
	add(p.Sentence)
	if p.Code != "" {
		blocks = append(blocks, "    "+p.Code)
	}
	add(p.Lifetime)
	var facts []string
	for _, f := range p.Facts {
		label, err := f.Label.In(p.Locale)
		if err != nil && firstErr == nil {
			firstErr = err
		}
		facts = append(facts, label+": "+f.Value)
	}
	if len(facts) > 0 {
		blocks = append(blocks, strings.Join(facts, "\n"))
	}
	add(p.Button, "<"+p.Link+">")
	add(p.Warning)
	add(p.Advice)
	if p.NotMe != "" {
		add(part.Say("mail.not_me.sentence"), "<"+p.NotMe+">")
	}
	add(part.Say("mail.footer", "tenant", p.TenantName))
	last := len(blocks) - 1
	blocks[last] = "-- \n" + blocks[last] // RFC 3676 §4.3
	return strings.Join(blocks, "\n\n") + "\n", firstErr
}

// Text is a message to a telephone. A text message ends with the line by which browsers offer the
// code to pages of our host alone ("origin-bound one-time codes"). In a call the code is spelt.
func Text(m notify.Message, b Brand) (string, error) {
	w, ok := wordings[m.Kind]
	if !ok || w.text == "" {
		return "", fmt.Errorf("mail: %s has no wording for telephones", m.Kind)
	}
	p := &page{Locale: part.Negotiate("", m.Locale), TenantName: calm(b.TenantName)}
	values, err := p.values(m)
	if err != nil {
		return "", err
	}
	if m.Channel == notify.Voice {
		return part.Say("mail.voice", append(values, "digits", strings.Join(strings.Split(m.Values["code"], ""), ", "))...).In(p.Locale)
	}
	text, err := part.Say(w.text, values...).In(p.Locale)
	return text + "\n\n@" + b.Host + " #" + m.Values["code"], err
}

// HostOf is the host of an origin, without port.
func HostOf(origin string) string {
	u, err := url.Parse(origin)
	if err != nil {
		return ""
	}
	return u.Hostname()
}
