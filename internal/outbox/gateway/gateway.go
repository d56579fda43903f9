// Package gateway carries messages to telephones through an HTTP service that the operator has:
// one POST of JSON for each message.
//
// Nothing is sent to a number whose beginning is not on the list: traffic to numbers that pay
// their owners is a business model of attackers (security row AU33). The effect's id goes along as
// Idempotency-Key, by which a gateway may recognise a repetition.
package gateway

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/cardea-iam/cardea/internal/outbound"
	"github.com/cardea-iam/cardea/internal/outbox"
	"github.com/cardea-iam/cardea/internal/secret"
)

// Options describe a service.
type Options struct {
	URL      string
	Token    secret.Secret // of the header Authorization: Bearer; empty for none
	Body     string        // JSON; {to}, {text} and {channel} inside of its texts are replaced
	Prefixes []string      // how numbers begin that may be reached
	Channel  string        // sms or voice
}

// Message is one message to one number.
type Message struct {
	ID   outbox.ID
	To   string // E.164 with its plus
	Text string
}

// Carrier posts to one service. It is safe for concurrent use.
type Carrier struct {
	o      Options
	body   any // the parsed template
	client *outbound.Client
}

// New returns the carrier of a service. It fails if Body is not JSON.
func New(o Options, client *outbound.Client) (*Carrier, error) {
	c := &Carrier{o: o, client: client}
	if err := json.Unmarshal([]byte(o.Body), &c.body); err != nil {
		return nil, fmt.Errorf("the body for the %s gateway: %w", o.Channel, err)
	}
	return c, nil
}

var errPrefix = errors.New("numbers that begin so are not on the list of those that may be reached")

// Send posts a message. An answer of 2xx is success. 4xx is permanent, except 401, 403, 404, 408,
// 425 and 429, which are about the configuration or the moment and not about the message.
func (c *Carrier) Send(ctx context.Context, m Message) error {
	if !slices.ContainsFunc(c.o.Prefixes, func(p string) bool { return strings.HasPrefix(m.To, p) }) {
		return outbox.Permanent(errPrefix)
	}
	body, err := c.fill(m)
	if err != nil {
		return outbox.Permanent(err)
	}
	header := http.Header{"Content-Type": {"application/json"}, "Idempotency-Key": {`"` + string(m.ID) + `"`}}
	if !c.o.Token.Empty() {
		header.Set("Authorization", "Bearer "+c.o.Token.Reveal())
	}
	res, err := c.client.Do(ctx, outbound.Request{Method: http.MethodPost, URL: c.o.URL, Header: header, Body: body})
	if err != nil {
		return fmt.Errorf("reach the %s gateway: %w", c.o.Channel, err)
	}
	if res.Status/100 == 2 {
		return nil
	}
	err = fmt.Errorf("the %s gateway answered %d", c.o.Channel, res.Status)
	passing := []int{http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests}
	if res.Status/100 == 4 && !slices.Contains(passing, res.Status) {
		return outbox.Permanent(err)
	}
	return err
}

// fill puts the message into the template. Values go into parsed texts, so that no value can end
// one.
func (c *Carrier) fill(m Message) ([]byte, error) {
	values := strings.NewReplacer("{to}", m.To, "{text}", m.Text, "{channel}", c.o.Channel)
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(filled(c.body, values))
	return bytes.TrimSpace(b.Bytes()), err
}

func filled(v any, values *strings.Replacer) any {
	switch v := v.(type) {
	case string:
		return values.Replace(v)
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = filled(e, values)
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for name, e := range v {
			out[name] = filled(e, values)
		}
		return out
	}
	return v
}
