package brand_test

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"runtime"
	"strings"
	"testing"

	"github.com/cardea-iam/cardea/internal/brand"
)

// drawing is a picture with a gradient, half of it transparent.
func drawing(width, height int) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			c := color.NRGBA{R: uint8(x * 255 / width), G: uint8(y * 255 / height), B: 128, A: 255}
			if x < width/2 {
				c.A = 0
			}
			m.Set(x, y, c)
		}
	}
	return m
}

func pngOf(t *testing.T, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// chunk is one chunk of a PNG (ISO/IEC 15948 §5.3).
func chunk(kind string, data []byte) []byte {
	out := binary.BigEndian.AppendUint32(nil, uint32(len(data)))
	body := append([]byte(kind), data...)
	return binary.BigEndian.AppendUint32(append(out, body...), crc32.ChecksumIEEE(body))
}

// pretend is a small PNG that says it is large; lines of zeros, as many as rows, are in it.
func pretend(width, height uint32, rows int) []byte {
	header := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, width), height)
	var z bytes.Buffer
	w := zlib.NewWriter(&z)
	line := make([]byte, int(width)*4+1)
	for range rows {
		_, _ = w.Write(line)
	}
	_ = w.Close()
	return bytes.Join([][]byte{[]byte("\x89PNG\r\n\x1a\n"), chunk("IHDR", append(header, 8, 6, 0, 0, 0)), chunk("IDAT", z.Bytes()), chunk("IEND", nil)}, nil)
}

func TestPicturesAreDrawnAnew(t *testing.T) {
	evil := []byte("<script>alert(1)</script>")
	plain := pngOf(t, drawing(100, 40))
	// A picture with a comment in it, and markup behind its end.
	at := len("\x89PNG\r\n\x1a\n") + 25
	polyglot := append(append(append(append([]byte{}, plain[:at]...), chunk("tEXt", append([]byte("Comment\x00"), evil...))...), plain[at:]...), evil...)
	var photo bytes.Buffer
	if err := jpeg.Encode(&photo, drawing(2000, 1000), nil); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name          string
		raw           []byte
		slot          brand.Slot
		width, height int
	}{
		{"png", plain, brand.SlotLogo, 100, 40}, {"polyglot", polyglot, brand.SlotLogo, 100, 40},
		{"jpeg", photo.Bytes(), brand.SlotLogo, 480, 240}, {"wide", pngOf(t, drawing(4000, 10)), brand.SlotLogoDark, 720, 1},
		{"icon", pngOf(t, drawing(1000, 500)), brand.SlotIcon, 192, 192}, {"one", pngOf(t, drawing(1, 1)), brand.SlotIcon, 1, 1},
	} {
		got, err := brand.Draw(c.raw, c.slot)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		size, err := png.DecodeConfig(bytes.NewReader(got.PNG))
		if err != nil || size.Width != c.width || size.Height != c.height || got.Width != c.width || got.Height != c.height || len(got.Hash) != 32 {
			t.Errorf("%s: %+v %v", c.name, size, err)
		}
		if bytes.Contains(got.PNG, evil) || bytes.Contains(got.PNG, []byte("tEXt")) {
			t.Errorf("%s: what was uploaded is served", c.name)
		}
	}
	// Transparent pixels stay so, and the same pixels have the same name.
	a, errA := brand.Draw(plain, brand.SlotLogo)
	b, errB := brand.Draw(polyglot, brand.SlotLogo)
	if errA != nil || errB != nil || a.Hash != b.Hash {
		t.Errorf("%s %v, %s %v", a.Hash, errA, b.Hash, errB)
	}
	m, err := png.Decode(bytes.NewReader(a.PNG))
	if err != nil {
		t.Fatal(err)
	}
	if _, _, _, left := m.At(10, 10).RGBA(); left != 0 {
		t.Error("transparency is lost")
	}
	if _, _, _, right := m.At(90, 10).RGBA(); right != 0xffff {
		t.Error("what was opaque is not")
	}
}

func TestAD21_UploadsThatAreRefused(t *testing.T) {
	plain := pngOf(t, drawing(40, 40))
	var animation bytes.Buffer
	if err := gif.Encode(&animation, drawing(4, 4), nil); err != nil {
		t.Fatal(err)
	}
	for name, raw := range map[string][]byte{
		"nothing": nil, "svg": []byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`), "html": []byte("<!doctype html><script>1</script>"),
		"gif": animation.Bytes(), "png name only": []byte("\x89PNG\r\n\x1a\n"), "cut off": plain[:len(plain)-30], "jpeg name only": []byte("\xff\xd8\xff\xe0"),
		"svg behind white space": []byte(" \n<svg/>"), "text": []byte(strings.Repeat("a", 100)), "too many bytes": append(plain, make([]byte, brand.MaxUpload)...),
		"no width": pretend(0, 10, 10), "flipped bit": flip(plain),
	} {
		if got, err := brand.Draw(raw, brand.SlotLogo); code(err) != "invalid" {
			t.Errorf("%s: %+v %v", name, got, err)
		}
	}
}

func flip(raw []byte) []byte {
	out := bytes.Clone(raw)
	out[len(out)/2] ^= 1
	return out
}

// A few kilobytes that unpack to gigabytes are refused before anything is unpacked.
func TestAD21_DecompressionBombs(t *testing.T) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for name, raw := range map[string][]byte{
		"60,000 pixels a side": pretend(60_000, 60_000, 4), "one line of 2^31": pretend(1<<20, 2047, 1), "5000 a side": pretend(5000, 5000, 10),
		"more than 4 million": pretend(4096, 2048, 10),
	} {
		if len(raw) > 64<<10 {
			t.Fatalf("%s has %d bytes: no bomb", name, len(raw))
		}
		runtime.ReadMemStats(&before)
		_, err := brand.Draw(raw, brand.SlotLogo)
		runtime.ReadMemStats(&after)
		if used := after.TotalAlloc - before.TotalAlloc; code(err) != "invalid" || used > 1<<20 {
			t.Errorf("%s: %v, %d bytes of memory", name, err, used)
		}
	}
	// More lines than the picture has are not unpacked into anything.
	if _, err := brand.Draw(pretend(16, 16, 200_000), brand.SlotLogo); code(err) != "invalid" {
		t.Errorf("more rows than it has: %v", err)
	}
}
