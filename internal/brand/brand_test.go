package brand_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/cardea-iam/cardea/internal/audit"
	"github.com/cardea-iam/cardea/internal/brand"
	"github.com/cardea-iam/cardea/internal/caller"
	"github.com/cardea-iam/cardea/internal/client"
	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/guard/guardtest"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/oauth"
	"github.com/cardea-iam/cardea/internal/policy"
	"github.com/cardea-iam/cardea/internal/secret"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/store/storetest"
	"github.com/cardea-iam/cardea/internal/tenant"
)

var (
	schema   = []store.Migrations{audit.Migrations, tenant.Migrations, client.Migrations, brand.Migrations}
	operator = caller.Local("")
)

// words are the messages of a small catalogue.
type words struct{}

func (words) CheckWord(_, key, text string) string {
	if key != "signin.title" || text == "" {
		return "no such word"
	}
	return ""
}

type world struct {
	g     *guard.Guard
	room  *brand.Room
	other id.Tenant
}

// each gives fn a room, in whose world every account has the role that its id names.
func each(t *testing.T, fn func(t *testing.T, w world)) {
	storetest.Each(t, schema, func(t *testing.T, s *store.Store) {
		engine, err := policy.New(func(_ *store.Reader, q policy.Request, f *policy.Facts) error {
			f.CallerRoles = []string{q.Caller.ID}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		g := guard.New(s, engine)
		other, err := tenant.Create(t.Context(), g, operator, id.Default, tenant.Tenant{Name: "other"})
		if err != nil {
			t.Fatal(err)
		}
		fn(t, world{g, brand.New(g, words{}), other.ID})
	})
}

func (w world) app(t *testing.T, in id.Tenant) brand.Scope {
	t.Helper()
	c, _, err := client.Create(t.Context(), w.g, operator, secret.NewRoot([32]byte{1}), in,
		client.Client{Name: "app", Metadata: client.Metadata{Grants: []oauth.GrantType{oauth.GrantClientCredentials}}})
	if err != nil {
		t.Fatal(err)
	}
	return brand.OfClient(c.ID)
}

func (w world) look(t *testing.T, in id.Tenant, app brand.Scope) brand.Look {
	t.Helper()
	l, err := w.room.Of(t.Context(), in, client.ID(strings.TrimPrefix(string(app), "tenant")))
	if err != nil {
		t.Fatal(err)
	}
	return l
}

var code = guardtest.Code

func TestLifeOfABrand(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		ctx := t.Context()
		empty, err := w.room.Look(ctx, operator, id.Default, brand.Whole)
		if err != nil || empty.Version != 0 || w.look(t, id.Default, "").StyleName != "" {
			t.Fatalf("%+v %v", empty, err)
		}
		made, err := w.room.Update(ctx, operator, id.Default, brand.Whole, ours, 0)
		if err != nil || made.Version != 1 || made.Light != ours.Light {
			t.Fatalf("%+v %v", made, err)
		}
		// No restart: the next page has it.
		if l := w.look(t, id.Default, ""); l.StyleName != ours.Style().Name() || l.Layout != "side" {
			t.Errorf("%+v", l)
		}
		for _, version := range []int64{0, 2, -1} {
			if _, err := w.room.Update(ctx, operator, id.Default, brand.Whole, brand.Theme{}, version); code(err) != "conflict" {
				t.Errorf("version %d: %v", version, err)
			}
		}
		drawn, err := w.room.Upload(ctx, operator, id.Default, brand.Whole, brand.SlotLogo, pngOf(t, drawing(30, 20)))
		if err != nil || drawn.Version != 2 || len(drawn.Images) != 1 || drawn.Images[0].Width != 30 || drawn.Light != ours.Light {
			t.Fatalf("%+v %v", drawn, err)
		}
		file := drawn.Images[0].File
		if body, err := w.room.Image(ctx, id.Default, file); err != nil || len(body) == 0 || w.look(t, id.Default, "").Logo != file {
			t.Errorf("%d bytes %v", len(body), err)
		}
		if gone, err := w.room.TakeAway(ctx, operator, id.Default, brand.Whole, brand.SlotLogo); err != nil || gone.Version != 3 || len(gone.Images) != 0 {
			t.Errorf("%+v %v", gone, err)
		}
		if _, err := w.room.Image(ctx, id.Default, file); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("it is still served: %v", err)
		}
		for _, err := range []error{
			second(w.room.TakeAway(ctx, operator, id.Default, brand.Whole, brand.SlotLogo)),
			second(w.room.TakeAway(ctx, operator, id.Default, brand.Whole, "banner")),
			second(w.room.Upload(ctx, operator, id.Default, brand.Whole, "../logo", pngOf(t, drawing(2, 2)))),
			second(w.room.Look(ctx, operator, id.Default, "cli_nothing")),
			second(w.room.Update(ctx, operator, id.Default, "", brand.Theme{}, 0)),
		} {
			if code(err) != "not_found" {
				t.Error(err)
			}
		}
		if err := w.room.Reset(ctx, operator, id.Default, brand.Whole); err != nil || w.look(t, id.Default, "").StyleName != "" {
			t.Error(err)
		}
		if err := w.room.Reset(ctx, operator, id.Default, brand.Whole); code(err) != "not_found" {
			t.Error(err)
		}
	})
}

