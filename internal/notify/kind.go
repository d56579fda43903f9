package notify

import (
	"maps"
	"slices"
)

// Kind names a message.
type Kind string

// The messages that there are, with the values that each takes.
const (
	SignInCode        Kind = "signin_code"        // code link minutes app
	VerifyCode        Kind = "verify_code"        // code minutes
	RecoveryCode      Kind = "recovery_code"      // code link minutes
	AccountExists     Kind = "account_exists"     // link; somebody tried to register an address that has an account
	Invitation        Kind = "invitation"         // link inviter tenant
	PasswordChanged   Kind = "password_changed"   //
	FactorAdded       Kind = "factor_added"       // factor
	FactorRemoved     Kind = "factor_removed"     // factor
	EmailAdded        Kind = "email_added"        // address
	EmailRemoved      Kind = "email_removed"      // address
	EmailPreferred    Kind = "email_preferred"    // address
	UnusualSignIn     Kind = "unusual_signin"     // device place time
	Recovered         Kind = "recovered"          //
	RecoveryLink      Kind = "recovery_link"      // link hours; an administrator made it
	DeletionRequested Kind = "deletion_requested" // date link
	DeletionCancelled Kind = "deletion_cancelled" //
	Erased            Kind = "erased"             //
	Failures          Kind = "failures"           // count; failed sign-ins since the last success
	RecoveryCodesLow  Kind = "codes_low"          // left
	PasskeyCloned     Kind = "passkey_cloned"     // name
)

// Values are what a message says beside its wording, by name. Moments are RFC 3339 texts; a factor
// is the text of a factor.Kind; counts are decimal.
type Values map[string]string

// form says how a value must look.
type form int

const (
	free   form = iota // one line that a person or administrator wrote; may be empty
	code               // digits and letters to type in
	link               // below the configured origin
	count              // decimal
	moment             // RFC 3339
	method             // a factor.Kind
	email              // an address
)

// forms are the values that kinds may take.
var forms = map[string]form{
	"code": code, "link": link, "minutes": count, "hours": count, "count": count, "left": count,
	"date": moment, "time": moment, "factor": method, "address": email,
	"app": free, "inviter": free, "tenant": free, "device": free, "place": free, "name": free,
}

// Class says which limit of a destination a message counts against.
type Class string

// The classes.
const (
	Requested Class = "requested" // whoever knows the address may cause it
	Arranged  Class = "arranged"  // an administrator or the person, signed in, causes it
	Notice    Class = "notice"    // a security notice
)

type traits struct {
	class  Class
	values []string
	phone  bool // may go to a telephone number
	notMe  bool // Warn adds the link "this wasn't me"
}

var kinds = map[Kind]traits{
	SignInCode:        {class: Requested, values: []string{"code", "link", "minutes", "app"}, phone: true},
	VerifyCode:        {class: Requested, values: []string{"code", "minutes"}, phone: true},
	RecoveryCode:      {class: Requested, values: []string{"code", "link", "minutes"}, phone: true},
	AccountExists:     {class: Requested, values: []string{"link"}},
	Invitation:        {class: Arranged, values: []string{"link", "inviter", "tenant"}},
	RecoveryLink:      {class: Arranged, values: []string{"link", "hours"}},
	PasswordChanged:   {class: Notice, notMe: true},
	FactorAdded:       {class: Notice, values: []string{"factor"}, notMe: true},
	FactorRemoved:     {class: Notice, values: []string{"factor"}, notMe: true},
	EmailAdded:        {class: Notice, values: []string{"address"}, notMe: true},
	EmailRemoved:      {class: Notice, values: []string{"address"}, notMe: true},
	EmailPreferred:    {class: Notice, values: []string{"address"}, notMe: true},
	UnusualSignIn:     {class: Notice, values: []string{"device", "place", "time"}, notMe: true},
	Recovered:         {class: Notice, notMe: true},
	DeletionRequested: {class: Notice, values: []string{"date", "link"}, notMe: true},
	DeletionCancelled: {class: Notice, notMe: true},
	Erased:            {class: Notice}, // there is no account left to protect
	Failures:          {class: Notice, values: []string{"count"}, notMe: true},
	RecoveryCodesLow:  {class: Notice, values: []string{"left"}, notMe: true},
	PasskeyCloned:     {class: Notice, values: []string{"name"}, notMe: true},
}

// Kinds lists the messages, in order of their names.
func Kinds() []Kind { return slices.Sorted(maps.Keys(kinds)) }

// Takes lists the names of the values that the kind takes.
func (k Kind) Takes() []string { return slices.Clone(kinds[k].values) }

// Class is the limit that the kind counts against; "" for no kind.
func (k Kind) Class() Class { return kinds[k].class }

// Phone tells whether the kind may go to a telephone number.
func (k Kind) Phone() bool { return kinds[k].phone }

// Disputable tells whether Warn gives the message a link "this wasn't me".
func (k Kind) Disputable() bool { return kinds[k].notMe }
