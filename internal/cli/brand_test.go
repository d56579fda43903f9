package cli_test

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/cardea-iam/cardea/internal/api/apitest"
)

// onePixel is a PNG in base64.
const onePixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGOQjfEHAAFiAMlN1xw6AAAAAElFTkSuQmCC"

func TestBrand(t *testing.T) {
	apitest.Each(t, func(t *testing.T, w *apitest.World) {
		good(t, w, "client", "create", "--name", "MyCalApp", "--redirect-uri", "http://127.0.0.1:9/cb")
		made := good(t, w, "brand", "set", "tenant", "--accent", "#4338ca", "--radius", "large", "--word", "en:signin.title=Come in", "--word", "de:signin.title=Herein")
		if light, _ := made["light"].(map[string]any); light["accent"] != "#4338ca" || made["radius"] != "large" {
			t.Errorf("%v", made)
		}
		// What is not named stays; an empty word goes.
		changed := good(t, w, "brand", "set", "tenant", "--dark-accent", "#a5b4fc", "--word", "de:signin.title=")
		if words, _ := changed["wording"].([]any); len(words) != 1 || changed["radius"] != "large" || changed["dark"] == nil {
			t.Errorf("%v", changed)
		}
		plain := good(t, w, "brand", "set", "tenant", "--accent", "", "--background", "", "--text", "", "--radius", "")
		if plain["light"] != nil || plain["radius"] != nil || plain["dark"] == nil {
			t.Errorf("%v", plain)
		}
		raw, err := base64.StdEncoding.DecodeString(onePixel)
		if err != nil {
			t.Fatal(err)
		}
		if b := good(t, w, "brand", "logo", "MyCalApp", "--icon", file(t, string(raw))); !strings.HasPrefix(text(t, b, "scope"), "cli_") {
			t.Errorf("%v", b)
		}
		if images, _ := good(t, w, "brand", "show", "MyCalApp")["images"].([]any); len(images) != 1 {
			t.Errorf("%v", images)
		}
		good(t, w, "brand", "logo", "MyCalApp", "--icon", "--remove")
		good(t, w, "brand", "reset", "tenant")
		for _, c := range []struct {
			code int
			says string
			args []string
		}{
			{1, "In the light scheme, accent #f5b301", []string{"set", "tenant", "--accent", "#f5b301"}},
			{1, "SVG is not taken", []string{"logo", "tenant", file(t, "<svg/>")}},
			{1, "is larger than 1 MiB", []string{"logo", "tenant", file(t, strings.Repeat("a", 1<<20+1))}},
			{1, "no such file", []string{"logo", "tenant", "/nowhere/logo.png"}},
			{2, "LOCALE:KEY=TEXT", []string{"set", "tenant", "--word", "signin.title"}},
			{2, "Say what to change", []string{"set", "tenant"}},
			{2, "or say --remove", []string{"logo", "tenant"}},
			{2, "two pictures", []string{"logo", "tenant", "--dark", "--icon", "--remove"}},
			{3, "There is no client called nothing", []string{"show", "nothing"}},
			{3, "Nobody made this brand", []string{"reset", "tenant"}},
		} {
			if r := run(t, nil, "", append([]string{"--data", w.Data, "brand"}, c.args...)...); r.code != c.code || !strings.Contains(r.err, c.says) {
				t.Errorf("%v: exit %d: %s", c.args, r.code, r.err)
			}
		}
	})
}
