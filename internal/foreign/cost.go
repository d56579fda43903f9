package foreign

// cost is what one check takes. Which fields count depends on the kind.
type cost struct {
	log    uint32 // bcrypt: log2 of its rounds; scrypt, Firebase: log2 of N
	block  uint32 // scrypt, Firebase: r
	lanes  uint32 // scrypt, argon2: p
	rounds uint32 // PBKDF2: iterations; argon2: t
	memory uint32 // argon2: m, in KiB
}

// Ceilings. Each stands well above what the systems of the field use and costs about a second of
// one processor: Django 6 has 1,200,000 iterations of PBKDF2, Keycloak 210,000 of SHA-512, bcrypt is
// seen with 10 to 14, scrypt with 2^14 to 2^17, libraries of argon2 with 64 MiB and t=3.
const (
	maxBcrypt     = 14        // 16,384 rounds
	maxIterations = 2_500_000 // of PBKDF2, each block of the output counted
	maxMemory     = 128 << 10 // KiB that one check may hold
	maxArgon      = 512 << 10 // KiB filled in all passes
	maxScrypt     = 256 << 10 // KiB filled in all lanes
)

const (
	minTag, maxTag = 16, 64
	maxSalt        = 128
)

var (
	errDear  = &Unfit{"checking this hash would cost more than a sign-in may"}
	errRange = &Unfit{"a parameter of this hash is out of its algorithm's range"}
	errSize  = &Unfit{"salt or digest of this hash has a length that the algorithm does not give"}
)

// check refuses what cannot be computed or would cost too much.
func (h Hash) check() error {
	c := h.cost
	if h.kind == bcryptKind {
		switch {
		case c.log < 4 || c.log > 31:
			return errRange
		case c.log > maxBcrypt:
			return errDear
		}
		return nil
	}
	if len(h.tag) < minTag || len(h.tag) > maxTag || len(h.salt) < 1 || len(h.salt) > maxSalt {
		return errSize
	}
	switch h.kind {
	case pbkdf2SHA1, pbkdf2SHA256, pbkdf2SHA512:
		size := digests[h.kind]().Size()
		blocks := (len(h.tag) + size - 1) / size
		switch {
		case c.rounds < 1:
			return errRange
		case uint64(c.rounds)*uint64(blocks) > maxIterations: //nolint:gosec // blocks is small
			return errDear
		}
	case scryptKind, firebase:
		// RFC 7914 §6: N is a power of two greater than 1, r·p is below 2^30
		switch {
		case c.log < 1 || c.block < 1 || c.lanes < 1 || h.kind == firebase && c.lanes != 1:
			return errRange
		case c.log > 24 || c.block > 1<<10 || c.lanes > 1<<10:
			return errDear
		case uint64(c.block)<<c.log>>3 > maxMemory || uint64(c.block)*uint64(c.lanes)<<c.log>>3 > maxScrypt:
			return errDear
		}
	case argon2i, argon2id:
		// RFC 9106 §3.1: t and p are at least 1, m is at least 8p, the salt has 8 bytes or more
		switch {
		case c.rounds < 1 || c.lanes < 1 || c.lanes > 255 || c.memory < 8*c.lanes || len(h.salt) < 8:
			return errRange
		case c.memory > maxMemory || uint64(c.memory)*uint64(c.rounds) > maxArgon || c.lanes > 16:
			return errDear
		}
	default:
		if len(h.tag) != digests[h.kind]().Size() {
			return errSize
		}
	}
	return nil
}