func second[T any](_ T, err error) error { return err }

// What could not be read, or is on no list, is refused with the field and a sentence, and nothing
// is stored.
func TestThemesThatAreRefused(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		long := make([]brand.Word, brand.MaxWords+1)
		for field, theme := range map[string]brand.Theme{
			"light.text":       {Light: brand.Palette{Accent: "#000000", Background: "#ffffff", Text: "#999999"}},
			"dark.accent":      {Dark: brand.Palette{Accent: "#222222", Background: "#000000", Text: "#ffffff"}},
			"light.background": {Light: brand.Palette{Background: "white"}},
			"dark.text":        {Dark: brand.Palette{Text: "#fff"}},
			"light.accent":     {Light: brand.Palette{Accent: "#1d5c4f;}"}},
			"radius":           {Radius: "12px"}, "font": {Font: "Comic Sans"}, "layout": {Layout: "side;"}, "wording": {Wording: long},
		} {
			_, err := w.room.Update(t.Context(), operator, id.Default, brand.Whole, theme, 0)
			var p *guard.Problem
			if !errors.As(err, &p) || p.Code != "invalid" || p.Field != field || p.Public == "" {
				t.Errorf("%s: %v", field, err)
			}
		}
		for _, uri := range []string{"http://help.example", "javascript:alert(1)", "https://", "//x.example", "https://u:p@x.example", "https://x.example/#a", "https://x.example/ a", "data:text/html,x", `https:\\x`, "https://x.example/" + strings.Repeat("a", 500)} {
			if err := second(w.room.Update(t.Context(), operator, id.Default, brand.Whole, brand.Theme{HelpURI: uri}, 0)); code(err) != "invalid" {
				t.Errorf("%s: %v", uri, err)
			}
		}
		for _, list := range [][]brand.Word{{{"en", "consent.heading", "x"}}, {{"en", "signin.title", "a"}, {"en", "signin.title", "b"}}, {{"en", "signin.title", ""}}} {
			if err := second(w.room.Update(t.Context(), operator, id.Default, brand.Whole, brand.Theme{Wording: list}, 0)); code(err) != "invalid" {
				t.Errorf("%v: %v", list, err)
			}
		}
		if b, err := w.room.Look(t.Context(), operator, id.Default, brand.Whole); err != nil || b.Version != 0 {
			t.Errorf("%+v %v", b, err)
		}
	})
}

