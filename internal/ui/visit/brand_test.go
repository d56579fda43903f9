package visit_test

import (
	"bytes"
	"image"
	"image/png"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/cardea-iam/cardea/internal/brand"
	"github.com/cardea-iam/cardea/internal/client"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/interaction"
	"github.com/cardea-iam/cardea/internal/membership"
	"github.com/cardea-iam/cardea/internal/oauth"
	"github.com/cardea-iam/cardea/internal/secret"
	"github.com/cardea-iam/cardea/internal/tenant"
)

// administrator is a browser in which ada, who administers, is signed in.
func (w *world) administrator() *browse {
	w.t.Helper()
	if err := membership.Bind(w.t.Context(), w.g, operator, id.Default, "admin", membership.Subject{Account: w.ada}); err != nil {
		w.t.Fatal(err)
	}
	b := w.browser()
	b.signIn("ada", good)
	return b
}

const preview = "/brand/preview"

func picture(t *testing.T, width, height int) string {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewNRGBA(image.Rect(0, 0, width, height))); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// upload posts the form of a picture, as a browser does.
func (b *browse) upload(fields map[string]string, file string) answer {
	b.w.t.Helper()
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	for name, value := range fields {
		if err := m.WriteField(name, value); err != nil {
			b.w.t.Fatal(err)
		}
	}
	part, err := m.CreateFormFile("file", "../../evil.html")
	if err != nil {
		b.w.t.Fatal(err)
	}
	if _, err := part.Write([]byte(file)); err != nil {
		b.w.t.Fatal(err)
	}
	if err := m.Close(); err != nil {
		b.w.t.Fatal(err)
	}
	return b.raw(preview+"/image", m.FormDataContentType(), body.String())
}

// links are the addresses that a page loads by itself.
func links(a answer) (out []string) {
	for _, n := range a.all(func(n *htmlNode) bool {
		return n.Data == "link" || n.Data == "img" || n.Data == "script" || n.Data == "source"
	}) {
		for _, key := range []string{"href", "src", "srcset"} {
			if v := attr(n, key); v != "" {
				out = append(out, v)
			}
		}
	}
	return out
}

func linked(a answer, form string) string {
	for _, l := range links(a) {
		if regexp.MustCompile(form).MatchString(l) {
			return l
		}
	}
	return ""
}

func TestBrandingAStory(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.administrator()
		page := b.get(preview).says(t, "Look and wording", "All text can be read")
		// Unreadable: warned of before saving, refused when saving, and shown again as typed.
		for _, button := range []string{"preview", "save"} {
			bad := b.submit(page, button, "light.accent", "#f5b301", "light.background", "#ffffff").expect(t, 200, "")
			bad.says(t, "accent #f5b301 on #ffffff has a contrast of 1.8", "It needs 4.5:1", "The nearest that can be read is #")
			if attr(bad.byID("light-accent"), "value") != "#f5b301" || (attr(bad.byID("light-accent"), "aria-invalid") == "true") != (button == "save") {
				t.Errorf("%s: %s", button, bad.body)
			}
		}
		b.submit(page, "preview", "light.text", "red;}").says(t, "A colour is # and six digits")
		b.submit(page, "save", "help_uri", "http://x.example").says(t, "must be an https address")
		b.submit(page, "save", "word.signin.continue", "no app").says(t, "keep the placeholders")
		stranger := w.browser()
		if got := linked(stranger.follow(stranger.get("/account")), "/brand/"); got != "" {
			t.Errorf("a preview changed the pages: %s", got)
		}
		// A preview shows the draft on the samples and in the draft's words.
		seen := b.submit(page, "preview", "light.accent", "#4338ca", "word.signin.title", "Come in").expect(t, 200, "").says(t, "Come in")
		sheet := linked(seen, "-sample.css$")
		if css := b.get(sheet).expect(t, 200, ""); !strings.Contains(css.body, "#4338ca") || css.Header.Get("Content-Type") != "text/css; charset=utf-8" {
			t.Errorf("%s: %s", sheet, css.body)
		}
		// Saved: at once on the pages of everybody, without any restart.
		b.follow(b.submit(page, "save", "light.accent", "#4338ca", "word.signin.title", "Come in", "help_uri", "https://help.example/").expect(t, 303, preview)).says(t, "Saved")
		b.submit(page, "save", "light.accent", "#000000").expect(t, 200, "").says(t, "Somebody changed this meanwhile")
		front := stranger.follow(stranger.get("/account")).says(t, "Come in", "Help")
		css := stranger.get(linked(front, "/brand/.*css$")).expect(t, 200, "")
		if css.Header.Get("Cache-Control") != "public, max-age=31536000, immutable" || css.Header.Get("X-Content-Type-Options") != "nosniff" || len(css.Cookies()) > 0 {
			t.Errorf("%v", css.Header)
		}
		// Words of another language stay.
		german := b.get(preview + "?ui_locales=de")
		b.submit(german, "save", "word.signin.title", "Herein").expect(t, 303, "")
		stranger.follow(stranger.get("/account")).says(t, "Come in")
		other := w.browser()
		other.get(other.get("/account?ui_locales=de").Header.Get("Location")).says(t, "Herein")
		// Dropped: as it was built in.
		b.follow(b.submit(b.get(preview), "reset").expect(t, 303, preview)).says(t, "ist verworfen") // the language was kept
		if got := linked(stranger.follow(stranger.get("/account")), "/brand/"); got != "" {
			t.Errorf("still branded: %s", got)
		}
	})
}

