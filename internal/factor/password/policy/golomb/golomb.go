// Package golomb is a Golomb-coded set: a compact, read-only answer to "is this
// string in the list?", with a chosen rate of false positives and no false
// negatives.
//
// Each string is hashed to a number below n·2ᵖ; the sorted numbers are stored as
// differences in Rice code (F. Putze, P. Sanders, J. Singler, "Cache-, Hash- and
// Space-Efficient Bloom Filters", 2007), about p+1.5 bits each. The range is cut
// into buckets of 64 expected entries with their own bit offset, so that a look-up
// reads one bucket. The set is read where it lies: an embedded file stays on the
// pages of the executable and costs no heap.
//
// Layout, big endian: magic, n, p, number of buckets, bit offset of each bucket
// and of the end (32 bits each), then the bits.
package golomb

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"math"
	"math/bits"
	"slices"
)

const (
	magic       = "golomb1\n"
	header      = len(magic) + 3*4
	bucketShift = 6
	maxRice     = 32
)

// ErrFormat is data that Build did not write.
var ErrFormat = errors.New("not a Golomb-coded set")

// Set is a set of strings. It is safe for concurrent use.
type Set struct {
	data    string
	n       uint32
	p       uint32
	buckets uint32
	bits    string
}

// Build encodes the entries. One of 2^p strings outside the set is taken for a
// member. The order of entries and repetitions do not change the result.
func Build(entries []string, p int) ([]byte, error) {
	if p < 1 || p > maxRice || len(entries) == 0 || len(entries) > math.MaxInt32 {
		return nil, errors.New("golomb: p is 1 to 32 and the list is not empty")
	}
	distinct := make(map[string]bool, len(entries))
	for _, e := range entries {
		distinct[e] = true
	}
	n := uint32(len(distinct))
	values := make([]uint64, 0, n)
	for e := range distinct {
		values = append(values, place(e, n, uint32(p)))
	}
	slices.Sort(values)
	values = slices.Compact(values)

	buckets := bucketCount(n)
	offsets := make([]uint32, 0, buckets+1)
	var w writer
	next := 0
	for b := range buckets {
		offsets = append(offsets, w.n)
		previous := uint64(b) << (bucketShift + p)
		end := uint64(b+1) << (bucketShift + p)
		for ; next < len(values) && values[next] < end; next++ {
			w.rice(values[next]-previous, p)
			previous = values[next]
		}
	}
	offsets = append(offsets, w.n)

	out := []byte(magic)
	for _, v := range append([]uint32{n, uint32(p), buckets}, offsets...) {
		out = binary.BigEndian.AppendUint32(out, v)
	}
	return append(out, w.data...), nil
}

// Open reads what Build wrote, in place.
func Open(data string) (*Set, error) {
	if len(data) < header || data[:len(magic)] != magic {
		return nil, ErrFormat
	}
	s := &Set{data: data}
	s.n, s.p, s.buckets = s.word(0), s.word(1), s.word(2)
	if s.n == 0 || s.n > math.MaxInt32 || s.p < 1 || s.p > maxRice || s.buckets != bucketCount(s.n) {
		return nil, ErrFormat
	}
	start := header + 4*(int(s.buckets)+1)
	if len(data) < start {
		return nil, ErrFormat
	}
	s.bits = data[start:]
	for b := range s.buckets {
		if s.word(3+b) > s.word(4+b) {
			return nil, ErrFormat
		}
	}
	if end := s.word(3 + s.buckets); len(s.bits) != int((uint64(end)+7)/8) {
		return nil, ErrFormat
	}
	return s, nil
}

// Len is the number of entries.
func (s *Set) Len() int { return int(s.n) }

// FalsePositiveRate is the probability that a string outside the set is taken for
// a member.
func (s *Set) FalsePositiveRate() float64 { return math.Exp2(-float64(s.p)) }

// Contains reports whether e is in the set; see FalsePositiveRate.
func (s *Set) Contains(e string) bool {
	want := place(e, s.n, s.p)
	b := uint32(want >> (bucketShift + s.p))
	value := uint64(b) << (bucketShift + s.p)
	r := reader{s.bits, s.word(3 + b), s.word(4 + b)}
	for r.at < r.end {
		value += r.rice(s.p)
		if value >= want {
			return value == want
		}
	}
	return false
}

func (s *Set) word(i uint32) uint32 {
	at := len(magic) + 4*int(i)
	d := s.data[at : at+4]
	return uint32(d[0])<<24 | uint32(d[1])<<16 | uint32(d[2])<<8 | uint32(d[3])
}

func bucketCount(n uint32) uint32 { return (n + 1<<bucketShift - 1) >> bucketShift }

// place spreads the strings evenly over [0, n·2ᵖ).
func place(e string, n, p uint32) uint64 {
	h := sha256.Sum256([]byte(e))
	hi, _ := bits.Mul64(binary.BigEndian.Uint64(h[:8]), uint64(n)<<p)
	return hi
}

type writer struct {
	data []byte
	n    uint32 // bits written
}

func (w *writer) bit(one bool) {
	if w.n%8 == 0 {
		w.data = append(w.data, 0)
	}
	if one {
		w.data[w.n/8] |= 0x80 >> (w.n % 8)
	}
	w.n++
}

// rice writes the quotient v>>p in unary and the rest in p bits.
func (w *writer) rice(v uint64, p int) {
	for range v >> p {
		w.bit(true)
	}
	w.bit(false)
	for i := p - 1; i >= 0; i-- {
		w.bit(v>>i&1 == 1)
	}
}

// reader stops at its end whatever the bits say, so that damaged data can give a
// wrong answer and nothing worse.
type reader struct {
	data    string
	at, end uint32
}

func (r *reader) bit() uint64 {
	if r.at >= r.end {
		return 0
	}
	b := r.data[r.at/8] >> (7 - r.at%8) & 1
	r.at++
	return uint64(b)
}

func (r *reader) rice(p uint32) uint64 {
	var quotient, rest uint64
	for r.bit() == 1 {
		quotient++
	}
	for range p {
		rest = rest<<1 | r.bit()
	}
	return quotient<<p | rest
}
