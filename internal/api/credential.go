package api

import (
	"net/http"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/credential"
	"github.com/cardea-iam/cardea/internal/factor"
	"github.com/cardea-iam/cardea/internal/store"
)

func credentialEndpoints() []endpoint {
	return []endpoint{
		list("account.list_credentials", "/accounts/{id}/credentials", credential.ListAll, "List an account's credentials: what they are and when they were used, never their data.", nil,
			func(c *call, after string, limit int) ([]credential.Info, error) {
				return credential.Page(c.ctx(), c.api.Guard, c.who, c.tenant, account.ID(c.r.PathValue("id")), after, limit)
			}, credential.Info.Cursor),
		act("account.remove_credential", http.MethodDelete, "/accounts/{id}/credentials/{kind}/{credential}", credential.RemoveOne,
			"Take a credential from an account, such as a passkey on a lost phone. Its owner is told; sessions go on.", removeCredential),
	}
}

func removeCredential(c *call) error {
	who, kind := account.ID(c.r.PathValue("id")), credential.Kind(c.r.PathValue("kind"))
	return credential.Take(c.ctx(), c.api.Guard, c.who, c.tenant, who, kind, credential.ID(c.r.PathValue("credential")), func(tx *store.Tx) error {
		return c.api.FactorRemoved(tx, c.tenant, who, factor.Kind(kind))
	})
}
