package part

import (
	"image"
	"image/color"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
)

var (
	viewBox = regexp.MustCompile(`viewBox="-4 -4 (\d+) (\d+)"`)
	darkRun = regexp.MustCompile(`M(\d+) (\d+)h(\d+)v1h-(\d+)z`)
)

// draw paints the SVG of a QR code as a browser does, scale pixels a module.
func draw(t *testing.T, svg string) image.Image {
	t.Helper()
	const scale = 4
	number := func(s string) int { n, _ := strconv.Atoi(s); return n }
	box := viewBox.FindStringSubmatch(svg)
	if box == nil || box[1] != box[2] {
		t.Fatalf("no square: %.80s", svg)
	}
	img := image.NewGray(image.Rect(0, 0, number(box[1])*scale, number(box[2])*scale))
	for i := range img.Pix {
		img.Pix[i] = 0xff
	}
	for _, m := range darkRun.FindAllStringSubmatch(svg, -1) {
		for x := range number(m[3]) * scale {
			for y := range scale {
				img.SetGray((number(m[1])+quiet)*scale+x, (number(m[2])+quiet)*scale+y, color.Gray{})
			}
		}
	}
	return img
}

// Another program reads what was drawn.
func TestQRIsReadBack(t *testing.T) {
	for _, text := range []string{
		"otpauth://totp/Cardea:bob?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Cardea",
		"otpauth://totp/" + strings.Repeat("S%C3%B6hne%20", 12) + ":mira%40larkspur.example?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=x",
	} {
		svg, err := QR(text)
		if err != nil {
			t.Fatal(err)
		}
		bitmap, err := gozxing.NewBinaryBitmapFromImage(draw(t, string(svg)))
		if err != nil {
			t.Fatal(err)
		}
		got, err := qrcode.NewQRCodeReader().Decode(bitmap, nil)
		if err != nil || got.GetText() != text {
			t.Errorf("read %v, want %s: %v", got, text, err)
		}
	}
	if _, err := QR(strings.Repeat("x", 5000)); err == nil {
		t.Error("5000 letters fit")
	}
	if _, err := NewAppSetup("javascript:alert(1)", nil); err == nil {
		t.Error("any URI becomes a link")
	}
}
