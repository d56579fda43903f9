package part

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"path"
	"strings"
	"sync"
)

//go:embed asset
var assetFiles embed.FS

// AssetPrefix is the path under which assets are served, on the origin itself
// and not under a tenant.
const AssetPrefix = "/assets/"

// AssetCache is the Cache-Control value of every asset: its path changes when
// its bytes do.
const AssetCache = "public, max-age=31536000, immutable"

// Asset is a file that pages refer to.
type Asset struct {
	Name string // "cardea.css"
	Path string // "/assets/cardea.0123456789ab.css"
	Type string // the Content-Type
	Body []byte // not to be changed
}

// styleOrder is how the style sheets become one file: the layers first.
var styleOrder = []string{"tokens.css", "base.css", "layout.css", "component.css", "account.css", "inbox.css", "code.css", "brand.css"}

// Assets lists all assets. The slice is shared and not to be changed.
func Assets() []Asset { return assets() }

var assets = sync.OnceValue(func() []Asset {
	var style strings.Builder
	for _, name := range styleOrder {
		style.Write(readAsset(name))
	}
	return []Asset{
		newAsset("cardea.css", "text/css; charset=utf-8", []byte(style.String())),
		newAsset("mark.svg", "image/svg+xml", readAsset("mark.svg")),
		newAsset("form-post.js", "text/javascript; charset=utf-8", readAsset("form-post.js")),
		newAsset("brand.js", "text/javascript; charset=utf-8", readAsset("brand.js")),
		newAsset("print.js", "text/javascript; charset=utf-8", readAsset("print.js")),
		newAsset("passkey.js", "text/javascript; charset=utf-8", readAsset("passkey.js")),
		newAsset("puzzle.js", "text/javascript; charset=utf-8", readAsset("puzzle.js")),
		newAsset("reveal.js", "text/javascript; charset=utf-8", readAsset("reveal.js")),
		newAsset("wait.js", "text/javascript; charset=utf-8", readAsset("wait.js")),
	}
})

// readAsset panics for a file that is not in the program: a fault of the
// build, seen by every test.
func readAsset(name string) []byte {
	body, err := assetFiles.ReadFile("asset/" + name)
	if err != nil {
		panic(err)
	}
	return body
}

func newAsset(name, contentType string, body []byte) Asset {
	sum := sha256.Sum256(body)
	ext := path.Ext(name)
	return Asset{
		Name: name,
		Path: AssetPrefix + strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:6]) + ext,
		Type: contentType,
		Body: body,
	}
}

func assetPath(name string) (string, error) {
	for _, a := range assets() {
		if a.Name == name {
			return a.Path, nil
		}
	}
	return "", fmt.Errorf("no asset %q", name)
}
