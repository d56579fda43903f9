package policy

import "unicode"

const (
	maxFiller = 3  // single characters between the parts: -, !, 7
	maxWord   = 32 // longest common word sought inside a password

	// Words are sought in passwords up to this length, which bounds the work; what
	// is longer must still be more than patterns.
	maxSearched = 128
)

// weakness returns why a folded password is weak although it is not on the list
// as a whole, or "".
//
// It looks for a reading of the whole password as parts that a guesser tries
// first: patterns (see pattern), names of the setting, one common word as often as
// one likes, and up to maxFiller other characters that are no letters. Two
// different common words are a passphrase and no business of ours.
func weakness(text []rune, names map[string]bool) Reason {
	unit := text
	if p := period(text); p < len(text) {
		unit = text[:p]
		// Whoever tries a guess tries it doubled, too. What repeats counts once.
		if len(unit) < MinWithFactor {
			return Repetition
		}
		if names[string(unit)] {
			return ContextWord
		}
		if blocked(string(unit)) {
			return Repetition
		}
	}
	return cover(unit, names)
}

// period is the least p ≤ n/2 such that the text is its first p characters again
// and again (the last time perhaps cut), else n.
func period(text []rune) int {
	n := len(text)
	border := make([]int, n+1) // length of the longest proper border of text[:i]
	border[0] = -1
	for i, k := 0, -1; i < n; i++ {
		for k >= 0 && text[i] != text[k] {
			k = border[k]
		}
		k++
		border[i+1] = k
	}
	if p := n - border[n]; n > 0 && 2*p <= n {
		return p
	}
	return n
}

// reading is a way to have read the password up to some place.
type reading struct {
	filler int
	common string // the one common word, if any
	named  bool   // a name of the setting
}

// cover finds a weak reading of the whole text.
func cover(text []rune, names map[string]bool) Reason {
	at := make([]map[reading]bool, len(text)+1)
	reach := func(i int, r reading) {
		if at[i] == nil {
			at[i] = make(map[reading]bool)
		}
		at[i][r] = true
	}
	reach(0, reading{})
	for i := range text {
		if at[i] == nil {
			continue
		}
		ends := pattern(text, i)
		var words []word
		if len(text) <= maxSearched {
			words = wordsAt(text, i, names)
		}
		filler := !unicode.IsLetter(text[i])
		for r := range at[i] {
			for _, end := range ends {
				reach(end, r)
			}
			if filler && r.filler < maxFiller {
				reach(i+1, reading{r.filler + 1, r.common, r.named})
			}
			for _, w := range words {
				switch {
				case w.named:
					reach(w.end, reading{r.filler, r.common, true})
				case r.common == "" || r.common == w.text:
					reach(w.end, reading{r.filler, w.text, r.named})
				}
			}
		}
		at[i] = nil
	}
	reason := Reason("")
	for r := range at[len(text)] {
		switch {
		case r.common == "" && !r.named:
			return Pattern // the plainest reading
		case r.named:
			reason = ContextWord
		case reason == "":
			reason = Common
		}
	}
	return reason
}

type word struct {
	end   int
	text  string
	named bool
}

// wordsAt lists the names and common words that begin at i.
func wordsAt(text []rune, i int, names map[string]bool) []word {
	var found []word
	for end := i + minName; end <= len(text) && end <= i+maxWord; end++ {
		part := string(text[i:end])
		named := false
		for _, s := range spellings(part) {
			named = named || names[s]
		}
		if named {
			found = append(found, word{end, part, true})
		} else if s, ok := listed(part); ok {
			found = append(found, word{end, s, false})
		}
	}
	return found
}