func TestPicturesOfABrand(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		app := w.app("HireMe123")
		b := w.administrator()
		send := func(scope, slot, do, file string) answer {
			return b.upload(map[string]string{"scope": scope, "slot": slot, "do": do}, file)
		}
		b.follow(send("tenant", "logo", "upload", picture(t, 40, 20)).expect(t, 303, preview)).says(t, "The picture is changed")
		send(string(app.ID), "icon", "upload", picture(t, 30, 30)).expect(t, 303, preview)
		for _, bad := range []string{"", `<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`, "GIF89a", picture(t, 10, 10)[:40], picture(t, 10, 10) + strings.Repeat("a", brand.MaxUpload)} {
			send("tenant", "logo", "upload", bad).expect(t, 200, "").says(t, "The picture cannot be used")
		}
		send("tenant", "banner", "upload", picture(t, 4, 4)).expect(t, 404, "")
		b.raw(preview+"/image", "application/x-www-form-urlencoded", "scope=tenant&slot=logo").expect(t, 400, "")
		b.raw(preview+"/image", "multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"scope\"\r\n\r\ntenant\r\n--x\r\nContent-Disposition: form-data; name=\"scope\"\r\n\r\ntenant\r\n--x--\r\n").expect(t, 400, "")
		b.raw(preview+"/image", "multipart/form-data; boundary=x", strings.Repeat("--x\r\nContent-Disposition: form-data; name=\"\"\r\n\r\n\r\n", 40)).expect(t, 400, "")

		// On the sign-in page and the consent page of the application: its icon, and the tenant's logo.
		w.question.client = app
		stranger := w.browser()
		i := stranger.begin(interaction.Authorize, interaction.About{Client: app.ID, Redirect: "https://app.example/cb"})
		page := stranger.get("/signin?i="+string(i)).expect(t, 200, "")
		icon := linked(page, `^/brand/[0-9a-f]{32}\.png$`)
		pictures := 0
		for _, look := range []answer{page, stranger.get("/consent?i=" + string(i))} {
			for _, l := range links(look) {
				if strings.HasPrefix(l, "/brand/") {
					pictures++
					got := stranger.get(l).expect(t, 200, "")
					if got.Header.Get("Content-Type") != "image/png" || got.Header.Get("X-Content-Type-Options") != "nosniff" || !strings.Contains(got.Header.Get("Content-Security-Policy"), "sandbox") ||
						got.Header.Get("Cache-Control") != "public, max-age=31536000, immutable" || len(got.Cookies()) > 0 {
						t.Errorf("%s: %v", l, got.Header)
					}
					if again := stranger.send("GET", l, nil, http.Header{"If-None-Match": {got.Header.Get("Etag")}}); again.StatusCode != 304 {
						t.Errorf("%s: sent again", l)
					}
				}
			}
		}
		if icon == "" || pictures < 3 {
			t.Errorf("%d pictures on the pages:\n%s", pictures, page.body)
		}
		if avatar := page.all(func(n *htmlNode) bool { return n.Data == "img" && attr(n, "class") == "avatar" }); len(avatar) != 1 || attr(avatar[0], "src") != icon {
			t.Errorf("the application has no picture:\n%s", page.body)
		}
		send(string(app.ID), "icon", "remove", "").expect(t, 303, "")
		stranger.get(icon).expect(t, 404, "")
		for _, file := range []string{"..%2f..%2fetc%2fpasswd", strings.Repeat("0", 32) + ".png", strings.Repeat("0", 32) + ".svg", "x.css", "%2e%2e"} {
			if got := stranger.get("/brand/" + file); got.StatusCode < 400 || got.Header.Get("Cache-Control") != "no-store" {
				t.Errorf("%s: %d %v", file, got.StatusCode, got.Header)
			}
		}
	})
}

