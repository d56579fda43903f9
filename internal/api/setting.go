package api

import (
	"encoding/json"
	"net/http"
	"reflect"

	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/setting"
)

// Setting is a setting of the tenant.
type Setting struct {
	Name    string `json:"name"`
	Doc     string `json:"doc"`
	Version int64  `json:"version"`
	// Document has the setting's members and their values.
	Document json.RawMessage `json:"document"`
}

func (s Setting) version() int64 { return s.Version }

// SettingPatch has the members that are to change (RFC 7396).
type SettingPatch = json.RawMessage

func settingOf(d setting.Document) Setting {
	return Setting{string(d.Name), d.Doc, d.Version, d.Document}
}

func settingEndpoints() []endpoint {
	return []endpoint{
		get("setting.list", "/settings", setting.ListAll, "List the settings of the tenant: what an administrator changes while the server runs.", nil, func(c *call) ([]Setting, error) {
			list, err := setting.Page(c.ctx(), c.api.Guard, c.who, c.tenant)
			out := make([]Setting, 0, len(list))
			for _, d := range list {
				out = append(out, settingOf(d))
			}
			return out, err
		}),
		get("setting.show", "/settings/{name}", setting.Show, "Show a setting.", nil, func(c *call) (Setting, error) {
			d, err := setting.Look(c.ctx(), c.api.Guard, c.who, c.tenant, setting.Name(c.r.PathValue("name")))
			return settingOf(d), err
		}),
		{
			name: "setting.update", method: http.MethodPatch, path: "/settings/{name}", action: setting.Change.Name(), patch: true,
			doc: "Change members of a setting.", in: reflect.TypeFor[SettingPatch](), out: reflect.TypeFor[Setting](), run: updateSetting,
		},
	}
}

func updateSetting(c *call) (any, error) {
	body, err := c.body("application/merge-patch+json", "application/json")
	if err != nil {
		return nil, err
	}
	name := setting.Name(c.r.PathValue("name"))
	version := int64(-1)
	// RFC 9110 §13.1.1: without a matching entity tag the method is not performed
	if match := c.r.Header.Values("If-Match"); len(match) > 0 {
		d, err := setting.Look(c.ctx(), c.api.Guard, c.who, c.tenant, name)
		if err != nil {
			return nil, err
		}
		if version = d.Version; !matches(match, version) {
			return nil, &guard.Problem{Code: "version_mismatch", Public: "It was changed since you looked. Look at it again and repeat your change."}
		}
	}
	d, err := setting.Update(c.ctx(), c.api.Guard, c.who, c.tenant, name, body, version)
	return settingOf(d), err
}
