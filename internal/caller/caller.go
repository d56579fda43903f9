// Package caller says who asks: the argument that every guarded operation takes, that policy
// decides on and that the log keeps.
package caller

import "encoding/json"

// Kind is the sort of the one who asks.
type Kind string

// The kinds of callers.
const (
	Anonymous Kind = "anonymous" // nobody has proved anything yet
	Account   Kind = "account"   // a person, by session or token
	Client    Kind = "client"    // an application in its own name
	Operator  Kind = "operator"  // whoever may open the server's data folder
	System    Kind = "system"    // a job of the server itself
)

// Caller is one who asks. Make one with the constructors; the zero value is refused by policy.
type Caller struct {
	Kind      Kind     `json:"kind"`
	ID        string   `json:"id,omitempty"`       // account, client, or name of the job
	Client    string   `json:"client,omitempty"`   // the client that speaks for an account
	Actors    []string `json:"actors,omitempty"`   // who acts for ID, nearest first (RFC 8693 §4.1)
	Session   string   `json:"session,omitempty"`  // session id
	Strength  string   `json:"strength,omitempty"` // acr of the session
	Address   string   `json:"address,omitempty"`  // IP address without port
	RequestID string   `json:"request,omitempty"`
}

// Nobody is a caller who has proved nothing.
func Nobody(address, request string) Caller {
	return Caller{Kind: Anonymous, Address: address, RequestID: request}
}

// Person is an account; session and strength are empty where it speaks by token.
func Person(account, session, strength, address, request string) Caller {
	return Caller{Kind: Account, ID: account, Session: session, Strength: strength, Address: address, RequestID: request}
}

// Application is a client that has authenticated.
func Application(client, address, request string) Caller {
	return Caller{Kind: Client, ID: client, Client: client, Address: address, RequestID: request}
}

// Local is whoever opened the administration socket in the server's data folder.
func Local(request string) Caller {
	return Caller{Kind: Operator, ID: "local", RequestID: request}
}

// Job is a job of the server itself.
func Job(name string) Caller { return Caller{Kind: System, ID: name} }

// Through returns the caller speaking by a client.
func (c Caller) Through(client string) Caller { c.Client = client; return c }

// Subject is "kind:id", the form in which the log indexes its actors.
func (c Caller) Subject() string { return string(c.Kind) + ":" + c.ID }

// JSON is the caller as it stands in the log.
func (c Caller) JSON() string {
	if len(c.Actors) == 0 && plain(c.ID) && plain(c.Client) && plain(c.Session) && plain(c.Strength) && plain(c.Address) && plain(c.RequestID) {
		return c.fast()
	}
	b, err := json.Marshal(c)
	if err != nil {
		panic("caller: strings always marshal: " + err.Error())
	}
	return string(b)
}

// fast writes what json.Marshal would, for text that needs no escapes.
func (c Caller) fast() string {
	b := make([]byte, 0, 192)
	b = append(b, `{"kind":"`...)
	b = append(b, c.Kind...)
	b = append(b, '"')
	for _, f := range [...]struct{ name, value string }{
		{`,"id":"`, c.ID}, {`,"client":"`, c.Client}, {`,"session":"`, c.Session},
		{`,"strength":"`, c.Strength}, {`,"address":"`, c.Address}, {`,"request":"`, c.RequestID},
	} {
		if f.value != "" {
			b = append(b, f.name...)
			b = append(b, f.value...)
			b = append(b, '"')
		}
	}
	return string(append(b, '}'))
}

func plain(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < 0x20 || c > 0x7e || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&' {
			return false
		}
	}
	return true
}
