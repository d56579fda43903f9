package brand

import (
	"context"
	"embed"
	"errors"
	"time"

	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/client"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/store"
)

//go:embed migrations
var files embed.FS

// Migrations are the room's tables.
var Migrations = store.Migrations{Room: "brand", Files: files}

// topic tells caches that a brand changed.
const topic = "brand"

// Brand is a theme with its pictures.
type Brand struct {
	// Scope is tenant, or the client_id of the application whose brand it is.
	Scope Scope `json:"scope"`
	Theme
	// Images are the pictures; an application's brand shows the tenant's where it has none.
	Images []Picture `json:"images"`
	// UpdatedAt is when anything of this last changed.
	UpdatedAt time.Time `json:"updated_at,omitzero"`
	// Version grows with every change; it is the entity tag. 0 is a brand that nobody made.
	Version int64 `json:"version"`
}

// Picture is a picture of a brand, without its pixels.
type Picture struct {
	// Slot is logo, logo_dark or icon.
	Slot Slot `json:"slot"`
	// File is the name under which it is served, below /brand/.
	File string `json:"file"`
	// Width in pixels.
	Width int `json:"width"`
	// Height in pixels.
	Height int `json:"height"`
}

// image is the file name of a slot's picture, "" for none.
func (b Brand) image(s Slot) string {
	for _, p := range b.Images {
		if p.Slot == s {
			return p.File
		}
	}
	return ""
}

// Room keeps brands. It is safe for concurrent use.
type Room struct {
	guard  *guard.Guard
	words  Words
	looks  *store.Cache[owner, Look]
	images *store.Cache[drawn, []byte]
}

// New returns the room; words judges the owner's wording.
func New(g *guard.Guard, words Words) *Room {
	r := &Room{guard: g, words: words}
	r.looks = store.NewCache(g.Store(), topic, maxLooks, r.load)
	r.images = store.NewCache(g.Store(), topic, maxImages, r.loadImage)
	return r
}

// Look returns a brand to whoever may inspect, an empty one if nobody made it. Refusal:
// not_found.
func (r *Room) Look(ctx context.Context, c caller.Caller, tenant id.Tenant, scope Scope) (b Brand, err error) {
	err = r.guard.See(ctx, c, Show.On(tenant, scope, nil), func(rd *store.Reader) error {
		if err := exists(rd, tenant, scope); err != nil {
			return err
		}
		b, err = Get(rd, tenant, scope)
		return err
	})
	return b, err
}

// Update gives a brand a theme, if it still has the version; 0 is a brand that nobody made.
// Refusals: invalid (what cannot be read or is not in the lists), not_found, conflict.
func (r *Room) Update(ctx context.Context, c caller.Caller, tenant id.Tenant, scope Scope, theme Theme, version int64) (Brand, error) {
	theme, err := theme.Complete(r.words)
	if err != nil {
		return Brand{}, err
	}
	for _, f := range theme.Faults() {
		return Brand{}, guard.Invalid(string(f.Scheme)+"."+string(f.Ink), f.Error())
	}
	return r.do(ctx, c, Change.On(tenant, scope, &Detail{theme.Style().Name(), len(theme.Wording)}), tenant, scope, func(tx *store.Tx) error {
		return moved(put(tx, tenant, scope, theme, version))
	})
}

// Upload puts a picture into a slot. Refusals: invalid, not_found, access_denied before anything
// is decoded.
func (r *Room) Upload(ctx context.Context, c caller.Caller, tenant id.Tenant, scope Scope, slot Slot, raw []byte) (Brand, error) {
	detail := &UploadDetail{Slot: slot}
	deed := Upload.On(tenant, scope, detail)
	if allowed, err := r.guard.May(ctx, c, deed); err != nil {
		return Brand{}, err
	} else if !allowed {
		return Brand{}, &guard.Denied{Action: Upload.Name()}
	}
	drawn, err := r.draw(ctx, slot, raw)
	if err != nil {
		return Brand{}, err
	}
	detail.Hash = drawn.Hash
	return r.do(ctx, c, deed, tenant, scope, func(tx *store.Tx) error {
		if err := touch(tx, tenant, scope); err != nil {
			return err
		}
		return putImage(tx, tenant, scope, slot, drawn)
	})
}

// draw waits for its turn.
func (r *Room) draw(ctx context.Context, slot Slot, raw []byte) (Image, error) {
	if err := slot.check(); err != nil {
		return Image{}, err
	}
	return drawInTurn(ctx, raw, slot)
}

// TakeAway empties a slot. Refusal: not_found.
func (r *Room) TakeAway(ctx context.Context, c caller.Caller, tenant id.Tenant, scope Scope, slot Slot) (Brand, error) {
	if err := slot.check(); err != nil {
		return Brand{}, err
	}
	return r.do(ctx, c, Upload.On(tenant, scope, &UploadDetail{Slot: slot}), tenant, scope, func(tx *store.Tx) error {
		if err := removeImage(tx, tenant, scope, slot); errors.Is(err, store.ErrNotFound) {
			return guard.NotFound("This brand has no such picture.")
		} else if err != nil {
			return err
		}
		return touch(tx, tenant, scope)
	})
}

// Reset drops a brand with its pictures. Refusal: not_found.
func (r *Room) Reset(ctx context.Context, c caller.Caller, tenant id.Tenant, scope Scope) error {
	_, err := r.do(ctx, c, Reset.On(tenant, scope, nil), tenant, scope, func(tx *store.Tx) error {
		if err := remove(tx, tenant, scope); errors.Is(err, store.ErrNotFound) {
			return guard.NotFound("Nobody made this brand.")
		} else if err != nil {
			return err
		}
		return nil
	})
	return err
}

// do changes a brand and returns it as it is then.
func (r *Room) do(ctx context.Context, c caller.Caller, deed guard.Deed, tenant id.Tenant, scope Scope, change func(*store.Tx) error) (b Brand, err error) {
	err = r.guard.Do(ctx, c, deed, func(tx *store.Tx) error {
		if err := exists(tx.Read(), tenant, scope); err != nil {
			return err
		}
		if err := change(tx); err != nil {
			return err
		}
		if b, err = Get(tx.Read(), tenant, scope); err != nil {
			return err
		}
		return tx.Touch(topic)
	})
	return b, err
}

// exists refuses a scope that is none of this tenant.
func exists(r *store.Reader, tenant id.Tenant, scope Scope) error {
	if _, err := ParseScope(string(scope)); err != nil {
		return err
	}
	if scope.Kind() != KindClient {
		return nil
	}
	_, err := client.Get(r, tenant, client.ID(scope))
	if errors.Is(err, store.ErrNotFound) {
		return errNone
	}
	return err
}

// touch counts a brand's version up, and makes a brand that nobody made.
func touch(tx *store.Tx, tenant id.Tenant, scope Scope) error {
	b, err := Get(tx.Read(), tenant, scope)
	if err != nil {
		return err
	}
	return moved(put(tx, tenant, scope, b.Theme, b.Version))
}

func moved(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return guard.Conflict("Somebody changed this brand meanwhile. Look at it again and repeat your change.")
	}
	return err
}

func (s Slot) check() error {
	for _, known := range Slots {
		if s == known {
			return nil
		}
	}
	return guard.NotFound("A brand has the pictures logo, logo_dark and icon.")
}
