package api

import (
	"net/http"
	"strconv"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/imports"
)

// NewImport names a file to import.
type NewImport struct {
	// SHA256 is the digest of the file in lower case hex: it names the import.
	SHA256 imports.ID `json:"sha256"`
	// Size is the length of the file in bytes.
	Size int64 `json:"size"`
}

func importEndpoints() []endpoint {
	add := create("import.add", "/imports/{id}/batches", imports.Import, "Import the next lines of a file.", func(c *call, in imports.Batch) (imports.Run, error) {
		return c.api.Imports.Add(c.ctx(), c.who, c.tenant, importID(c), in)
	})
	add.status, add.body = http.StatusOK, imports.MaxBatch
	return []endpoint{
		create("import.begin", "/imports", imports.Import, "Begin to import a file, or see how far it has come.", func(c *call, in NewImport) (imports.Run, error) {
			return c.api.Imports.Begin(c.ctx(), c.who, c.tenant, in.SHA256, in.Size)
		}),
		get("import.show", "/imports/{id}", imports.Import, "See how far the import of a file has come.", nil, func(c *call) (imports.Run, error) {
			return c.api.Imports.Look(c.ctx(), c.who, c.tenant, importID(c))
		}),
		add,
		list("import.rejections", "/imports/{id}/rejections", imports.Import, "List the lines of a file that made no account.", nil,
			func(c *call, after string, limit int) ([]imports.Rejection, error) {
				line, err := c.integer("after", 0)
				if err != nil {
					return nil, err
				}
				return c.api.Imports.Rejections(c.ctx(), c.who, c.tenant, importID(c), line, limit)
			}, func(r imports.Rejection) string { return strconv.FormatInt(r.Line, 10) }),
		list("import.accounts", "/imports/{id}/accounts", imports.Import, "List the accounts of a file that came with an external id.", nil,
			func(c *call, after string, limit int) ([]imports.Origin, error) {
				return c.api.Imports.Origins(c.ctx(), c.who, c.tenant, importID(c), account.ID(after), limit)
			}, func(o imports.Origin) string { return string(o.Account) }),
	}
}

func importID(c *call) imports.ID { return imports.ID(c.r.PathValue("id")) }
