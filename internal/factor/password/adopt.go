package password

import (
	"cmp"
	"context"
	"encoding/binary"
	"strings"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/credential"
	"github.com/cardea-iam/cardea/internal/factor/password/plaintext"
	"github.com/cardea-iam/cardea/internal/foreign"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/store"
)

// Adopt reads the hash that another system made of an account's password (package foreign has the
// forms) and seals it for its row, outside of any transaction. decoy names what checking it costs.
// The error is a *foreign.Unfit.
func (room *Room) Adopt(tenant id.Tenant, who account.ID, raw []byte) (sealed credential.Sealed, decoy string, err error) {
	h, err := foreign.Parse(raw)
	if err != nil {
		return sealed, "", err
	}
	c := credential.Credential{Account: who, Kind: kind, ID: credential.Only, Data: []byte(h.String())}
	return credential.Sealed{Account: who, Kind: kind, ID: credential.Only, Data: credential.Seal(room.root, tenant, c)}, h.Decoy().String(), nil
}

// Keep writes adopted passwords of new accounts inside of a guarded operation. decoys counts them
// by what Adopt named.
func (room *Room) Keep(tx *store.Tx, tenant id.Tenant, list []credential.Sealed, decoys map[string]int64) error {
	if len(list) == 0 {
		return nil
	}
	if err := takeCensus(tx, tenant, int64(len(list))); err != nil {
		return err
	}
	for decoy, n := range decoys {
		if err := addDecoy(tx, tenant, decoy, n); err != nil {
			return err
		}
	}
	return credential.InsertMany(tx, tenant, list)
}

// judge checks a password against what is stored, with one of our own hashes whatever that is.
// rehash is what to store in its place, if that is called for.
//
// A hash from elsewhere takes its own time, and with it one of ours: a new one, which is kept if
// the password was right. So right and wrong take equally long. Names that nobody has, and accounts
// without a password, take as long as some account would: see disguise.
func (room *Room) judge(ctx context.Context, p plaintext.Password, s subject) (ok bool, rehash string, err error) {
	hasher := room.hasher
	if s.device != nil {
		hasher = hasher.First()
	}
	h, err := foreign.Read(cmp.Or(s.stored, s.decoy))
	if err != nil { // ours, or nobody's
		ok, outdated, err := hasher.Verify(ctx, p, cmp.Or(s.stored, s.dummy))
		if err != nil || !ok || s.stored == "" || !outdated {
			return ok && s.stored != "", "", err
		}
		rehash, err = hasher.Hash(ctx, p)
		return true, rehash, err
	}
	if err := hasher.Hold(ctx, func() { ok = h.Verify(p.Reveal()) }); err != nil {
		return false, "", err
	}
	if rehash, err = hasher.Hash(ctx, p); err != nil {
		return false, "", err
	}
	if !ok || s.stored == "" {
		return false, "", nil
	}
	return true, rehash, nil
}

// decoyOf is the decoy of a stored hash, "" if it is ours.
func decoyOf(stored string) string {
	h, err := foreign.Read(stored)
	if err != nil {
		return ""
	}
	return h.Decoy().String()
}

// disguise picks what a name that nobody has, or an account without a password, costs: of the
// tenant's passwords some are still hashes from elsewhere, and the same share of the names draws
// each of them. The draw depends on the name alone, so asking twice tells nothing, and it moves
// with the share: as owners come back and their hashes become ours, names do too.
func (room *Room) disguise(tenant id.Tenant, name string, have []decoy, passwords int64) string {
	if len(have) == 0 || passwords <= 0 {
		return ""
	}
	sum := room.root.MAC("password/decoy/"+string(tenant), strings.ToLower(strings.TrimSpace(name)))
	at := int64(binary.BigEndian.Uint64(sum)>>1) % passwords //nolint:gosec // shifted below the sign
	for _, d := range have {
		if at -= d.remaining; at < 0 {
			return d.text
		}
	}
	return ""
}

// decoy is a cost that some of the tenant's passwords have.
type decoy struct {
	text      string
	remaining int64
}

const (
	// maxDecoys bounds how many costs a tenant's imports may bring. Those behind it cost what they
	// cost and draw no names.
	maxDecoys = 32
	// censusDays is how long a count of all passwords is good for, in days.
	censusDays = 1
)
