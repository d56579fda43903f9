package own

import (
	"strings"
	"testing"
)

func TestParseUserAgent(t *testing.T) {
	const webkit = " AppleWebKit/537.36 (KHTML, like Gecko) "
	for header, want := range map[string]Device{
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64)" + webkit + "Chrome/142.0.0.0 Safari/537.36":                              {"Chrome", "Windows", "computer"},
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64)" + webkit + "Chrome/142.0.0.0 Safari/537.36 Edg/142.0":                    {"Edge", "Windows", "computer"},
		"Mozilla/5.0 (Linux; Android 10; K)" + webkit + "Chrome/142.0.0.0 Mobile Safari/537.36":                              {"Chrome", "Android", "phone"},
		"Mozilla/5.0 (Linux; Android 15; SM-S918B)" + webkit + "SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36":   {"Samsung Internet", "Android", "phone"},
		"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0)" + webkit + "Chrome/142.0.0.0 Safari/537.36":                               {"Chrome", "ChromeOS", "computer"},
		"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Safari/605.1": {"Safari", "macOS", "computer"},
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605 (KHTML, like Gecko) FxiOS/140.0 Mobile/1 Safari/605.1": {
			"Firefox", "iPhone", "phone"},
		"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0": {"Firefox", "Linux", "computer"},
		"curl/8.14.1":           {"curl", "", "terminal"},
		"":                      {"", "", "computer"},
		`<script>alert(1)`:      {"", "", "computer"},
		"Something on Windows/": {"", "Windows", "computer"},
	} {
		if got := ParseUserAgent(header); got != want {
			t.Errorf("%q: %+v, want %+v", header, got, want)
		}
	}
}

// No path of the pages leaves the tenant.
func TestNavStaysUnderTheRoot(t *testing.T) {
	p := &Frame{Page: PathApps}
	p.Root = "/t/acme"
	current := 0
	for _, item := range p.Nav() {
		if !strings.HasPrefix(item.URL, "/t/acme/account") {
			t.Error(item.URL)
		}
		if item.Current {
			current++
			if item.URL != "/t/acme"+PathApps {
				t.Errorf("current is %s", item.URL)
			}
		}
	}
	if current != 1 {
		t.Errorf("%d current entries", current)
	}
}
