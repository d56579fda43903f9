package api_test

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"image"
	"image/png"
	"strings"
	"testing"

	"github.com/cardea-iam/cardea/internal/api/apitest"
	"github.com/cardea-iam/cardea/internal/brand"
)

func TestLifeOfABrand(t *testing.T) {
	apitest.Each(t, func(t *testing.T, w *apitest.World) {
		const whole = v1 + "/brands/tenant"
		if got := as(t, w, "auditor", "GET", whole, "").want(t, 200); got.header.Get("ETag") != `"0"` || !strings.Contains(got.body, `"images":[]`) {
			t.Errorf("nobody's: %s", got.body)
		}
		made := as(t, w, "admin", "PUT", whole, `{"light":{"accent":"#4338CA"},"radius":"large","wording":[{"locale":"en","key":"signin.title","text":"Come in"}]}`, "If-Match", `"0"`).want(t, 200)
		if made.header.Get("ETag") != `"1"` || !strings.Contains(made.body, `"accent":"#4338ca","background":"#f4f2ed"`) {
			t.Errorf("made: %s", made.body)
		}
		as(t, w, "admin", "PUT", whole, `{"radius":"none"}`, "If-Match", `"0"`).want(t, 412)
		bad := as(t, w, "admin", "PUT", whole, `{"light":{"accent":"#f5b301","background":"#ffffff"}}`).want(t, 422)
		if !strings.Contains(bad.body, `"pointer":"/light/accent"`) || !strings.Contains(bad.body, "has a contrast of 1.8") || !strings.Contains(bad.body, "4.5:1") {
			t.Errorf("unreadable: %s", bad.body)
		}
		for _, body := range []string{`{"css":"a{}"}`, `{"light":{"link":"#000000"}}`, `{"scope":"x"}`, `{"images":[]}`, `{"version":1}`} {
			as(t, w, "admin", "PUT", whole, body).want(t, 400)
		}
		for _, body := range []string{`{"wording":[{"locale":"en","key":"consent.heading","text":"{app}"}]}`, `{"help_uri":"javascript:alert(1)"}`, `{"font":"Papyrus"}`} {
			as(t, w, "admin", "PUT", whole, body).want(t, 422)
		}
		drawn := as(t, w, "admin", "PUT", whole+"/images/icon", `{"image":"`+onePixel+`"}`).want(t, 200)
		if !strings.Contains(drawn.body, `"slot":"icon","file":"`) || !strings.Contains(drawn.body, `"width":1`) || !strings.Contains(drawn.body, "Come in") {
			t.Errorf("drawn: %s", drawn.body)
		}
		// A picture as large as pictures are, which no compression makes small.
		noise := image.NewNRGBA(image.Rect(0, 0, 400, 400))
		if _, err := rand.Read(noise.Pix); err != nil {
			t.Fatal(err)
		}
		var large bytes.Buffer
		if err := png.Encode(&large, noise); err != nil || large.Len() < 512<<10 {
			t.Fatal(err, large.Len())
		}
		as(t, w, "admin", "PUT", whole+"/images/logo", `{"image":"`+base64.StdEncoding.EncodeToString(large.Bytes())+`"}`).want(t, 200)
		as(t, w, "admin", "PUT", whole+"/images/icon", `{"image":"PHN2Zy8+"}`).want(t, 422)
		as(t, w, "admin", "PUT", whole+"/images/icon", `{"image":"not base64"}`).want(t, 422)
		as(t, w, "admin", "PUT", whole+"/images/banner", `{"image":"`+onePixel+`"}`).want(t, 404)
		as(t, w, "admin", "PUT", whole+"/images/icon", `{"image":"`+strings.Repeat("A", (brand.MaxUpload/3+1)*4)+`"}`).want(t, 422)
		as(t, w, "admin", "DELETE", whole+"/images/icon", "").want(t, 204)
		as(t, w, "admin", "DELETE", whole+"/images/icon", "").want(t, 404)
		as(t, w, "admin", "DELETE", whole, "").want(t, 204)
		as(t, w, "admin", "DELETE", whole, "").want(t, 404)
		as(t, w, "admin", "GET", v1+"/brands/acme", "").want(t, 404)
	})
}
