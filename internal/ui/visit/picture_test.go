package visit_test

import (
	"bytes"
	"image"
	"image/png"
	"mime/multipart"
	"net/url"
	"strings"
	"testing"
)

func TestAD21_PictureOfOnesOwnIsDrawnAnew(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		var raw, body bytes.Buffer
		if err := png.Encode(&raw, image.NewNRGBA(image.Rect(0, 0, 90, 40))); err != nil {
			t.Fatal(err)
		}
		send := func(b *browse, file string) answer {
			body.Reset()
			form := multipart.NewWriter(&body)
			part, err := form.CreateFormFile("picture", "x.svg")
			if err != nil {
				t.Fatal(err)
			}
			_, _ = part.Write([]byte(file))
			_ = form.Close()
			return b.raw("/account/profile/picture", form.FormDataContentType(), body.String())
		}
		b := w.browser()
		b.signIn("ada", good)
		send(b, "<svg onload=alert(1)>").expect(t, 200, "").says(t, "cannot be used")
		send(b, raw.String()+"<script>").expect(t, 303, "/account/profile")
		a := w.account(w.ada)
		if got := a.Seen("https://id.example").Claims.Picture; got != "https://id.example"+a.AvatarPath() || a.Picture == "" {
			t.Fatal(got)
		}
		shown := w.browser().get(a.AvatarPath()).expect(t, 200, "")
		size, err := png.DecodeConfig(strings.NewReader(shown.body))
		if err != nil || size.Width != 256 || strings.Contains(shown.body, "<script>") || !strings.Contains(shown.Header.Get("Content-Security-Policy"), "sandbox") || shown.Header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%+v %v %v", size, err, shown.Header)
		}
		if !strings.Contains(b.get("/account").body, a.AvatarPath()) {
			t.Error("the head of the page shows no picture")
		}
		b.post("/account/profile/preferences", url.Values{"language": {"de"}, "theme": {"dark"}}).expect(t, 303, "/account/profile")
		if page := b.get("/account").body; !strings.Contains(page, `data-theme="dark"`) || !strings.Contains(page, `lang="de"`) {
			t.Error("the page does not follow the preferences")
		}
		b.submit(b.get("/account"), "signout")
		if !strings.Contains(b.get("/signedout").body, `data-theme="dark"`) {
			t.Error("pages without a person do not follow the cookie")
		}
	})
}
