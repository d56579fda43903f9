package account

import (
	"context"
	"encoding/base64"
	"errors"
	"time"

	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/picture"
	"github.com/cardea-iam/cardea/internal/store"
)

// AvatarPrefix is the path, below a tenant's root, under which pictures of people are served.
const AvatarPrefix = "/avatar/"

// avatarSide is the size of a picture, in pixels.
const avatarSide = 256

// AvatarDetail is what the log keeps of a picture.
type AvatarDetail struct {
	Hash string `json:"hash,omitempty"` // "" when it is taken away
}

// SetPicture is the verb of a person's own picture.
var SetPicture = guard.Declare[ID, AvatarDetail]("account.set_picture", guard.Self, "Upload one's own picture, or take it away")

var (
	errPictureKind   = guard.Invalid("picture", "The picture must be a PNG or a JPEG. SVG is not taken, since it can hold script.")
	errPictureLarge  = guard.Invalid("picture", "The picture may have at most 1 MiB, 4096 pixels a side, and 4 million pixels.")
	errPictureBroken = guard.Invalid("picture", "The picture cannot be read: it is cut off or damaged.")
)

// UploadPicture gives an account a picture, drawn anew from what its person uploaded: the middle of
// it as a square of 256 pixels. Refusals: invalid, access_denied before anything is decoded.
func UploadPicture(ctx context.Context, g *guard.Guard, c caller.Caller, tenant id.Tenant, who ID, raw []byte) error {
	detail := &AvatarDetail{}
	deed := SetPicture.On(tenant, who, detail)
	if allowed, err := g.May(ctx, c, deed); err != nil {
		return err
	} else if !allowed {
		return &guard.Denied{Action: SetPicture.Name()}
	}
	drawn, err := picture.DrawInTurn(ctx, raw, picture.Cover(avatarSide))
	switch {
	case errors.Is(err, picture.ErrKind):
		return errPictureKind
	case errors.Is(err, picture.ErrLarge):
		return errPictureLarge
	case errors.Is(err, picture.ErrBroken):
		return errPictureBroken
	case err != nil:
		return err
	}
	detail.Hash = drawn.Hash
	return g.Do(ctx, c, deed, func(tx *store.Tx) error {
		if err := setAvatar(tx, tenant, who, drawn.Hash); err != nil {
			return missing(err)
		}
		_, err := tx.Exec(`INSERT INTO account_avatar (tenant, account, hash, png, updated_at) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (tenant, account) DO UPDATE SET hash = excluded.hash, png = excluded.png, updated_at = excluded.updated_at`, tenant, who, drawn.Hash, drawn.PNG, tx.Now())
		return err
	})
}

// RemovePicture takes an account's picture away; that there is none is no error.
func RemovePicture(ctx context.Context, g *guard.Guard, c caller.Caller, tenant id.Tenant, who ID) error {
	return g.Do(ctx, c, SetPicture.On(tenant, who, &AvatarDetail{}), func(tx *store.Tx) error {
		if err := setAvatar(tx, tenant, who, ""); err != nil {
			return missing(err)
		}
		_, err := tx.Exec("DELETE FROM account_avatar WHERE tenant = $1 AND account = $2", tenant, who)
		return err
	})
}

// Avatar is the PNG of a file name below AvatarPrefix, or store.ErrNotFound. Whoever knows the name
// has seen the picture: it is a hash of it.
func Avatar(r *store.Reader, tenant id.Tenant, file string) (png []byte, err error) {
	hash, ok := picture.ParseName(file)
	if !ok {
		return nil, store.ErrNotFound
	}
	return png, r.One([]any{&png}, "SELECT png FROM account_avatar WHERE tenant = $1 AND hash = $2 LIMIT 1", tenant, hash)
}

// AvatarPath is where the account's picture is served below the tenant's root, "" for none.
func (a Account) AvatarPath() string {
	if a.Picture == "" {
		return ""
	}
	return AvatarPrefix + a.Picture + ".png"
}

// Seen is the account as clients of an issuer see it: where its person wrote no other address of a
// picture, the claim picture is that of the picture that they uploaded.
func (a Account) Seen(issuer string) Account {
	if a.Claims.Picture == "" && a.Picture != "" {
		a.Claims.Picture = issuer + a.AvatarPath()
	}
	return a
}

func setAvatar(tx *store.Tx, tenant id.Tenant, who ID, hash string) error {
	return tx.ExecOne("UPDATE account SET avatar = $1, updated_at = $2, version = version + 1 WHERE tenant = $3 AND id = $4", hash, tx.Now(), tenant, who)
}

// exportedAvatar is a person's picture as they may download it.
type exportedAvatar struct {
	PNG       string    `json:"png"` // base64
	UpdatedAt time.Time `json:"updated_at"`
}

var avatarExport = store.Export{Name: "picture", Tables: []string{"account_avatar"}, Single: true, Page: store.ExportRows(func(row store.Row) (e exportedAvatar, err error) {
	var png []byte
	err = row.Scan(&png, &e.UpdatedAt)
	e.PNG = base64.StdEncoding.EncodeToString(png)
	return e, err
}, "SELECT png, updated_at FROM account_avatar WHERE tenant = $1 AND account = $2")}
