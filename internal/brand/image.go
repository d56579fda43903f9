package brand

import (
	"context"
	"errors"

	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/picture"
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

// shape is how a picture of the slot is kept, in pixels.
func (s Slot) shape() picture.Shape {
	if s == SlotIcon {
		return picture.Square(picture.Fit(192, 192))
	}
	return picture.Fit(720, 240)
}

// MaxUpload is the most bytes of a picture.
const MaxUpload = picture.MaxUpload

// Image is a picture of ours: drawn anew, so nothing of what was uploaded is in it but pixels.
type Image = picture.Image

var (
	errKind   = guard.Invalid("image", "The picture must be a PNG or a JPEG. SVG is not taken, since it can hold script.")
	errLarge  = guard.Invalid("image", "The picture may have at most 1 MiB, 4096 pixels a side, and 4 million pixels.")
	errBroken = guard.Invalid("image", "The picture cannot be read: it is cut off or damaged.")
)

// Draw decodes a PNG or JPEG and draws it anew as a PNG that fits the slot. The type is read from
// the bytes and from nowhere else. Refusal: invalid.
func Draw(raw []byte, slot Slot) (Image, error) {
	i, err := picture.Draw(raw, slot.shape())
	return i, refused(err)
}

// drawInTurn is Draw when it is its turn.
func drawInTurn(ctx context.Context, raw []byte, slot Slot) (Image, error) {
	i, err := picture.DrawInTurn(ctx, raw, slot.shape())
	return i, refused(err)
}

func refused(err error) error {
	switch {
	case errors.Is(err, picture.ErrKind):
		return errKind
	case errors.Is(err, picture.ErrLarge):
		return errLarge
	case errors.Is(err, picture.ErrBroken):
		return errBroken
	}
	return err
}
