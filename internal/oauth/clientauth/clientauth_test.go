package clientauth_test

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/client"
	"github.com/cardea-iam/cardea/internal/oauth"
	"github.com/cardea-iam/cardea/internal/oauth/clientauth"
	. "github.com/cardea-iam/cardea/internal/oauth/oauthtest" //nolint:revive // the tests' own language
	"github.com/cardea-iam/cardea/internal/secret"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/web"
)

// who answers with the client that authenticated.
func who(w *World) []web.Route {
	return []web.Route{{
		Name: "test.who", Method: http.MethodPost, Path: "/who", Scope: web.PerTenant, Public: "test", CSRF: web.Credentials,
		Errors: clientauth.Errors,
		Handler: func(rw http.ResponseWriter, r *web.Request) error {
			form, err := web.Form(r)
			if err != nil {
				return err
			}
			c, err := w.Auth.Authenticate(r.Context(), r, form)
			if err != nil {
				return err
			}
			return web.WriteJSON(rw, 200, map[string]string{"client": clientauth.Caller(r, c).Subject()})
		},
	}}
}

func post(c App, text string) As {
	return func(_ *http.Request, form url.Values) {
		form.Set("client_id", string(c.ID))
		form.Set("client_secret", text)
	}
}

func header(value string) As {
	return func(r *http.Request, _ url.Values) { r.Header.Set("Authorization", value) }
}

func posting(c *client.Client) { c.AuthMethod = oauth.ClientAuthPost }

func is(t *testing.T, a Answer, c App) {
	t.Helper()
	if a.Text("client") != "client:"+string(c.ID) {
		t.Errorf("%d %s", a.Status, a.Body)
	}
}

func refused(t *testing.T, a Answer, code string) {
	t.Helper()
	status := map[string]int{"invalid_client": 401, "invalid_request": 400}[code]
	if a.Status != status || a.Error() != code {
		t.Errorf("%d %s, want %s", a.Status, a.Body, code)
	}
	if challenge := a.Header.Get("WWW-Authenticate"); (status == 401) != strings.HasPrefix(challenge, `Basic realm="`) {
		t.Errorf("WWW-Authenticate %q at %d", challenge, a.Status)
	}
}

func TestMethods(t *testing.T) {
	Each(t, who, func(t *testing.T, w *World) {
		basic, posted, public := w.MakeClient(nil), w.MakeClient(posting), w.MakeClient(Public)
		is(t, w.Post("/who", By(basic), nil), basic)
		is(t, w.Post("/who", By(basic), Form("client_id", string(basic.ID))), basic)
		is(t, w.Post("/who", post(posted, posted.Secret), nil), posted)
		is(t, w.Post("/who", By(public), nil), public)
		// RFC 6749 §2.3.1: an empty secret may be left out or sent empty
		is(t, w.Post("/who", By(public), Form("client_secret", "")), public)
		// RFC 6749 §2.3.1: the credentials are form-urlencoded inside Basic
		encoded := strings.NewReplacer("_", "%5F", "c", "%63").Replace(basic.Secret)
		is(t, w.Post("/who", header("basic "+base64.StdEncoding.EncodeToString([]byte(strings.ReplaceAll(string(basic.ID), "_", "%5f")+":"+encoded))), nil), basic)
		refused(t, w.Post("/who", header("Basic "+base64.StdEncoding.EncodeToString([]byte(string(basic.ID)+":%zz"))), nil), "invalid_client")
	})
}

func TestCG12_EmptyOrSkippedSecret(t *testing.T) {
	Each(t, who, func(t *testing.T, w *World) {
		basic, posted, public := w.MakeClient(nil), w.MakeClient(posting), w.MakeClient(Public)
		for _, text := range []string{"", " ", "null", "undefined", "0", "true", "[]", strings.Repeat("A", secret.ClientSecret.Length()),
			secret.ClientSecret.Mint().Reveal(), posted.Secret, strings.ToUpper(basic.Secret), basic.Secret + " ", basic.Secret[:20]} {
			refused(t, w.Post("/who", Basic(string(basic.ID), text), nil), "invalid_client")
		}
		for _, text := range []string{"", " ", "null", secret.ClientSecret.Mint().Reveal(), basic.Secret} {
			refused(t, w.Post("/who", post(posted, text), nil), "invalid_client")
		}
		refused(t, w.Post("/who", nil, Form("client_id", string(basic.ID))), "invalid_client")
		refused(t, w.Post("/who", nil, Form("client_secret", basic.Secret)), "invalid_client")
		refused(t, w.Post("/who", nil, nil), "invalid_client")
		// A public client with a secret, whatever it is.
		refused(t, w.Post("/who", post(public, "x"), nil), "invalid_client")
		refused(t, w.Post("/who", Basic(string(public.ID), ""), nil), "invalid_client")
		for _, value := range []string{"Basic", "Basic ", "Basic !!!", "Bearer " + basic.Secret, "Basic " + base64.StdEncoding.EncodeToString([]byte(string(basic.ID))), "x"} {
			refused(t, w.Post("/who", header(value), nil), "invalid_client")
			refused(t, w.Post("/who", header(value), Form("client_id", string(public.ID))), "invalid_client")
		}
	})
}

