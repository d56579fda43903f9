package part

import (
	"fmt"
	"html/template"
	"strconv"
	"strings"

	"github.com/boombuler/barcode/qr"
)

// quiet is the margin around a QR code in modules (ISO/IEC 18004 §6.3.8).
const quiet = 4

// QR draws a text as a QR code of medium error correction. It is black on white in dark pages too:
// some apps read nothing else. The picture bears no words: the page says what it is for.
func QR(text string) (template.HTML, error) {
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return "", fmt.Errorf("draw a QR code: %w", err)
	}
	size := code.Bounds().Dx()
	var path strings.Builder
	for y := range size {
		for x := 0; x < size; {
			run := 0
			for x+run < size && dark(code.At(x+run, y).RGBA()) {
				run++
			}
			if run > 0 {
				path.WriteString("M" + strconv.Itoa(x) + " " + strconv.Itoa(y) + "h" + strconv.Itoa(run) + "v1h-" + strconv.Itoa(run) + "z")
			}
			x += run + 1
		}
	}
	side := strconv.Itoa(size + 2*quiet)
	return template.HTML(`<svg class="qr" viewBox="-4 -4 ` + side + ` ` + side + `" width="240" height="240" shape-rendering="crispEdges" aria-hidden="true" focusable="false">` + //nolint:gosec // numbers alone
		`<rect x="-4" y="-4" width="` + side + `" height="` + side + `" fill="#fff"/><path fill="#000" d="` + path.String() + `"/></svg>`), nil
}

func dark(r, _, _, _ uint32) bool { return r == 0 }

// AppSetup is what an authenticator app needs to know, shown by the "app-setup" component.
type AppSetup struct {
	QR     template.HTML
	Link   template.URL // opens the app of this device
	Groups []string     // the key to type
}

// NewAppSetup draws a Key URI, which must begin with otpauth://totp/.
func NewAppSetup(uri string, groups []string) (AppSetup, error) {
	if !strings.HasPrefix(uri, "otpauth://totp/") {
		return AppSetup{}, fmt.Errorf("no Key URI")
	}
	code, err := QR(uri)
	return AppSetup{QR: code, Link: template.URL(uri), Groups: groups}, err //nolint:gosec // the scheme was checked above
}

// Key is the key in one piece, as a screen reader or a paste takes it.
func (s AppSetup) Key() string { return strings.Join(s.Groups, " ") }
