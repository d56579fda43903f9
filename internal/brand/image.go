package brand

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"image/png"
	"regexp"

	"github.com/cardea-iam/cardea/internal/guard"
)

// Slot is a place for a picture.
type Slot string

// The slots.
const (
	SlotLogo     Slot = "logo"      // at the head of the pages
	SlotLogoDark Slot = "logo_dark" // in its place in the dark scheme
	SlotIcon     Slot = "icon"      // square: the browser's tab, and beside an application's name
)

// Slots lists the slots.
var Slots = []Slot{SlotLogo, SlotLogoDark, SlotIcon}

// box is the largest that a picture of the slot is kept, in pixels.
func (s Slot) box() (width, height int) {
	if s == SlotIcon {
		return 192, 192
	}
	return 720, 240
}

// Bounds of what may be uploaded.
const (
	// MaxUpload is the most bytes of a picture.
	MaxUpload = 1 << 20
	// maxSide and maxPixels bound its size, which is read from its first bytes, before any of it
	// is unpacked: a few kilobytes may pretend to be gigabytes.
	maxSide   = 4096
	maxPixels = 4 << 20
)

// Image is a picture of ours: drawn anew, so nothing of what was uploaded is in it but pixels.
type Image struct {
	Hash          string // of PNG, 32 hexadecimal digits
	Width, Height int    // pixels
	PNG           []byte
}

// Name is the picture's file name.
func (i Image) Name() string { return i.Hash + ".png" }

var imageName = regexp.MustCompile(`^([0-9a-f]{32})\.png$`)

var (
	errKind   = guard.Invalid("image", "The picture must be a PNG or a JPEG. SVG is not taken, since it can hold script.")
	errLarge  = guard.Invalid("image", "The picture may have at most 1 MiB, 4096 pixels a side, and 4 million pixels.")
	errBroken = guard.Invalid("image", "The picture cannot be read: it is cut off or damaged.")
)

// Draw decodes a PNG or JPEG and draws it anew as a PNG that fits the slot. The type is read from
// the bytes and from nowhere else. Refusal: invalid.
func Draw(raw []byte, slot Slot) (Image, error) {
	if len(raw) > MaxUpload {
		return Image{}, errLarge
	}
	measure, decode := png.DecodeConfig, png.Decode
	switch {
	case bytes.HasPrefix(raw, []byte("\x89PNG\r\n\x1a\n")):
	case bytes.HasPrefix(raw, []byte("\xff\xd8\xff")):
		measure, decode = jpeg.DecodeConfig, jpeg.Decode
	default:
		return Image{}, errKind
	}
	size, err := measure(bytes.NewReader(raw))
	if err != nil || size.Width < 1 || size.Height < 1 {
		return Image{}, errBroken
	}
	if size.Width > maxSide || size.Height > maxSide || size.Width*size.Height > maxPixels {
		return Image{}, errLarge
	}
	picture, err := decode(bytes.NewReader(raw))
	if err != nil {
		return Image{}, errBroken
	}
	width, height := slot.box()
	drawn := fit(picture, width, height)
	if slot == SlotIcon {
		drawn = square(drawn)
	}
	var out bytes.Buffer
	if err := png.Encode(&out, drawn); err != nil {
		return Image{}, err
	}
	sum := sha256.Sum256(out.Bytes())
	b := drawn.Bounds()
	return Image{Hash: hex.EncodeToString(sum[:16]), Width: b.Dx(), Height: b.Dy(), PNG: out.Bytes()}, nil
}

// fit draws a picture so that it is no larger than a box; it is never made larger.
func fit(src image.Image, width, height int) *image.NRGBA {
	b := src.Bounds()
	w, h := b.Dx(), b.Dy()
	plain := image.NewRGBA64(image.Rect(0, 0, w, h))
	draw.Draw(plain, plain.Bounds(), src, b.Min, draw.Src)
	if w > width {
		w, h = width, max(1, h*width/w)
	}
	if h > height {
		w, h = max(1, w*height/h), height
	}
	out := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			out.Set(x, y, average(plain, x*b.Dx()/w, y*b.Dy()/h, (x+1)*b.Dx()/w, (y+1)*b.Dy()/h))
		}
	}
	return out
}

// average is the mean colour of a part of a picture, at least of one pixel.
func average(src *image.RGBA64, x0, y0, x1, y1 int) color.RGBA64 {
	x1, y1 = max(x1, x0+1), max(y1, y0+1)
	var r, g, b, a uint64
	for y := y0; y < y1; y++ {
		for x := x0; x < x1; x++ {
			c := src.RGBA64At(x, y)
			r, g, b, a = r+uint64(c.R), g+uint64(c.G), b+uint64(c.B), a+uint64(c.A)
		}
	}
	n := uint64((x1 - x0) * (y1 - y0))                                                          //nolint:gosec // positive
	return color.RGBA64{R: uint16(r / n), G: uint16(g / n), B: uint16(b / n), A: uint16(a / n)} //nolint:gosec // means of 16 bits
}

// square puts a picture into the middle of a transparent square.
func square(src *image.NRGBA) *image.NRGBA {
	b := src.Bounds()
	side := max(b.Dx(), b.Dy())
	out := image.NewNRGBA(image.Rect(0, 0, side, side))
	at := image.Pt((side-b.Dx())/2, (side-b.Dy())/2)
	draw.Draw(out, b.Add(at), src, b.Min, draw.Src)
	return out
}
