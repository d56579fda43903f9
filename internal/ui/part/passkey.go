package part

// FieldCredential is the field in which passkey.js sends an authenticator's answer, as JSON.
const FieldCredential = "credential"

// PasskeyUse is what a form asks a passkey for.
type PasskeyUse string

// The uses. PasskeyAutofill also offers passkeys in the page's field whose autocomplete ends with
// "webauthn".
const (
	PasskeyGet      PasskeyUse = "get"
	PasskeyAutofill PasskeyUse = "autofill"
	PasskeyCreate   PasskeyUse = "create"
)

// Passkey is a form that runs a ceremony of WebAuthn, shown by the component "passkey"; the page
// loads "passkey-script" in its head. It posts FieldCredential and the hidden fields to Action; the
// options come from a POST of the hidden fields to OptionsURL.
type Passkey struct {
	Use        PasskeyUse
	Action     string
	OptionsURL string
	Hidden     []Field
	Name       *Input // a field before the button; nil for none
}

// Creates says that the form makes a key.
func (p Passkey) Creates() bool { return p.Use == PasskeyCreate }

// Quiet says that the form stands beside another one and is the lesser of the two.
func (p Passkey) Quiet() bool { return p.Use == PasskeyAutofill }
