package brand

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"

	"github.com/cardea-iam/cardea/internal/client"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/picture"
	"github.com/cardea-iam/cardea/internal/store"
)

// Bounds of what is kept in memory. A picture has a few dozen kilobytes.
const (
	maxLooks  = 10_000
	maxImages = 100
)

// Look is how pages look in the end: an application's brand over the tenant's.
type Look struct {
	Theme            // complete; its palettes may be zero
	StyleName string // file names below /brand/; "" for none
	Logo      string
	LogoDark  string // "" where Logo does for both schemes
	Icon      string
	// AppPicture is the application's own icon, or else its own logo.
	AppPicture string
	// WordsID is the same for looks of the same words, "" for none.
	WordsID string
}

type owner struct {
	tenant id.Tenant
	app    client.ID
}

type drawn struct {
	tenant id.Tenant
	hash   string
}

// Of returns the look of a tenant's pages, or, if app is not "", of those that an application
// leads to. It answers from memory.
func (r *Room) Of(ctx context.Context, tenant id.Tenant, app client.ID) (Look, error) {
	if app != "" && id.Check("cli", string(app)) != nil {
		app = ""
	}
	return r.looks.Get(ctx, owner{tenant, app})
}

func (r *Room) load(ctx context.Context, o owner) (l Look, err error) {
	err = r.guard.Store().Read(ctx, o.tenant, func(rd *store.Reader) error {
		whole, err := Get(rd, o.tenant, Whole)
		if err != nil {
			return err
		}
		own := Brand{}
		if o.app != "" {
			if own, err = Get(rd, o.tenant, OfClient(o.app)); err != nil {
				return err
			}
		}
		l, err = Merge(whole, own)
		return err
	})
	return l, err
}

// Merge lays an application's brand over the tenant's.
func Merge(whole, own Brand) (Look, error) {
	l := Look{Theme: own.over(whole.Theme), Icon: cmp.Or(own.image(SlotIcon), whole.image(SlotIcon))}
	l.StyleName = l.Style().Name()
	l.Logo, l.LogoDark = own.image(SlotLogo), own.image(SlotLogoDark)
	l.AppPicture = cmp.Or(own.image(SlotIcon), l.Logo, l.LogoDark)
	if l.Logo == "" && l.LogoDark == "" { // logos are drawn for each other
		l.Logo, l.LogoDark = whole.image(SlotLogo), whole.image(SlotLogoDark)
	}
	if l.Logo == "" {
		l.Logo, l.LogoDark = l.LogoDark, ""
	}
	if len(l.Wording) > 0 {
		text, err := json.Marshal(l.Wording)
		if err != nil {
			return l, err
		}
		sum := sha256.Sum256(text)
		l.WordsID = hex.EncodeToString(sum[:16])
	}
	return l, nil
}

// Image is the bytes of a tenant's picture by its file name, or store.ErrNotFound.
func (r *Room) Image(ctx context.Context, tenant id.Tenant, name string) ([]byte, error) {
	hash, ok := picture.ParseName(name)
	if !ok {
		return nil, store.ErrNotFound
	}
	return r.images.Get(ctx, drawn{tenant, hash})
}

func (r *Room) loadImage(ctx context.Context, p drawn) (png []byte, err error) {
	err = r.guard.Store().Read(ctx, p.tenant, func(rd *store.Reader) error {
		png, err = body(rd, p.tenant, p.hash)
		return err
	})
	if errors.Is(err, store.ErrNotFound) {
		return nil, store.ErrNotFound
	}
	return png, err
}