func TestAD08_WhoMayBrandOnThePage(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		admin := w.administrator()
		acme, err := tenant.Create(t.Context(), w.g, operator, id.Default, tenant.Tenant{Name: "acme"})
		if err != nil {
			t.Fatal(err)
		}
		theirs, _, err := client.Create(t.Context(), w.g, operator, secret.NewRoot([32]byte{7}), acme.ID,
			client.Client{Name: "theirs", Metadata: client.Metadata{Grants: []oauth.GrantType{oauth.GrantClientCredentials}}})
		if err != nil {
			t.Fatal(err)
		}
		form := func(scope string) url.Values {
			return url.Values{"scope": {scope}, "version": {"0"}, "do": {"save"}, "layout": {"side"}}
		}
		// Not signed in: to sign-in. Signed in without the role: no.
		nobody, bob := w.browser(), w.browser()
		bob.signIn("bob", good)
		nobody.get(preview).expect(t, 303, "/signin")
		nobody.post(preview, form("tenant")).expect(t, 303, "/signin")
		bob.get(preview).expect(t, 403, "")
		bob.post(preview, form("tenant")).expect(t, 403, "")
		bob.upload(map[string]string{"scope": "tenant", "slot": "logo", "do": "upload"}, picture(t, 4, 4)).expect(t, 403, "")
		// An administrator of this tenant: nothing of another's.
		for _, scope := range []string{string(theirs.ID), "cli_nothing", "acme", "organization", "../tenant"} {
			admin.get(preview+"?scope="+url.QueryEscape(scope)).expect(t, 404, "")
			admin.post(preview, form(scope)).expect(t, 404, "")
			admin.upload(map[string]string{"scope": scope, "slot": "logo", "do": "upload"}, picture(t, 4, 4)).expect(t, 404, "")
		}
		admin.get("/t/acme"+preview).expect(t, 303, "/t/acme/signin")
		// Another site's form changes nothing.
		for _, header := range []http.Header{{"Sec-Fetch-Site": {"cross-site"}}, {"Sec-Fetch-Site": nil, "Origin": {"https://evil.example"}}, {"Sec-Fetch-Site": nil, "Origin": nil}} {
			if got := admin.send("POST", preview, form("tenant"), header); got.StatusCode != 403 {
				t.Errorf("%v: %d", header, got.StatusCode)
			}
		}
		admin.post(preview, url.Values{"scope": {"tenant"}, "version": {"x"}, "do": {"save"}}).expect(t, 400, "")
		for _, of := range []id.Tenant{id.Default, acme.ID} {
			if b, err := w.visits.Brands.Look(t.Context(), operator, of, brand.Whole); err != nil || b.Version != 0 {
				t.Errorf("%s was branded: %+v %v", of, b, err)
			}
		}
		admin.post(preview, form("tenant")).expect(t, 303, preview)
	})
}

// Everything that branded pages load, and everything that it loads, comes from our origin.
func TestRU14_BrandedPagesLoadNothingFromElsewhere(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.administrator()
		b.upload(map[string]string{"scope": "tenant", "slot": "logo", "do": "upload"}, picture(t, 40, 20)).expect(t, 303, "")
		b.submit(b.get(preview), "save", "light.accent", "#4338ca", "word.signin.title", `"><img src=//evil.example> url(//evil.example)`, "help_uri", "https://help.example/").expect(t, 303, "")
		stranger := w.browser()
		seen := map[string]bool{}
		for _, page := range []answer{stranger.follow(stranger.get("/account")), b.get("/account"), b.get("/account/profile"), b.get(preview), stranger.get("/signedout")} {
			for _, l := range links(page) {
				if !strings.HasPrefix(l, "/") || strings.HasPrefix(l, "//") {
					t.Errorf("%s loads %s", page.Request.URL.Path, l)
				}
				seen[l] = true
			}
			for _, n := range page.all(func(n *htmlNode) bool { return strings.Contains(attr(n, "href"), "help.example") }) {
				if attr(n, "rel") != "noopener noreferrer" {
					t.Errorf("the help link tells where it was followed: %v", n.Attr)
				}
			}
		}
		for l := range seen {
			got := stranger.get(l).expect(t, 200, "")
			if strings.HasPrefix(got.Header.Get("Content-Type"), "text/css") && regexp.MustCompile(`(?i)url\(|@import|//[a-z]`).MatchString(got.body) {
				t.Errorf("%s refers to something outside itself", l)
			}
		}
		if len(seen) < 5 {
			t.Errorf("only %d files", len(seen))
		}
	})
}
