package totp

import (
	"encoding/base32"
	"net/url"
	"strings"
)

var seedText = base32.StdEncoding.WithPadding(base32.NoPadding)

// Setup is what an app needs to know.
type Setup struct{ seed []byte }

// URI is the text of the QR code (the Key URI format that apps share): issuer and name tell the
// person which of their codes it is. What is not said is what every app assumes: SHA-1, six
// digits, 30 seconds.
func (s Setup) URI(issuer, name string) string {
	issuer, name = label(issuer), label(name)
	return "otpauth://totp/" + url.PathEscape(issuer) + ":" + url.PathEscape(name) +
		"?secret=" + seedText.EncodeToString(s.seed) + "&issuer=" + strings.ReplaceAll(url.QueryEscape(issuer), "+", "%20")
}

// label is a text without the colon that parts issuer and name.
func label(text string) string { return strings.TrimSpace(strings.ReplaceAll(text, ":", " ")) }

// Groups is the seed to type where no camera is at hand: base32 in groups of four letters.
func (s Setup) Groups() []string {
	text := seedText.EncodeToString(s.seed)
	var out []string
	for len(text) > 4 {
		out, text = append(out, text[:4]), text[4:]
	}
	return append(out, text)
}
