package picture

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
)

// turned is a picture as it stands when it is upright. way is the tag Orientation of Exif 2.32
// §4.6.4: 1 is as it is, 3 upside down, 6 and 8 on its side, the even ones below 5 and the odd ones
// above it mirrored.
type turned struct {
	image.Image
	way int
}

// Bounds implements image.Image.
func (t turned) Bounds() image.Rectangle {
	b := t.Image.Bounds()
	if t.way >= 5 {
		return image.Rect(0, 0, b.Dy(), b.Dx())
	}
	return image.Rect(0, 0, b.Dx(), b.Dy())
}

// At implements image.Image.
func (t turned) At(x, y int) color.Color {
	b := t.Image.Bounds()
	right, low := b.Dx()-1, b.Dy()-1
	switch t.way {
	case 2:
		x = right - x
	case 3:
		x, y = right-x, low-y
	case 4:
		y = low - y
	case 5:
		x, y = y, x
	case 6:
		x, y = y, low-x
	case 7:
		x, y = right-y, low-x
	case 8:
		x, y = right-y, x
	}
	return t.Image.At(b.Min.X+x, b.Min.Y+y)
}

// orientation reads the tag Orientation of a JPEG, 1 where there is none that can be read.
func orientation(raw []byte) int {
	for at := 2; at+4 <= len(raw) && raw[at] == 0xff; {
		size := int(binary.BigEndian.Uint16(raw[at+2:]))
		if raw[at+1] == 0xda || size < 2 || at+2+size > len(raw) { // the picture itself begins, or it is broken
			return 1
		}
		if body, ok := bytes.CutPrefix(raw[at+4:at+2+size], []byte("Exif\x00\x00")); ok && raw[at+1] == 0xe1 {
			return tagged(body)
		}
		at += 2 + size
	}
	return 1
}

// tagged looks through the first directory of a TIFF header (TIFF 6.0 §2).
func tagged(tiff []byte) int {
	const tag, entry = 0x0112, 12
	if len(tiff) < 8 {
		return 1
	}
	var order binary.ByteOrder = binary.BigEndian
	if bytes.HasPrefix(tiff, []byte("II")) {
		order = binary.LittleEndian
	}
	at := int64(order.Uint32(tiff[4:]))
	if at+2 > int64(len(tiff)) {
		return 1
	}
	entries := tiff[at+2:]
	for range order.Uint16(tiff[at:]) {
		if len(entries) < entry {
			return 1
		}
		if order.Uint16(entries) == tag {
			if way := int(order.Uint16(entries[8:])); way >= 1 && way <= 8 {
				return way
			}
			return 1
		}
		entries = entries[entry:]
	}
	return 1
}
