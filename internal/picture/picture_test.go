package picture

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"testing"
)

// A picture of a telephone lies on its side and says so: it is turned upright, and of the file
// nothing but pixels is left.
func TestJPEGIsTurnedUprightAndLosesItsMetadata(t *testing.T) {
	src := image.NewNRGBA(image.Rect(0, 0, 64, 32))
	for y := range 32 {
		for x := range 64 {
			c := color.NRGBA{A: 255, B: 255}
			if x < 32 {
				c = color.NRGBA{A: 255, R: 255}
			}
			src.Set(x, y, c)
		}
	}
	var plain bytes.Buffer
	if err := jpeg.Encode(&plain, src, nil); err != nil {
		t.Fatal(err)
	}
	exif := []byte("Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06\x00\x00secret place")
	raw := append([]byte("\xff\xd8\xff\xe1"), binary.BigEndian.AppendUint16(nil, uint16(len(exif)+2))...)
	raw = append(append(raw, exif...), plain.Bytes()[2:]...)
	got, err := Draw(raw, Fit(64, 64))
	if err != nil || got.Width != 32 || got.Height != 64 || bytes.Contains(got.PNG, []byte("secret")) || bytes.Contains(got.PNG, []byte("Exif")) {
		t.Fatal(got.Width, got.Height, err)
	}
	m, err := png.Decode(bytes.NewReader(got.PNG))
	if err != nil {
		t.Fatal(err)
	}
	if r, _, b, _ := m.At(16, 8).RGBA(); r < 0xc000 || b > 0x4000 {
		t.Errorf("left is not up: %v", m.At(16, 8))
	}
	square, err := Draw(raw, Cover(256))
	if err != nil || square.Width != 256 || square.Height != 256 {
		t.Error(square.Width, square.Height, err)
	}
	for _, broken := range [][]byte{raw[:20], []byte("\xff\xd8\xff\xe1\xff\xff")} {
		if _, err := Draw(broken, Cover(256)); !errors.Is(err, ErrBroken) {
			t.Error(err)
		}
	}
}
