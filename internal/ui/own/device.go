package own

import (
	"strings"

	"github.com/cardea-iam/cardea/internal/ui/part"
)

// Device is what a User-Agent header claims about a browser. It is a help for
// recognising one's own sessions and nothing is decided by it.
type Device struct {
	Browser string // "Firefox"; empty if not recognised
	System  string // "Windows"; empty if not recognised
	Icon    string // "computer", "phone" or "terminal"
}

// browsers is looked through in order: later names appear in the headers of
// earlier ones.
var browsers = []struct{ mark, name string }{
	{"Edg", "Edge"}, {"OPR/", "Opera"}, {"Vivaldi/", "Vivaldi"}, {"SamsungBrowser/", "Samsung Internet"},
	{"YaBrowser/", "Yandex Browser"}, {"DuckDuckGo/", "DuckDuckGo"}, {"FxiOS/", "Firefox"}, {"Firefox/", "Firefox"},
	{"CriOS/", "Chrome"}, {"HeadlessChrome/", "Chrome"}, {"Chrome/", "Chrome"}, {"Safari/", "Safari"},
}

var systems = []struct{ mark, name string }{
	{"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Android", "Android"}, {"CrOS", "ChromeOS"},
	{"Windows", "Windows"}, {"Mac OS X", "macOS"}, {"Macintosh", "macOS"}, {"FreeBSD", "FreeBSD"}, {"Linux", "Linux"},
}

var programs = []struct{ mark, name string }{
	{"curl/", "curl"}, {"Wget/", "Wget"}, {"Go-http-client/", "Go"}, {"python-requests/", "Python"},
	{"okhttp/", "OkHttp"}, {"PostmanRuntime/", "Postman"}, {"cardea/", part.Product},
}

// ParseUserAgent recognises the browsers and systems that people use. Of an
// unknown header nothing is repeated.
func ParseUserAgent(header string) Device {
	for _, p := range programs {
		if strings.HasPrefix(header, p.mark) {
			return Device{Browser: p.name, Icon: "terminal"}
		}
	}
	d := Device{Icon: "computer"}
	for _, b := range browsers {
		if strings.Contains(header, b.mark) {
			d.Browser = b.name
			break
		}
	}
	for _, s := range systems {
		if strings.Contains(header, s.mark) {
			d.System = s.name
			break
		}
	}
	switch d.System {
	case "iPhone", "iPad", "Android":
		d.Icon = "phone"
	}
	return d
}

// Words name the device.
func (d Device) Words() *part.Message {
	switch {
	case d.Browser != "" && d.System != "":
		return part.Say("device.both", "browser", d.Browser, "system", d.System)
	case d.Browser != "":
		return part.Say("device.one", "name", d.Browser)
	case d.System != "":
		return part.Say("device.one", "name", d.System)
	}
	return part.Say("device.unknown")
}
