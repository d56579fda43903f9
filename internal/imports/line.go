package imports

import (
	"encoding/json"
	"errors"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/credential"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/strictjson"
)

// maxExternal bounds an external id, in bytes.
const maxExternal = 255

// line is one account of the file. Members that are not named here are refused: what an export says
// is either taken or seen to be left out.
type line struct {
	Username      string    `json:"username"`
	Email         string    `json:"email"`
	EmailVerified bool      `json:"email_verified"`
	Emails        []address `json:"emails"` // more of them, or all
	account.Claims
	PhoneVerified bool            `json:"phone_number_verified"`
	PasswordHash  json.RawMessage `json:"password_hash"`
	Enabled       *bool           `json:"enabled"` // true if it is not there
	CreatedAt     time.Time       `json:"created_at"`
	ExternalID    string          `json:"external_id"`
}

type address struct {
	Email    string `json:"email"`
	Verified bool   `json:"email_verified"`
}

// entry is a line that was read: a draft with its password, or a rejection.
type entry struct {
	draft    account.Draft
	sealed   credential.Sealed
	decoy    string // "" without a password
	external string
	rejected *Rejection
	blank    bool
}

// read judges one line. It writes nothing.
func (room *Room) read(tenant id.Tenant, text string, number int64, now time.Time) entry {
	if strings.TrimSpace(text) == "" {
		return entry{blank: true}
	}
	e, err := room.parse(tenant, text, now)
	if err != nil {
		e.rejected = reject(number, err)
	}
	return e
}

func (room *Room) parse(tenant id.Tenant, text string, now time.Time) (e entry, err error) {
	var in line
	if err := strictjson.Unmarshal([]byte(text), &in, strictjson.MaxBytes(maxLine)); err != nil {
		return e, err
	}
	past := account.Past{
		Username: in.Username, Claims: in.Claims, PhoneVerified: in.PhoneVerified,
		Disabled: in.Enabled != nil && !*in.Enabled, CreatedAt: in.CreatedAt,
	}
	if in.Email != "" {
		past.Emails = append(past.Emails, account.PastEmail{Address: in.Email, Verified: in.EmailVerified})
	} else if in.EmailVerified {
		return e, guard.Invalid("email", "Give the e-mail address that is verified.")
	}
	for _, a := range in.Emails {
		past.Emails = append(past.Emails, account.PastEmail{Address: a.Email, Verified: a.Verified})
	}
	if e.draft, err = past.Draft(now); err != nil {
		return e, err
	}
	if e.external = in.ExternalID; len(e.external) > maxExternal || !utf8.ValidString(e.external) || strings.ContainsFunc(e.external, unicode.IsControl) {
		return e, guard.Invalid("external_id", "An external id is plain text of at most 255 bytes.")
	}
	if len(in.PasswordHash) > 0 && string(in.PasswordHash) != "null" {
		if e.sealed, e.decoy, err = room.passwords.Adopt(tenant, e.draft.ID, in.PasswordHash); err != nil {
			return e, &guard.Problem{Code: "invalid", Field: "password_hash", Public: sentence(err.Error())}
		}
	}
	return e, nil
}

// reject says why a line makes no account. No reason holds what stood in the line.
func reject(number int64, err error) *Rejection {
	r := &Rejection{Line: number}
	var problem *guard.Problem
	var malformed *strictjson.Error
	switch {
	case errors.As(err, &problem):
		r.Field, r.Reason = problem.Field, problem.Public
	case errors.As(err, &malformed):
		r.Field, _, _ = strings.Cut(strings.TrimPrefix(malformed.Pointer, "/"), "/")
		r.Reason = "This is not the JSON of an account: " + malformed.Reason + "."
	default:
		r.Reason = "This account cannot be imported."
	}
	if len(r.Field) > 64 || !utf8.ValidString(r.Field) {
		r.Field = "" // the name of a member that nobody knows may hold anything
	}
	return r
}

// sentence makes a sentence of an error text.
func sentence(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + text[size:] + "."
}
