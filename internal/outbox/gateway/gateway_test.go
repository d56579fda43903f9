package gateway_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/cardea-iam/cardea/internal/outbound"
	"github.com/cardea-iam/cardea/internal/outbox"
	"github.com/cardea-iam/cardea/internal/outbox/gateway"
	"github.com/cardea-iam/cardea/internal/secret"
)

type request struct {
	body   string
	header http.Header
}

func service(t *testing.T, status int) (url string, got func() []request) {
	t.Helper()
	seen := make(chan request, 10)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		seen <- request{string(b), r.Header}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, "about +14255551212")
	}))
	t.Cleanup(s.Close)
	return s.URL + "/send", func() (out []request) {
		for {
			select {
			case r := <-seen:
				out = append(out, r)
			default:
				return out
			}
		}
	}
}

func carrier(t *testing.T, o gateway.Options) *gateway.Carrier {
	t.Helper()
	client, err := outbound.New(outbound.Options{Allow: []string{"127.0.0.1"}})
	if err != nil {
		t.Fatal(err)
	}
	if o.Body == "" {
		o.Body = `{"to":"{to}","text":"{text}","channel":"{channel}"}`
	}
	o.Prefixes, o.Channel = []string{"+1425", "+49"}, "sms"
	c, err := gateway.New(o, client)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

var message = gateway.Message{ID: "out_01", To: "+14255551212", Text: "Your \"code\"\n{to} \\ é <b> 123456"}

func TestMessageIsPostedAsTheTemplateSays(t *testing.T) {
	url, got := service(t, http.StatusAccepted)
	c := carrier(t, gateway.Options{URL: url, Token: secret.Of("t0ken"), Body: `{"messages":[{"number":"{to}","parts":["{text}"],"retries":3,"x":null}],"via":"{channel}-1"}`})
	if err := c.Send(t.Context(), message); err != nil {
		t.Fatal(err)
	}
	all := got()
	if len(all) != 1 {
		t.Fatalf("%d requests", len(all))
	}
	var v struct {
		Messages []struct {
			Number  string
			Parts   []string
			Retries int
		}
		Via string
	}
	if err := json.Unmarshal([]byte(all[0].body), &v); err != nil {
		t.Fatal(err)
	}
	if m := v.Messages[0]; m.Number != message.To || m.Parts[0] != message.Text || m.Retries != 3 || v.Via != "sms-1" {
		t.Errorf("%s", all[0].body)
	}
	for name, want := range map[string]string{"Authorization": "Bearer t0ken", "Content-Type": "application/json", "Idempotency-Key": `"out_01"`} {
		if got := all[0].header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

func TestAnswersOfTheGateway(t *testing.T) {
	for status, final := range map[int]bool{400: true, 422: true, 401: false, 403: false, 404: false, 429: false, 500: false, 302: false} {
		url, _ := service(t, status)
		err := carrier(t, gateway.Options{URL: url}).Send(t.Context(), message)
		if err == nil || outbox.IsPermanent(err) != final {
			t.Errorf("%d: %v", status, err)
		} else if strings.Contains(err.Error(), "1212") {
			t.Errorf("%d: the error repeats the answer: %v", status, err)
		}
	}
}

func TestAU33_OnlyNumbersOfTheListAreReached(t *testing.T) {
	url, got := service(t, http.StatusOK)
	c := carrier(t, gateway.Options{URL: url})
	for _, to := range []string{"+88216123456", "+442071838750", "+1900555000", "4915112345678"} {
		m := message
		m.To = to
		if err := c.Send(t.Context(), m); err == nil || !outbox.IsPermanent(err) || strings.Contains(err.Error(), to[1:]) {
			t.Errorf("%s: %v", to, err)
		}
	}
	if n := len(got()); n != 0 {
		t.Errorf("%d requests", n)
	}
}

func TestGatewayInsideIsReachedOnlyWhereAllowed(t *testing.T) {
	url, got := service(t, http.StatusOK)
	client, err := outbound.New(outbound.Options{})
	if err != nil {
		t.Fatal(err)
	}
	c, err := gateway.New(gateway.Options{URL: url, Body: `"{to}{text}"`, Prefixes: []string{"+1"}, Channel: "voice"}, client)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Send(t.Context(), message); err == nil || outbox.IsPermanent(err) || len(got()) != 0 {
		t.Errorf("%v", err)
	}
	if _, err := gateway.New(gateway.Options{Body: `{"to":{to}}`}, client); err == nil {
		t.Error("a body that is not JSON is taken")
	}
}
