package account

import (
	"io"

	"github.com/cardea-iam/cardea/internal/ui/own"
	"github.com/cardea-iam/cardea/internal/ui/part"
)

// Claims are the standard claims that a person edits (OpenID Connect Core 1.0
// §5.1, §5.1.1). Empty means not given.
type Claims struct {
	Name, GivenName, FamilyName, MiddleName, Nickname string
	Profile, Picture, Website                         string // URLs
	Gender                                            string
	Birthdate                                         string // YYYY-MM-DD, 0000-MM-DD or YYYY
	Zoneinfo                                          string // "Europe/Berlin"
	PhoneNumber                                       string // E.164: "+49 30 1234567"
	StreetAddress, Locality, Region                   string
	PostalCode, Country                               string
}

// Profile is the form for the claims. Each field is posted under the claim's
// own name ("given_name"; of the address "street_address", "locality",
// "region", "postal_code", "country").
type Profile struct {
	own.Frame
	Action string
	Claims Claims
	// Email is shown, not edited; EmailVerified marks it.
	Email         string
	EmailVerified bool
	// Problems are refusals by field name.
	Problems map[string]Problem
	// PictureAction takes the upload of FieldPicture, or FieldRemove; empty shows no form.
	PictureAction string
	Preferences   Preferences
}

// Fields of the form of the picture.
const (
	FieldPicture = "picture" // a file
	FieldRemove  = "remove"
)

// BadPicture is why a picture is refused.
const BadPicture Problem = "picture.problem"

// PictureProblem is said below the file, nil for none.
func (p *Profile) PictureProblem() *part.Message {
	if p.PictureAction == "" || p.Problems[FieldPicture] != BadPicture {
		return nil
	}
	return part.Say(BadPicture)
}

// Problem is why a field of the account pages is refused.
type Problem = part.Key

// The problems of the profile form.
const (
	TooLong          Problem = "profile.problem.long"
	BadCharacters    Problem = "profile.problem.characters"
	BadURL           Problem = "profile.problem.url"
	BadDate          Problem = "profile.problem.date"
	BadZone          Problem = "profile.problem.zone"
	BadPhoneNumber   Problem = "profile.problem.phone"
	ChangedElsewhere Problem = "profile.problem.changed"
)

var profile = own.Parse(files, "profile.html")

// Render writes the page.
func (p *Profile) Render(w io.Writer) error { return profile.Execute(w, p.Locale, p) }

// Alert is the sentence above the form: the problem of the form as a whole,
// under the name "".
func (p *Profile) Alert() *part.Message {
	if problem, ok := p.Problems[""]; ok {
		return part.Say(problem)
	}
	return nil
}

// Group is a part of the form under one heading.
type Group struct {
	ID     string
	Title  part.Key
	Inputs []part.Input
}

// Groups are the fields in the order of the page. The first that is wrong takes the focus: the page
// is long, and it would begin with nothing that tells of it.
func (p *Profile) Groups() []Group {
	groups := p.groups()
	for _, g := range groups {
		for i := range g.Inputs {
			if g.Inputs[i].Error != nil {
				g.Inputs[i].Autofocus = true
				return groups
			}
		}
	}
	return groups
}

func (p *Profile) groups() []Group {
	c := p.Claims
	return []Group{
		{"names", "profile.group.names", []part.Input{
			p.input("name", c.Name, "claim.name", part.Input{Autocomplete: "name", Wide: true}),
			p.input("given_name", c.GivenName, "claim.given_name", part.Input{Autocomplete: "given-name"}),
			p.input("family_name", c.FamilyName, "claim.family_name", part.Input{Autocomplete: "family-name"}),
			p.input("middle_name", c.MiddleName, "claim.middle_name", part.Input{Autocomplete: "additional-name"}),
			p.input("nickname", c.Nickname, "claim.nickname", part.Input{Autocomplete: "nickname"}),
		}},
		{"region", "profile.group.region", []part.Input{
			p.input("zoneinfo", c.Zoneinfo, "claim.zoneinfo", part.Input{Hint: part.Say("claim.zoneinfo.hint"),
				Choices: []string{"UTC", "Europe/Berlin", "Europe/London", "Europe/Madrid", "Europe/Paris", "Europe/Vienna", "Europe/Zurich",
					"America/Los_Angeles", "America/Mexico_City", "America/New_York", "Asia/Kolkata", "Asia/Tokyo", "Australia/Sydney"}}),
		}},
		{"contact", "profile.group.contact", []part.Input{
			p.input("phone_number", c.PhoneNumber, "claim.phone_number", part.Input{Type: "tel", Autocomplete: "tel",
				Hint: part.Say("claim.phone_number.hint")}),
			p.input("website", c.Website, "claim.website", part.Input{Type: "url", Autocomplete: "url"}),
			p.input("street_address", c.StreetAddress, "claim.street_address", part.Input{Autocomplete: "address-line1", Wide: true}),
			p.input("postal_code", c.PostalCode, "claim.postal_code", part.Input{Autocomplete: "postal-code"}),
			p.input("locality", c.Locality, "claim.locality", part.Input{Autocomplete: "address-level2"}),
			p.input("region", c.Region, "claim.region", part.Input{Autocomplete: "address-level1"}),
			p.input("country", c.Country, "claim.country", part.Input{Autocomplete: "country-name"}),
		}},
		{"more", "profile.group.more", []part.Input{
			p.input("birthdate", c.Birthdate, "claim.birthdate", part.Input{Autocomplete: "bday", Hint: part.Say("claim.birthdate.hint")}),
			p.input("gender", c.Gender, "claim.gender", part.Input{Autocomplete: "sex"}),
			p.input("picture", c.Picture, "claim.picture", part.Input{Type: "url", Autocomplete: "photo"}),
			p.input("profile", c.Profile, "claim.profile", part.Input{Type: "url"}),
		}},
	}
}

// input completes a field; its id is "claim-" and the name.
func (p *Profile) input(name, value string, label part.Key, in part.Input) part.Input {
	in.ID, in.Name, in.Value, in.Label = "claim-"+name, name, value, label
	if in.Type == "" {
		in.Type = "text"
	}
	if problem, ok := p.Problems[name]; ok && problem != BadPicture {
		in.Error = part.Say(problem)
	}
	return in
}
