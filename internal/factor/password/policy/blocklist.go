package policy

import (
	_ "embed"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/cardea-iam/cardea/internal/factor/password/policy/golomb"
)

//go:generate sh -c "go run ./gen $CARDEA_PASSWORD_LISTS"

// A string, not bytes: it is read on the pages of the executable.
//
//go:embed blocklist.golomb
var blocklistData string

var blocklist = mustOpen(blocklistData)

func mustOpen(data string) *golomb.Set {
	s, err := golomb.Open(data)
	if err != nil {
		panic(fmt.Sprintf("embedded blocklist: %v", err))
	}
	return s
}

const (
	minListed = 4 // shortest entry of the list
	maxListed = 64
)

// Letters that stand for others. The second spelling differs in what 1 and ! mean.
var (
	respellI = strings.NewReplacer("0", "o", "1", "i", "!", "i", "3", "e", "4", "a", "@", "a", "5", "s", "$", "s", "7", "t", "+", "t", "8", "b")
	respellL = strings.NewReplacer("0", "o", "1", "l", "!", "l", "3", "e", "4", "a", "@", "a", "5", "s", "$", "s", "7", "t", "+", "t", "8", "b")
)

// spellings returns the folded word as it is and with letters for their stand-ins.
func spellings(word string) []string {
	i, l := respellI.Replace(word), respellL.Replace(word)
	switch {
	case i == word:
		return []string{word}
	case l == i:
		return []string{word, i}
	default:
		return []string{word, i, l}
	}
}

// blocked reports whether the folded text is on the list in one of its spellings.
func blocked(text string) bool {
	_, found := listed(text)
	return found
}

// listed returns the spelling of the folded word that is on the list.
func listed(word string) (string, bool) {
	if n := utf8.RuneCountInString(word); n < minListed || n > maxListed {
		return "", false
	}
	for _, s := range spellings(word) {
		if blocklist.Contains(s) {
			return s, true
		}
	}
	return "", false
}
