package rig

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// Person is somebody with a user agent.
type Person struct {
	*Agent
	Username, Password string
	Deny               bool // how they answer on consent pages
	App                *App // their authenticator app, if they have one
}

// Authorize opens an authorization request and does what its pages ask, until the answer goes to
// the redirect URI. It returns the answer's parameters, from the query or from a form_post page.
func (p *Person) Authorize(ctx context.Context, request, redirectURI string) (url.Values, error) {
	page, err := p.Follow(ctx, request, redirectURI)
	if err != nil {
		return nil, err
	}
	for range 10 {
		if to := page.Location(); to != nil {
			return to.Query(), nil
		}
		next, answer, err := p.act(ctx, page, redirectURI)
		if err != nil || answer != nil {
			return answer, err
		}
		page = next
	}
	return nil, fmt.Errorf("the flow does not end: %s", page.URL)
}

// act does what one page asks for.
func (p *Person) act(ctx context.Context, page *Page, redirectURI string) (*Page, url.Values, error) {
	for _, f := range page.Forms() {
		switch {
		case strings.HasPrefix(f.Action, redirectURI):
			return nil, f.Fields, nil
		case f.Fields.Has("password"):
			for _, name := range []string{"username", "login"} {
				if slices.Contains(f.Inputs, name) && f.Fields.Get(name) == "" {
					f.Fields.Set(name, p.Username)
				}
			}
			f.Fields.Set("password", p.Password)
			next, err := p.Press(ctx, f, f.button("submit"), redirectURI)
			return next, nil, err
		case slices.Contains(f.Inputs, "username"): // who one is, on a page before the password's
			f.Fields.Set("username", p.Username)
			next, err := p.Press(ctx, f, f.button("submit"), redirectURI)
			return next, nil, err
		case p.App != nil && slices.Contains(f.Inputs, "code"):
			code, err := p.App.Code()
			if err != nil {
				return nil, nil, err
			}
			f.Fields.Set("code", code)
			next, err := p.Press(ctx, f, f.button("submit"), redirectURI)
			return next, nil, err
		case f.has("approve"):
			id := "approve"
			if p.Deny {
				id = "deny"
			}
			next, err := p.Press(ctx, f, f.button(id), redirectURI)
			return next, nil, err
		case f.has("other"): // an account chooser
			next, err := p.Press(ctx, f, f.Buttons[0], redirectURI)
			return next, nil, err
		case f.Fields.Get("prompt") == "consent": // the peer's consent page
			next, err := p.Press(ctx, f, Button{}, redirectURI)
			return next, nil, err
		}
	}
	return nil, nil, fmt.Errorf("%s answered %d with nothing to do:\n%.2000s", page.URL, page.Status, page.Body)
}

func (f Form) has(id string) bool {
	return slices.ContainsFunc(f.Buttons, func(b Button) bool { return b.ID == id })
}

// button finds a button by its id; a nameless one when there is none.
func (f Form) button(id string) Button {
	for _, b := range f.Buttons {
		if b.ID == id {
			return b
		}
	}
	return Button{}
}
