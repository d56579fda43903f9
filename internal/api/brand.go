package api

import (
	"encoding/base64"
	"net/http"
	"reflect"

	"github.com/cardea-iam/cardea/internal/brand"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/strictjson"
)

// Brand is how pages look, as the administration shows it.
type Brand struct{ brand.Brand }

func (b Brand) version() int64 { return b.Version }

// BrandTheme is what may be changed of a brand, apart from its pictures. What is left out is left
// to the tenant's brand, or to what is built in.
type BrandTheme struct{ brand.Theme }

// BrandImage is a picture for a brand.
type BrandImage struct {
	// Image is a PNG or JPEG of at most 1 MiB, in base64. It is drawn anew.
	Image string `json:"image"`
}

func brandScope(c *call) (brand.Scope, error) { return brand.ParseScope(c.r.PathValue("scope")) }

func lookBrand(c *call) (Brand, error) {
	scope, err := brandScope(c)
	if err != nil {
		return Brand{}, err
	}
	b, err := c.api.Brands.Look(c.ctx(), c.who, c.tenant, scope)
	return Brand{b}, err
}

func brandEndpoints() []endpoint {
	const where, image = "/brands/{scope}", "/brands/{scope}/images/{slot}"
	return []endpoint{
		get("brand.show", where, brand.Show, "Look at the brand of the tenant (tenant) or of an application (its client_id); an empty one if nobody made it.", nil, lookBrand),
		replace("brand.update", where, brand.Change, "Give a brand a theme. Colours that people could not read are refused.", func(c *call) (int64, error) {
			b, err := lookBrand(c)
			return b.Version, err
		}, func(c *call, in BrandTheme, version int64) (Brand, error) {
			scope, err := brandScope(c)
			if err != nil {
				return Brand{}, err
			}
			b, err := c.api.Brands.Update(c.ctx(), c.who, c.tenant, scope, in.Theme, version)
			return Brand{b}, err
		}),
		act("brand.reset", http.MethodDelete, where, brand.Reset, "Drop a brand with its pictures.", func(c *call) error {
			scope, err := brandScope(c)
			if err != nil {
				return err
			}
			return c.api.Brands.Reset(c.ctx(), c.who, c.tenant, scope)
		}),
		{
			name: "brand.upload", method: http.MethodPut, path: image, action: brand.Upload.Name(), doc: "Put a picture into a brand: logo, logo_dark or icon.",
			in: reflect.TypeFor[BrandImage](), out: reflect.TypeFor[Brand](), body: maxImage, costly: true, run: uploadBrand,
		},
		act("brand.take_away", http.MethodDelete, image, brand.Upload, "Take a picture out of a brand.", func(c *call) error {
			scope, err := brandScope(c)
			if err != nil {
				return err
			}
			_, err = c.api.Brands.TakeAway(c.ctx(), c.who, c.tenant, scope, brand.Slot(c.r.PathValue("slot")))
			return err
		}),
	}
}

// maxImage is a picture of the largest size in base64, with the JSON around it.
const maxImage = brand.MaxUpload/3*4 + 1024

func uploadBrand(c *call) (any, error) {
	body, err := c.body("application/json")
	if err != nil {
		return nil, err
	}
	var in BrandImage
	if err := strictjson.Unmarshal(body, &in, strictjson.MaxBytes(maxImage)); err != nil {
		return nil, err
	}
	scope, err := brandScope(c)
	if err != nil {
		return nil, err
	}
	raw, err := base64.StdEncoding.Strict().DecodeString(in.Image)
	if err != nil {
		return nil, guard.Invalid("image", "Send the picture in base64 (RFC 4648 §4).")
	}
	b, err := c.api.Brands.Upload(c.ctx(), c.who, c.tenant, scope, brand.Slot(c.r.PathValue("slot")), raw)
	return Brand{b}, err
}
