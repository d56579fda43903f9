package mycalapp

import (
	"context"
	"encoding/json"
	"errors"
	"mime"
	"net/http"
	"time"

	"github.com/cardea-iam/cardea/sdk/verify"
)

// protect makes the verifier of access tokens: Cardea's, for this API, asked about again each
// second, so that access which a person withdraws ends at once.
func (a *app) protect() error {
	v, err := verify.New(context.Background(), verify.Config{
		Issuer:        a.Issuer,
		Audience:      a.BaseURL + "/api",
		Introspection: a.Introspection,
		Lazy:          true, // Cardea may start after us
		Name:          "MyCalApp",
		Scopes:        []string{"read:events", "write:events"},
		HTTPClient:    a.HTTPClient,
		Logger:        a.Logger,
		Now:           a.Now,
	})
	a.verifier = v
	return err
}

// mountAPI adds the API: every route names the scope that opens it.
func (a *app) mountAPI(mux *http.ServeMux) {
	read, write := a.verifier.RequireScope("read:events"), a.verifier.RequireScope("write:events")
	mux.Handle("GET /api/events", read(http.HandlerFunc(a.listEvents)))
	mux.Handle("POST /api/events", write(http.HandlerFunc(a.addEvent)))
	// Clients that come without a token learn here whom to ask for one (RFC 9728).
	mux.Handle("GET "+a.verifier.MetadataPath(), a.verifier.MetadataHandler())
}

// listEvents answers with the person's events from now on.
func (a *app) listEvents(w http.ResponseWriter, r *http.Request) {
	// The token says whose calendar it is. The app cannot ask for somebody else's.
	token, _ := verify.FromContext(r.Context())
	now := a.Now()
	a.answer(w, http.StatusOK, map[string][]Event{"events": a.calendar.between(token.Subject, now, now.AddDate(0, 0, 60))})
}

// addEvent writes one event into the person's calendar and notes which app did it.
func (a *app) addEvent(w http.ResponseWriter, r *http.Request) {
	token, _ := verify.FromContext(r.Context())
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		a.answer(w, http.StatusUnsupportedMediaType, problem{"send application/json"})
		return
	}
	var wanted struct {
		Title string    `json:"title"`
		Start time.Time `json:"start"`
		End   time.Time `json:"end"`
	}
	decoder := json.NewDecoder(http.MaxBytesReader(w, r.Body, 16<<10))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&wanted); err != nil {
		a.answer(w, http.StatusBadRequest, problem{"send title, start and end; times as in 2026-12-01T10:00:00+01:00"})
		return
	}
	event, err := a.calendar.add(token.Subject, Event{
		Title: wanted.Title, Start: wanted.Start, End: wanted.End, AddedBy: token.ClientID,
	})
	var invalid invalidEvent
	if errors.As(err, &invalid) {
		a.answer(w, http.StatusUnprocessableEntity, problem{string(invalid)})
		return
	}
	a.answer(w, http.StatusCreated, event)
}

type problem struct {
	Error string `json:"error"`
}

func (a *app) answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	if err := json.NewEncoder(w).Encode(body); err != nil {
		a.Logger.Debug("mycalapp: the client left", "error", err)
	}
}
