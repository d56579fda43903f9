package rig

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/net/html"
)

// Agent is a browser without script: it keeps cookies and fills in forms. It treats localhost as
// a secure origin, as Chromium and Firefox do. It follows no redirect by itself.
type Agent struct {
	Headers http.Header // sent with every request
	Seen    func(*Page) // called with every answer, if set
	client  *http.Client
	cookies map[string]map[string]string // by host and name
}

// NewAgent makes an agent with an empty cookie jar.
func NewAgent() *Agent { return newAgent(dialLocal) }

// Through makes an agent with the same cookies that reaches every host at one address: another
// node behind the same name.
func (a *Agent) Through(address string) *Agent {
	other := newAgent(dialTo(address))
	other.Headers, other.cookies = a.Headers, a.cookies
	return other
}

type dialFunc func(ctx context.Context, network, address string) (net.Conn, error)

func newAgent(dial dialFunc) *Agent {
	return &Agent{
		Headers: http.Header{"Accept-Language": {"en"}},
		cookies: map[string]map[string]string{},
		client: &http.Client{
			Timeout: 20 * time.Second,
			Transport: &http.Transport{
				MaxIdleConnsPerHost: 1,
				DialContext:         dial,
			},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
}

// dialLocal takes localhost for 127.0.0.1, where the servers of a test listen.
func dialLocal(ctx context.Context, network, address string) (net.Conn, error) {
	dial := net.Dialer{Timeout: 5 * time.Second}
	return dial.DialContext(ctx, network, strings.Replace(address, "localhost:", "127.0.0.1:", 1))
}

// dialTo connects to one address, whatever was asked for.
func dialTo(address string) dialFunc {
	return func(ctx context.Context, network, _ string) (net.Conn, error) {
		return dialLocal(ctx, network, address)
	}
}

// Page is an answer.
type Page struct {
	Status int
	Header http.Header
	URL    *url.URL // where it came from
	Body   []byte
}

// Location is where a redirect leads, absolute; nil when the answer is none.
func (p *Page) Location() *url.URL {
	if p.Status < 300 || p.Status > 399 || p.Header.Get("Location") == "" {
		return nil
	}
	u, err := p.URL.Parse(p.Header.Get("Location"))
	if err != nil {
		return nil
	}
	return u
}

// Cookie returns the value of a cookie that the agent holds for a URL's host.
func (a *Agent) Cookie(of, name string) string {
	u, err := url.Parse(of)
	if err != nil {
		return ""
	}
	return a.cookies[u.Host][name]
}

// CookieHeader is what the agent would send to a URL's host.
func (a *Agent) CookieHeader(of string) string {
	u, err := url.Parse(of)
	if err != nil {
		return ""
	}
	var list []string
	for name, value := range a.cookies[u.Host] {
		list = append(list, name+"="+value)
	}
	return strings.Join(list, "; ")
}

// Get asks for a URL.
func (a *Agent) Get(ctx context.Context, target string) (*Page, error) {
	return a.do(ctx, http.MethodGet, target, nil, "")
}

// Post sends a form, as a page of the same origin would.
func (a *Agent) Post(ctx context.Context, target string, form url.Values) (*Page, error) {
	u, err := url.Parse(target)
	if err != nil {
		return nil, err
	}
	return a.do(ctx, http.MethodPost, target, form, u.Scheme+"://"+u.Host)
}

func (a *Agent) do(ctx context.Context, method, target string, form url.Values, origin string) (*Page, error) {
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	req, err := http.NewRequestWithContext(ctx, method, target, body)
	if err != nil {
		return nil, err
	}
	for name, values := range a.Headers {
		req.Header[name] = values
	}
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if origin != "" {
		req.Header.Set("Origin", origin)
		req.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	if c := a.CookieHeader(target); c != "" {
		req.Header.Set("Cookie", c)
	}
	answer, err := a.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close() //nolint:errcheck // read to its end
	text, err := io.ReadAll(io.LimitReader(answer.Body, 4<<20))
	if err != nil {
		return nil, err
	}
	jar := a.cookies[req.URL.Host]
	if jar == nil {
		jar = map[string]string{}
		a.cookies[req.URL.Host] = jar
	}
	for _, c := range answer.Cookies() {
		if c.MaxAge < 0 || c.Value == "" || !c.Expires.IsZero() && c.Expires.Before(time.Now()) {
			delete(jar, c.Name)
		} else {
			jar[c.Name] = c.Value
		}
	}
	page := &Page{answer.StatusCode, answer.Header, req.URL, text}
	if a.Seen != nil {
		a.Seen(page)
	}
	return page, nil
}

// Follow asks for a URL and follows redirects until a page, or until one leads to a URL that
// begins with stop; that redirect is returned.
func (a *Agent) Follow(ctx context.Context, target, stop string) (*Page, error) {
	page, err := a.Get(ctx, target)
	if err != nil {
		return nil, err
	}
	return a.settle(ctx, page, stop)
}

func (a *Agent) settle(ctx context.Context, page *Page, stop string) (*Page, error) {
	for range 20 {
		to := page.Location()
		if to == nil || stop != "" && strings.HasPrefix(to.String(), stop) {
			return page, nil
		}
		var err error
		if page, err = a.Get(ctx, to.String()); err != nil {
			return nil, err
		}
	}
	return nil, fmt.Errorf("more than 20 redirects, the last to %s", page.URL)
}

// Form is a form of a page with the values that it came with.
type Form struct {
	Action  string // absolute
	Fields  url.Values
	Buttons []Button // those that submit
	Inputs  []string // the names that a person fills in
}

// Button is a submit button.
type Button struct{ ID, Name, Value string }

// Forms are the forms of a page in their order.
func (p *Page) Forms() []Form {
	doc, err := html.Parse(bytes.NewReader(p.Body))
	if err != nil {
		return nil
	}
	var out []Form
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode || n.Data != "form" {
			continue
		}
		action, err := p.URL.Parse(attribute(n, "action"))
		if err != nil {
			continue
		}
		f := Form{Action: action.String(), Fields: url.Values{}}
		for e := range n.Descendants() {
			if e.Type == html.ElementNode {
				f.add(e)
			}
		}
		out = append(out, f)
	}
	return out
}

func (f *Form) add(e *html.Node) {
	name, value, kind := attribute(e, "name"), attribute(e, "value"), attribute(e, "type")
	switch {
	case e.Data == "button" && (kind == "" || kind == "submit"), e.Data == "input" && kind == "submit":
		f.Buttons = append(f.Buttons, Button{attribute(e, "id"), name, value})
	case e.Data == "input" && name != "":
		f.Fields.Add(name, value)
		if kind != "hidden" {
			f.Inputs = append(f.Inputs, name)
		}
	}
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// Element finds the text of the element with an id; ok is false when there is none.
func (p *Page) Element(id string) (text string, ok bool) {
	doc, err := html.Parse(bytes.NewReader(p.Body))
	if err != nil {
		return "", false
	}
	for n := range doc.Descendants() {
		if n.Type == html.ElementNode && attribute(n, "id") == id {
			var b strings.Builder
			for d := range n.Descendants() {
				if d.Type == html.TextNode {
					b.WriteString(d.Data)
				}
			}
			return b.String(), true
		}
	}
	return "", false
}

// Press sends a form with one of its buttons and follows redirects as Follow does.
func (a *Agent) Press(ctx context.Context, f Form, button Button, stop string) (*Page, error) {
	if button.Name != "" {
		f.Fields.Set(button.Name, button.Value)
	}
	page, err := a.Post(ctx, f.Action, f.Fields)
	if err != nil {
		return nil, err
	}
	return a.settle(ctx, page, stop)
}