// An application's brand is laid over the tenant's, palette by palette.
func TestAnApplicationOverItsTenant(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		ctx := t.Context()
		app := w.app(t, id.Default)
		set := func(scope brand.Scope, theme brand.Theme) {
			t.Helper()
			if _, err := w.room.Update(ctx, operator, id.Default, scope, theme, 0); err != nil {
				t.Fatal(err)
			}
		}
		whole := ours
		whole.HelpURI, whole.Wording = "https://help.example/", []brand.Word{{"de", "signin.title", "Hallo"}, {"en", "signin.title", "Hello"}}
		set(brand.Whole, whole)
		set(app, brand.Theme{Light: brand.Palette{Accent: "#7f1d1d"}, Layout: "plain", Wording: []brand.Word{{"en", "signin.title", "Calendar"}}})
		for scope, slots := range map[brand.Scope][]brand.Slot{brand.Whole: {brand.SlotLogo, brand.SlotLogoDark, brand.SlotIcon}, app: {brand.SlotIcon}} {
			for i, slot := range slots {
				if _, err := w.room.Upload(ctx, operator, id.Default, scope, slot, pngOf(t, drawing(20+i, 10+len(slots)))); err != nil {
					t.Fatal(err)
				}
			}
		}
		l, tenants := w.look(t, id.Default, app), w.look(t, id.Default, "")
		if l.Light.Accent != "#7f1d1d" || l.Light.Background != brand.Builtin[brand.Light].Background || l.Dark != (brand.Palette{}) {
			t.Errorf("a palette of one and a palette of the other: %+v", l.Theme)
		}
		if l.Layout != "plain" || l.Radius != "large" || l.HelpURI != whole.HelpURI || len(l.Wording) != 2 ||
			!slices.Contains(l.Wording, brand.Word{Locale: "en", Key: "signin.title", Text: "Calendar"}) || l.WordsID == tenants.WordsID || l.WordsID == "" {
			t.Errorf("%+v", l)
		}
		if l.Logo != tenants.Logo || l.LogoDark != tenants.LogoDark || l.Icon == tenants.Icon || l.AppPicture != l.Icon || tenants.AppPicture != "" {
			t.Errorf("%+v\n%+v", l, tenants)
		}
		// An application that goes takes its brand along.
		if err := client.Delete(ctx, w.g, operator, id.Default, client.ID(app)); err != nil {
			t.Fatal(err)
		}
		if _, err := w.room.Look(ctx, operator, id.Default, app); code(err) != "not_found" {
			t.Error(err)
		}
	})
}

func TestAD09_NobodyBrandsAnotherTenant(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		ctx := t.Context()
		theirs := w.app(t, w.other)
		if _, err := w.room.Update(ctx, operator, w.other, brand.Whole, ours, 0); err != nil {
			t.Fatal(err)
		}
		b, err := w.room.Upload(ctx, operator, w.other, theirs, brand.SlotIcon, pngOf(t, drawing(9, 9)))
		if err != nil {
			t.Fatal(err)
		}
		admin := caller.Person("admin", "", "", "", "")
		raw := pngOf(t, drawing(3, 3))
		for name, err := range map[string]error{
			"look": second(w.room.Look(ctx, admin, id.Default, theirs)), "update": second(w.room.Update(ctx, admin, id.Default, theirs, ours, 0)),
			"upload": second(w.room.Upload(ctx, admin, id.Default, theirs, brand.SlotIcon, raw)), "take away": second(w.room.TakeAway(ctx, admin, id.Default, theirs, brand.SlotIcon)),
			"reset": w.room.Reset(ctx, admin, id.Default, theirs),
		} {
			if code(err) != "not_found" {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := w.room.Image(ctx, id.Default, b.Images[0].File); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("a picture of another tenant: %v", err)
		}
		if l := w.look(t, id.Default, theirs); l.StyleName != "" || l.Icon != "" || l.AppPicture != "" {
			t.Errorf("the look of another tenant: %+v", l)
		}
		if l := w.look(t, w.other, theirs); l.StyleName == "" || l.Icon == "" {
			t.Errorf("its own: %+v", l)
		}
	})
}

func TestAD08_OnlyAdministratorsBrand(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		ctx := t.Context()
		raw := []byte("not even a picture: who may not is told so before it is looked at")
		for who, want := range map[string]string{"": "access_denied", "auditor": "access_denied", "plain": "access_denied"} {
			c := caller.Nobody("", "")
			if who != "" {
				c = caller.Person(who, "", "", "", "")
			}
			for name, err := range map[string]error{
				"update": second(w.room.Update(ctx, c, id.Default, brand.Whole, ours, 0)), "upload": second(w.room.Upload(ctx, c, id.Default, brand.Whole, brand.SlotIcon, raw)),
				"take away": second(w.room.TakeAway(ctx, c, id.Default, brand.Whole, brand.SlotIcon)), "reset": w.room.Reset(ctx, c, id.Default, brand.Whole),
			} {
				if code(err) != want {
					t.Errorf("%s by %q: %v", name, who, err)
				}
			}
		}
		if err := second(w.room.Look(ctx, caller.Person("auditor", "", "", "", ""), id.Default, brand.Whole)); err != nil {
			t.Error(err)
		}
		if err := second(w.room.Look(ctx, caller.Person("plain", "", "", "", ""), id.Default, brand.Whole)); code(err) != "access_denied" {
			t.Error(err)
		}
		if err := second(w.room.Update(ctx, caller.Person("admin", "", "", "", ""), id.Default, brand.Whole, ours, 0)); err != nil {
			t.Error(err)
		}
	})
}
