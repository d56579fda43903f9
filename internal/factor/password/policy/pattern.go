package policy

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// pattern lists the ends of the runs, sequences, keyboard walks and dates that
// begin at i. Each is at least three characters long. A part of a run is a run: so
// only pieces from the least length to twice that are listed, of which every longer
// one is made.
func pattern(text []rune, i int) []int {
	var ends []int
	upTo := func(length, least int) {
		for n := least; n <= min(length, 2*least-1); n++ {
			ends = append(ends, i+n)
		}
	}
	rest := text[i:]
	upTo(sequence(rest, 0), 3)
	upTo(sequence(rest, 1), 3)
	upTo(sequence(rest, -1), 3)
	upTo(sequence(rest, 2), 4) // 2468
	upTo(sequence(rest, -2), 4)
	upTo(walk(rest), 3)
	for _, length := range dates(rest) {
		ends = append(ends, i+length)
	}
	slices.Sort(ends)
	return slices.Compact(ends)
}

const longestPiece = 7 // twice the greatest least length, less one

// sequence is the length, up to longestPiece, of the longest beginning in which
// each character is step after the one before: aaa (0), abc (1), 321 (-1). Digits
// go round.
func sequence(text []rune, step int) int {
	n := 1
	for n < min(len(text), longestPiece) && follows(text[n-1], text[n], step) {
		n++
	}
	return n
}

func follows(a, b rune, step int) bool {
	if step == 0 {
		return a == b
	}
	if isDigit(a) && isDigit(b) {
		return (int(a-'0')+step+10)%10 == int(b-'0')
	}
	return unicode.IsLetter(a) && unicode.IsLetter(b) && int(b)-int(a) == step
}

func isDigit(r rune) bool { return '0' <= r && r <= '9' }

// Ways that fingers go. Each counts forwards and backwards, and may wrap into
// another: qwertyuiopasdfgh is two of them.
var keyboard = withBackwards([]string{
	"`1234567890-=", "~!@#$%^&*()_+", // number row, and with shift
	"!\"§$%&/()=?",                                // with shift, German
	"qwertyuiop[]\\", "asdfghjkl;'", "zxcvbnm,./", // US
	"qwertzuiopü+", "asdfghjklöä#", "yxcvbnm,.-", // German
	"azertyuiop", "qsdfghjklmù", "wxcvbn,;:!", // French
	"йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю", // Russian
	"1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.0p;/",   // columns
	"qazwsxedcrfvtgbyhnujmikolp",                 // columns of letters
	"1qay2wsx3edc4rfv5tgb6zhn7ujm",               // columns, German
	"1q2w3e4r5t6y7u8i9o0p", "1a2s3d4f5g6h7j8k9l", // zigzag
	"q1w2e3r4t5y6u7i8o9p0", "qawsedrftgyhujikolp", // zigzag
	"1q2w3e4r5t6z7u8i9o0p", "aqswdefrgthyjukilo", // zigzag
	"147258369", "741852963", "159357", "789456123", // number pad
})

func withBackwards(ways []string) []string {
	for _, w := range slices.Clone(ways) {
		ways = append(ways, backwards(w))
	}
	return ways
}

// walk is the length, up to longestPiece, of the longest beginning that is part of
// a keyboard way.
func walk(text []rune) int {
	longest := 0
	for _, way := range keyboard {
		for n := longest + 1; n <= min(len(text), longestPiece) && strings.Contains(way, string(text[:n])); n++ {
			longest = n
		}
	}
	return longest
}

// Years from 1900 to 2099, alone or as part of a day, in the usual orders.
var days = []*regexp.Regexp{
	regexp.MustCompile(`^(19|20)\d\d`),
	regexp.MustCompile(`^(19|20)\d\d[-./_ ]?(0[1-9]|1[0-2])`),
	regexp.MustCompile(`^(19|20)\d\d[-./_ ]?(0[1-9]|1[0-2])[-./_ ]?(0[1-9]|[12]\d|3[01])`),
	regexp.MustCompile(`^(0?[1-9]|[12]\d|3[01])[-./_ ]?(0?[1-9]|1[0-2])[-./_ ]?(19|20)\d\d`),
	regexp.MustCompile(`^(0?[1-9]|1[0-2])[-./_ ]?(0?[1-9]|[12]\d|3[01])[-./_ ]?(19|20)\d\d`),
	regexp.MustCompile(`^(0[1-9]|[12]\d|3[01])[-./_ ]?(0[1-9]|1[0-2])[-./_ ]?\d\d`),
	regexp.MustCompile(`^\d\d[-./_ ]?(0[1-9]|1[0-2])[-./_ ]?(0[1-9]|[12]\d|3[01])`),
}

const maxDay = 10 // 24.12.2026

// dates lists the lengths of the dates at the beginning of the text.
func dates(text []rune) []int {
	if len(text) == 0 || !isDigit(text[0]) {
		return nil
	}
	head := string(text[:min(len(text), maxDay)])
	var lengths []int
	for _, d := range days {
		if m := d.FindString(head); m != "" {
			lengths = append(lengths, utf8.RuneCountInString(m))
		}
	}
	return lengths
}