// A request with two methods is invalid_request in RFC 6749 §5.2; a method that is not the
// registered one, or not supported, is invalid_client.
func TestCG13_MethodPolicy(t *testing.T) {
	Each(t, who, func(t *testing.T, w *World) {
		basic, posted := w.MakeClient(nil), w.MakeClient(posting)
		refused(t, w.Post("/who", post(basic, basic.Secret), nil), "invalid_client")
		refused(t, w.Post("/who", Basic(string(posted.ID), posted.Secret), nil), "invalid_client")
		both := func(r *http.Request, form url.Values) {
			By(basic)(r, form)
			post(basic, basic.Secret)(r, form)
		}
		refused(t, w.Post("/who", both, nil), "invalid_request")
		for _, junk := range [][2]string{{"client_assertion", "e30.e30."}, {"client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"}} {
			refused(t, w.Post("/who", By(basic), Form(junk[0], junk[1])), "invalid_client")
			refused(t, w.Post("/who", nil, Form("client_id", string(basic.ID), junk[0], junk[1])), "invalid_client")
		}
		refused(t, w.Post("/who", By(basic), Form("client_id", string(posted.ID))), "invalid_request")
		twice := func(r *http.Request, form url.Values) {
			By(basic)(r, form)
			r.Header.Add("Authorization", r.Header.Get("Authorization"))
		}
		refused(t, w.Post("/who", twice, nil), "invalid_request")
		// Credentials in the URL are none.
		refused(t, w.Post("/who?client_id="+string(posted.ID)+"&client_secret="+posted.Secret, nil, nil), "invalid_client")
	})
}

func TestUnknownClientLooksLikeAWrongSecret(t *testing.T) {
	Each(t, who, func(t *testing.T, w *World) {
		known := w.MakeClient(nil)
		wrong := w.Post("/who", Basic(string(known.ID), secret.ClientSecret.Mint().Reveal()), nil)
		refused(t, wrong, "invalid_client")
		for _, id := range []string{"cli_00000000000000000000000000", "x", "null", "acc_00000000000000000000000000", "' OR 1=1 --", "é", "%"} {
			a := w.Post("/who", Basic(id, known.Secret), nil)
			refused(t, a, "invalid_client")
			if a.Body != wrong.Body {
				t.Errorf("%q: %s, a wrong secret: %s", id, a.Body, wrong.Body)
			}
		}
		if err := client.SetDisabled(t.Context(), w.Guard, Operator, w.Tenant, known.ID, true); err != nil {
			t.Fatal(err)
		}
		if a := w.Post("/who", By(known), nil); a.Body != wrong.Body {
			t.Errorf("disabled: %s", a.Body)
		}
		other := w.At(Acme)
		if a := other.Post("/who", By(known), nil); a.Body != wrong.Body {
			t.Errorf("other tenant: %s", a.Body)
		}
	})
}

func TestSecretRotation(t *testing.T) {
	Each(t, who, func(t *testing.T, w *World) {
		old := w.MakeClient(nil)
		text, err := client.RotateSecret(t.Context(), w.Guard, Operator, w.Root, w.Tenant, old.ID, time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		fresh := old
		fresh.Secret = text.Reveal()
		is(t, w.Post("/who", By(fresh), nil), fresh)
		is(t, w.Post("/who", By(old), nil), old)
		w.Clock.Advance(time.Hour)
		is(t, w.Post("/who", By(fresh), nil), fresh)
		refused(t, w.Post("/who", By(old), nil), "invalid_client")
	})
}

func TestCG31_ClientCannotLookLikeAPerson(t *testing.T) {
	Each(t, who, func(t *testing.T, w *World) {
		ada := w.MakePerson("ada")
		c := w.MakeClient(func(c *client.Client) { c.ID = client.ID(ada.ID) }) // the id asked for counts for nothing
		if string(c.ID) == string(ada.ID) || !strings.HasPrefix(string(c.ID), "cli_") || account.ID(c.ID).Check() == nil {
			t.Errorf("client id %q", c.ID)
		}
		// Even a row that names a client like a person authenticates nobody.
		w.Write(func(tx *store.Tx) error {
			_, err := tx.Exec("UPDATE client SET id = $1 WHERE tenant = $2 AND id = $3", ada.ID, w.Tenant, c.ID)
			return err
		})
		refused(t, w.Post("/who", Basic(string(ada.ID), c.Secret), nil), "invalid_client")
	})
}
