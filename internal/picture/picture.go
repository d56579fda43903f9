package picture

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"image"
	"image/jpeg"
	"image/png"
	"regexp"
)

// Bounds of what may be uploaded.
const (
	// MaxUpload is the most bytes of a picture.
	MaxUpload = 1 << 20
	// maxSide and maxPixels bound its size, which is read from its first bytes, before any of it
	// is unpacked: a few kilobytes may pretend to be gigabytes.
	maxSide   = 4096
	maxPixels = 4 << 20
)

// What is wrong with an upload.
var (
	ErrKind   = errors.New("the picture must be a PNG or a JPEG; SVG is not taken, since it can hold script")
	ErrLarge  = errors.New("the picture may have at most 1 MiB, 4096 pixels a side, and 4 million pixels")
	ErrBroken = errors.New("the picture cannot be read: it is cut off or damaged")
)

// Image is a picture of ours.
type Image struct {
	Hash          string // of PNG, 32 hexadecimal digits
	Width, Height int    // pixels
	PNG           []byte
}

// Name is the picture's file name.
func (i Image) Name() string { return i.Hash + ".png" }

var name = regexp.MustCompile(`^([0-9a-f]{32})\.png$`)

// ParseName is the hash in a file name; ok is false for what is no name of a picture.
func ParseName(file string) (hash string, ok bool) {
	m := name.FindStringSubmatch(file)
	if m == nil {
		return "", false
	}
	return m[1], true
}

// Shape turns what was uploaded into what is kept, such as Fit or Cover.
type Shape func(image.Image) *image.NRGBA

// Draw decodes a PNG or JPEG and draws it anew as a PNG. The type is read from the bytes and from
// nowhere else. A JPEG is turned upright as its camera noted. Errors: ErrKind, ErrLarge, ErrBroken.
func Draw(raw []byte, shape Shape) (Image, error) {
	if len(raw) > MaxUpload {
		return Image{}, ErrLarge
	}
	measure, decode, upright := png.DecodeConfig, png.Decode, 1
	switch {
	case bytes.HasPrefix(raw, []byte("\x89PNG\r\n\x1a\n")):
	case bytes.HasPrefix(raw, []byte("\xff\xd8\xff")):
		measure, decode, upright = jpeg.DecodeConfig, jpeg.Decode, orientation(raw)
	default:
		return Image{}, ErrKind
	}
	size, err := measure(bytes.NewReader(raw))
	if err != nil || size.Width < 1 || size.Height < 1 {
		return Image{}, ErrBroken
	}
	if size.Width > maxSide || size.Height > maxSide || size.Width*size.Height > maxPixels {
		return Image{}, ErrLarge
	}
	decoded, err := decode(bytes.NewReader(raw))
	if err != nil {
		return Image{}, ErrBroken
	}
	if upright != 1 {
		decoded = turned{decoded, upright}
	}
	drawn := shape(decoded)
	var out bytes.Buffer
	if err := png.Encode(&out, drawn); err != nil {
		return Image{}, err
	}
	sum := sha256.Sum256(out.Bytes())
	b := drawn.Bounds()
	return Image{Hash: hex.EncodeToString(sum[:16]), Width: b.Dx(), Height: b.Dy(), PNG: out.Bytes()}, nil
}

// drawers bounds how many pictures the process decodes at once: each may need 64 MiB.
var drawers = make(chan struct{}, 2)

// DrawInTurn is Draw when it is the caller's turn. The error is the context's if that ends before.
func DrawInTurn(ctx context.Context, raw []byte, shape Shape) (Image, error) {
	select {
	case drawers <- struct{}{}:
		defer func() { <-drawers }()
		return Draw(raw, shape)
	case <-ctx.Done():
		return Image{}, ctx.Err()
	}
}
