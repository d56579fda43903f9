package notify

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/client"
	"github.com/cardea-iam/cardea/internal/factor"
)

// Channel is the way that a message takes; each is the outbox.Kind of its carrier.
type Channel string

// The channels. The zero value means Mail.
const (
	Mail  Channel = "mail"
	SMS   Channel = "sms"
	Voice Channel = "voice"
)

// Letter is one message to one address.
type Letter struct {
	Kind    Kind
	Channel Channel    // "" is Mail
	To      string     // an e-mail address, or for SMS and Voice a number such as +14255551212 (E.164)
	Account account.ID // whom it concerns, "" if nobody has an account yet
	Locale  string     // BCP 47 tags in order of preference, separated by spaces; "" is the account's
	Client  client.ID  // the application in which it arose, "" for none
	Values  Values
}

// Message is a letter as its carrier gets it.
type Message struct {
	Letter
	NotMe     string    // the link "this wasn't me", "" for none
	CreatedAt time.Time // when it was told
	ExpiresAt time.Time // when it has lost its use (codes), zero for never

	toNobody bool
}

// maxText bounds a value that a person wrote, in runes.
const maxText = 200

var (
	number   = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`)
	codeForm = regexp.MustCompile(`^[0-9A-Za-z-]{4,32}$`)
	decimal  = regexp.MustCompile(`^(0|[1-9][0-9]{0,8})$`)
)

// parsed checks a letter against its kind and returns it with free texts made one line.
func (r *Room) parsed(l Letter) (Letter, error) {
	t, known := kinds[l.Kind]
	if !known {
		return l, fmt.Errorf("notify: there is no message %q", l.Kind)
	}
	switch l.Channel {
	case "", Mail:
		l.Channel = Mail
		to, err := account.ParseEmail(l.To)
		if err != nil {
			return l, fmt.Errorf("notify: %s goes to what is no e-mail address", l.Kind)
		}
		l.To = string(to)
	case SMS, Voice:
		if !t.phone || !number.MatchString(l.To) {
			return l, fmt.Errorf("notify: %s cannot go to this telephone number", l.Kind)
		}
	default:
		return l, fmt.Errorf("notify: there is no channel %q", l.Channel)
	}
	values := Values{}
	for _, name := range t.values {
		v, ok := l.Values[name]
		if !ok {
			return l, fmt.Errorf("notify: %s needs the value %s", l.Kind, name)
		}
		v, err := r.value(forms[name], v)
		if err != nil {
			return l, fmt.Errorf("notify: %s: the value %s %w", l.Kind, name, err)
		}
		values[name] = v
	}
	for name := range l.Values {
		if !slices.Contains(t.values, name) {
			return l, fmt.Errorf("notify: %s takes no value %s", l.Kind, name)
		}
	}
	l.Values = values
	return l, nil
}

// value checks one value. The error does not repeat it: it may be a secret.
func (r *Room) value(f form, v string) (string, error) {
	ok := true
	switch f {
	case free:
		return oneLine(v), nil
	case code:
		ok = codeForm.MatchString(v)
	case link:
		ok = strings.HasPrefix(v, r.baseURL+"/") && !strings.ContainsFunc(v, func(c rune) bool { return c <= ' ' || c > '~' })
	case count:
		ok = decimal.MatchString(v)
	case moment:
		_, err := time.Parse(time.RFC3339, v)
		ok = err == nil
	case method:
		ok = slices.Contains(factor.Kinds(), factor.Kind(v))
	case email:
		_, err := account.ParseEmail(v)
		ok = err == nil
	}
	if !ok {
		return "", fmt.Errorf("has not the form that it must have")
	}
	return v, nil
}

// oneLine takes control characters, line ends and marks that turn the direction of writing out of
// a text, and shortens it.
func oneLine(s string) string {
	s = strings.Map(func(c rune) rune {
		switch {
		case unicode.IsControl(c), c == '\u2028', c == '\u2029':
			return ' '
		case unicode.Is(unicode.Bidi_Control, c), c == unicode.ReplacementChar:
			return -1
		}
		return c
	}, strings.ToValidUTF8(s, ""))
	runes := []rune(strings.Join(strings.Fields(s), " "))
	if len(runes) > maxText {
		runes = append(runes[:maxText-1], '…')
	}
	return string(runes)
}

// expires is when a message told at a time has lost its use.
func (l Letter) expires(told time.Time) time.Time {
	for name, unit := range map[string]time.Duration{"minutes": time.Minute, "hours": time.Hour} {
		if n, err := strconv.Atoi(l.Values[name]); err == nil {
			return told.Add(time.Duration(n) * unit)
		}
	}
	return time.Time{}
}
