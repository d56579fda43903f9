package hireme123

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

var (
	// errWithdrawn means that Cardea or MyCalApp no longer honours our tokens.
	errWithdrawn = errors.New("the access was withdrawn")
	// errNotAllowed means that the tokens are good, but not for this.
	errNotAllowed = errors.New("the access does not cover this")
)

// event is one entry of the calendar, as far as we need it.
type event struct {
	Title string    `json:"title"`
	Start time.Time `json:"start"`
	End   time.Time `json:"end"`
}

// events reads the person's events.
func (a *app) events(ctx context.Context, v *visitor) ([]event, error) {
	var list struct {
		Events []event `json:"events"`
	}
	err := a.call(ctx, v, http.MethodGet, nil, &list)
	return list.Events, err
}

// addEvent writes one event.
func (a *app) addEvent(ctx context.Context, v *visitor, title string, start, end time.Time) error {
	return a.call(ctx, v, http.MethodPost, event{title, start, end}, nil)
}

// call sends one request to MyCalApp's API on the person's behalf. An access token that expired,
// or that MyCalApp refuses, is renewed once; if that does not help, the access was withdrawn.
func (a *app) call(ctx context.Context, v *visitor, method string, body, into any) error {
	for _, renewed := range []bool{false, true} {
		if err := a.renew(ctx, v, renewed); err != nil {
			return err
		}
		status, answer, err := a.send(ctx, v.tokens, method, body)
		switch {
		case err != nil:
			return err
		case status == http.StatusUnauthorized:
			continue
		case status == http.StatusForbidden:
			return errNotAllowed
		case status >= 300:
			return fmt.Errorf("MyCalApp answered %d: %s", status, answer)
		case into == nil:
			return nil
		}
		return json.Unmarshal(answer, into)
	}
	return errWithdrawn
}

// renew makes sure that the access token is one to try: it exchanges the refresh token for a new
// pair when the access token expired, or when force is set.
func (a *app) renew(ctx context.Context, v *visitor, force bool) error {
	if v.tokens.Valid() && !force {
		return nil
	}
	if v.tokens.RefreshToken == "" {
		return errWithdrawn
	}
	_, conf, err := a.cardea(ctx)
	if err != nil {
		return err
	}
	// Without an access token, the source knows no other way than the refresh token.
	source := conf.TokenSource(oidc.ClientContext(ctx, a.HTTPClient), &oauth2.Token{RefreshToken: v.tokens.RefreshToken})
	tokens, err := source.Token()
	var refused *oauth2.RetrieveError
	switch {
	case errors.As(err, &refused) && refused.ErrorCode == "invalid_grant":
		return errWithdrawn // RFC 6749 §5.2: expired, revoked, or used by somebody else
	case err != nil:
		return fmt.Errorf("renew the access: %w", err)
	}
	// A refresh token is used once: the answer brings the next one (RFC 9700 §4.14.2). The grant
	// may have become smaller meanwhile.
	v.accept(tokens, v.scopes)
	return nil
}

func (a *app) send(ctx context.Context, tokens *oauth2.Token, method string, body any) (int, []byte, error) {
	var payload io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return 0, nil, err
		}
		payload = bytes.NewReader(text)
	}
	req, err := http.NewRequestWithContext(ctx, method, a.CalendarURL+"/api/events", payload)
	if err != nil {
		return 0, nil, err
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	req.Header.Set("Authorization", "Bearer "+tokens.AccessToken) // RFC 6750 §2.1
	resp, err := a.HTTPClient.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	return resp.StatusCode, answer, err
}

// explain turns an error into words that help, and drops access that is no longer good.
func (a *app) explain(v *visitor, err error) *message {
	switch {
	case errors.Is(err, errWithdrawn):
		v.forget()
		return &message{"sorry", "Your calendar is no longer connected",
			"You (or your administrator) withdrew HireMe123's access to your calendar. Connect again if you want."}
	case errors.Is(err, errNotAllowed):
		v.scopes = slices.DeleteFunc(v.scopes, func(s string) bool { return s == "write:events" })
		return readOnly
	}
	a.Logger.Warn("hireme123: call", "error", err)
	return &message{"sorry", "Something is out of reach",
		"Cardea or MyCalApp does not answer at the moment. Nothing was changed: please try again in a moment."}
}
