package account

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/ui/own"
	"github.com/cardea-iam/cardea/internal/ui/part"
	"github.com/cardea-iam/cardea/internal/ui/visit"
	"github.com/cardea-iam/cardea/internal/web"
)

// fieldVersion carries the version that the person saw.
const fieldVersion = "version"

// maxLine is what account takes of a claim of one line, in bytes.
const maxLine = 256

func (room *Room) profile(w http.ResponseWriter, r *web.Request, o visit.Owner) error {
	return room.showProfile(w, r, o, o.Account.Version, o.Account.Claims, nil)
}

func (room *Room) showProfile(w http.ResponseWriter, r *web.Request, o visit.Owner, version int64, c account.Claims, problems map[string]Problem) error {
	f, err := room.frame(r, o, own.PathProfile)
	if err != nil {
		return err
	}
	page := &Profile{Frame: f, Action: visit.URL(r, own.PathProfile), Problems: problems, Claims: Claims{
		Name: c.Name, GivenName: c.GivenName, FamilyName: c.FamilyName, MiddleName: c.MiddleName, Nickname: c.Nickname,
		Profile: c.Profile, Picture: c.Picture, Website: c.Website, Gender: c.Gender, Birthdate: c.Birthdate,
		Zoneinfo: c.Zoneinfo, PhoneNumber: c.PhoneNumber,
		StreetAddress: c.Address.StreetAddress, Locality: c.Address.Locality, Region: c.Address.Region,
		PostalCode: c.Address.PostalCode, Country: c.Address.Country,
	}}
	page.PictureAction = visit.URL(r, PathPicture)
	page.Preferences = Preferences{Action: visit.URL(r, PathPreferences), Theme: o.Account.Theme}
	page.Preferences.Language, _ = part.ParseLocale(o.Account.Claims.Locale)
	page.Hidden = []part.Field{{Name: fieldVersion, Value: strconv.FormatInt(version, 10)}}
	if e, ok := o.Account.PrimaryEmail(); ok {
		page.Email, page.EmailVerified = string(e.Address), !e.VerifiedAt.IsZero()
	}
	return visit.Show(w, http.StatusOK, page)
}

func (room *Room) saveProfile(w http.ResponseWriter, r *web.Request, o visit.Owner) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	version, err := strconv.ParseInt(form.Get(fieldVersion), 10, 64)
	if err != nil {
		return &web.Refusal{Status: http.StatusBadRequest, Public: "The form is not one of ours.", Cause: err}
	}
	claims := written(form, o.Account.Claims)
	_, err = account.Edit(r.Context(), room.Visits.Guard, o.Caller, visit.Tenant(r), o.Account.ID, version, claims)
	var problem *guard.Problem
	switch {
	case err == nil:
		return own.Done(w, r, own.PathProfile, "profile")
	case !errors.As(err, &problem):
		return err
	case problem.Code == "conflict":
		return room.showProfile(w, r, o, o.Account.Version, o.Account.Claims, map[string]Problem{"": ChangedElsewhere})
	}
	field := strings.TrimPrefix(problem.Field, "address.")
	return room.showProfile(w, r, o, version, claims, map[string]Problem{field: fieldProblem(field, form.Get(field))})
}

// written is what the person wrote. Of all fields of the form only these are read: what the server
// owns is not among them (security row AU22).
func written(form web.Params, was account.Claims) account.Claims {
	line := func(name string) string { return strings.TrimSpace(form.Get(name)) }
	c := account.Claims{
		Name: line("name"), GivenName: line("given_name"), FamilyName: line("family_name"), MiddleName: line("middle_name"),
		Nickname: line("nickname"), Profile: line("profile"), Picture: line("picture"), Website: line("website"),
		Gender: line("gender"), Birthdate: line("birthdate"), Zoneinfo: line("zoneinfo"), Locale: was.Locale,
		PhoneNumber: dialled.Replace(line("phone_number")),
		Address: account.Address{
			StreetAddress: line("street_address"), Locality: line("locality"), Region: line("region"),
			PostalCode: line("postal_code"), Country: line("country"),
		},
	}
	same := was.Address
	same.Formatted = ""
	if same == c.Address {
		c.Address.Formatted = was.Address.Formatted // else it says something else than its parts
	}
	return c
}

// dialled drops what people write between the digits of a telephone number.
var dialled = strings.NewReplacer(" ", "", "-", "", "(", "", ")", "", "/", "", "\u00a0", "")

func fieldProblem(name, value string) Problem {
	switch name {
	case "profile", "picture", "website":
		return BadURL
	case "birthdate":
		return BadDate
	case "zoneinfo":
		return BadZone
	case "phone_number":
		return BadPhoneNumber
	}
	if len(value) > maxLine {
		return TooLong
	}
	return BadCharacters
}
