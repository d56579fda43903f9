package credential_test

import (
	"bytes"
	"errors"
	"slices"
	"testing"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/credential"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/secret"
	"github.com/cardea-iam/cardea/internal/store"
	"github.com/cardea-iam/cardea/internal/store/storetest"
	"github.com/cardea-iam/cardea/internal/tenant"
)

var (
	schema = []store.Migrations{tenant.Migrations, account.Migrations, credential.Migrations}
	root   = secret.NewRoot([32]byte{1})
)

func write(t *testing.T, s *store.Store, fn func(tx *store.Tx) error) error {
	t.Helper()
	return s.Write(t.Context(), id.Default, store.Serializable, fn)
}

func person(t *testing.T, s *store.Store, name string) (who account.ID) {
	t.Helper()
	if err := write(t, s, func(tx *store.Tx) error {
		who = account.NewID(tx.Now())
		_, err := account.Insert(tx, id.Default, who, account.New{Username: name})
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return who
}

func put(tx *store.Tx, c credential.Credential) error {
	return credential.Put(tx, id.Default, c, credential.Seal(root, id.Default, c))
}

func get(t *testing.T, s *store.Store, who account.ID, kind credential.Kind) (c credential.Credential, err error) {
	t.Helper()
	err = s.Read(t.Context(), id.Default, func(r *store.Reader) error {
		c, err = credential.Get(r, root, id.Default, who, kind, credential.Only)
		return err
	})
	return c, err
}

func TestLifeOfACredential(t *testing.T) {
	storetest.Each(t, schema, func(t *testing.T, s *store.Store) {
		ann := person(t, s, "ann")
		c := credential.Credential{Account: ann, Kind: "password", ID: credential.Only, Data: []byte("hash one")}
		if err := write(t, s, func(tx *store.Tx) error { return put(tx, c) }); err != nil {
			t.Fatal(err)
		}
		if err := write(t, s, func(tx *store.Tx) error { return put(tx, c) }); !store.IsDuplicate(err) {
			t.Fatalf("put twice: %v", err)
		}
		first, err := get(t, s, ann, "password")
		if err != nil || string(first.Data) != "hash one" || first.Version != 1 || !first.UsedAt.IsZero() || first.CreatedAt.IsZero() {
			t.Fatalf("%+v %v", first, err)
		}
		if err := write(t, s, func(tx *store.Tx) error { return credential.Used(tx, id.Default, first) }); err != nil {
			t.Fatal(err)
		}
		changed := first
		changed.Data = []byte("hash two")
		if err := write(t, s, func(tx *store.Tx) error { return put(tx, changed) }); err != nil {
			t.Fatal(err)
		}
		for name, fn := range map[string]func(*store.Tx) error{
			"the old version changes": func(tx *store.Tx) error { return put(tx, changed) },
			"the old version proves":  func(tx *store.Tx) error { return credential.Used(tx, id.Default, first) },
			"another kind goes":       func(tx *store.Tx) error { return credential.Delete(tx, id.Default, ann, "totp", credential.Only) },
		} {
			if err := write(t, s, fn); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("%s: %v", name, err)
			}
		}
		second, err := get(t, s, ann, "password")
		if err != nil || string(second.Data) != "hash two" || second.Version != 2 || second.UsedAt.IsZero() {
			t.Fatalf("%+v %v", second, err)
		}
		for range 2 {
			if err := write(t, s, func(tx *store.Tx) error {
				n := credential.Credential{Account: ann, Kind: "password", ID: credential.Only, Data: []byte("reset")}
				return credential.Replace(tx, id.Default, n, credential.Seal(root, id.Default, n))
			}); err != nil {
				t.Fatal(err)
			}
		}
		if third, err := get(t, s, ann, "password"); err != nil || string(third.Data) != "reset" || third.Version != 4 || !third.UsedAt.IsZero() {
			t.Fatalf("%+v %v", third, err)
		}
	})
}

func TestManyCredentialsOfAnAccount(t *testing.T) {
	storetest.Each(t, schema, func(t *testing.T, s *store.Store) {
		ann, bob := person(t, s, "ann"), person(t, s, "bob")
		if err := write(t, s, func(tx *store.Tx) error {
			for _, c := range []credential.Credential{
				{Account: ann, Kind: "passkey", ID: "b", Data: []byte("B")},
				{Account: ann, Kind: "passkey", ID: "a", Data: []byte("A")},
				{Account: ann, Kind: "totp", ID: credential.Only, Data: []byte("seed")},
				{Account: bob, Kind: "passkey", ID: "c", Data: []byte("C")},
			} {
				if err := put(tx, c); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		see := func(who account.ID) (kinds []credential.Kind, data string) {
			if err := s.Read(t.Context(), id.Default, func(r *store.Reader) (err error) {
				list, err := credential.List(r, root, id.Default, who, "passkey")
				for _, c := range list {
					data += string(c.Data)
				}
				if err == nil {
					kinds, err = credential.Kinds(r, id.Default, who)
				}
				return err
			}); err != nil {
				t.Fatal(err)
			}
			return kinds, data
		}
		if kinds, data := see(ann); data != "AB" || !slices.Equal(kinds, []credential.Kind{"passkey", "totp"}) {
			t.Fatalf("%v %q", kinds, data)
		}
		if err := write(t, s, func(tx *store.Tx) error {
			if n, err := credential.DeleteAll(tx, id.Default, ann); err != nil || n != 3 {
				t.Errorf("deleted %d, %v", n, err)
			}
			return account.Erase(tx, id.Default, bob)
		}); err != nil {
			t.Fatal(err)
		}
		for _, who := range []account.ID{ann, bob} {
			if kinds, data := see(who); len(kinds) != 0 || data != "" {
				t.Errorf("%s has %v", who, kinds)
			}
		}
	})
}

// A sealed value that is copied to another account, kind or tenant does not open there, and the
// table holds nothing in the clear.
func TestSealedDataIsBoundToItsRow(t *testing.T) {
	storetest.Each(t, schema, func(t *testing.T, s *store.Store) {
		ann, bob := person(t, s, "ann"), person(t, s, "bob")
		c := credential.Credential{Account: ann, Kind: "password", ID: credential.Only, Data: []byte("the hash of ann's password")}
		sealed := credential.Seal(root, id.Default, c)
		if bytes.Contains(sealed, c.Data[:8]) {
			t.Fatal("the data is in the clear")
		}
		foreign := credential.Seal(root, "ten_other", c)
		for name, moved := range map[string]struct {
			who    account.ID
			kind   credential.Kind
			sealed []byte
		}{
			"account": {bob, "password", sealed},
			"kind":    {ann, "totp", sealed},
			"tenant":  {ann, "password", foreign},
		} {
			if err := write(t, s, func(tx *store.Tx) error {
				return credential.Replace(tx, id.Default, credential.Credential{Account: moved.who, Kind: moved.kind, ID: credential.Only}, moved.sealed)
			}); err != nil {
				t.Fatal(err)
			}
			if got, err := get(t, s, moved.who, moved.kind); !errors.Is(err, secret.ErrSealed) {
				t.Errorf("moved to another %s it opens: %q %v", name, got.Data, err)
			}
		}
	})
}

// AD09: a credential cannot refer to an account of another tenant.
func TestAD09_NoCredentialAcrossTenants(t *testing.T) {
	storetest.Each(t, schema, func(t *testing.T, s *store.Store) {
		ann := person(t, s, "ann")
		err := s.Write(t.Context(), "ten_other", store.Serializable, func(tx *store.Tx) error {
			c := credential.Credential{Account: ann, Kind: "password", ID: credential.Only, Data: []byte("x")}
			return credential.Put(tx, "ten_other", c, credential.Seal(root, "ten_other", c))
		})
		if !store.IsMissingReference(err) {
			t.Fatalf("want a missing reference, got %v", err)
		}
	})
}
