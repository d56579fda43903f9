package outbox

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

var (
	addressLike = regexp.MustCompile(`[^\s<>()\[\]",;:]+@[^\s<>()\[\]"',;:]+`)
	numberLike  = regexp.MustCompile(`\+?[0-9][0-9 ()./-]{5,}[0-9]`)
	separators  = strings.NewReplacer(" ", "", "(", "", ")", "", ".", "", "/", "", "-", "")
)

// Mask shortens an e-mail address or telephone number so that its owner recognises it and
// nobody else learns it: a…@example.com, +49…89.
func Mask(to string) string {
	if local, domain, ok := strings.Cut(to, "@"); ok {
		_, size := utf8.DecodeRuneInString(local)
		return local[:size] + "…@" + domain
	}
	if len(to) < 6 {
		return "…"
	}
	return to[:3] + "…" + to[len(to)-2:]
}

// Scrub masks what looks like an e-mail address or telephone number in a text for a log or an
// operator: servers repeat the recipient in their answers. Of digits without a plus, only runs of
// nine and more count.
func Scrub(text string) string {
	text = addressLike.ReplaceAllStringFunc(text, Mask)
	return numberLike.ReplaceAllStringFunc(text, func(n string) string {
		digits := separators.Replace(n)
		if !strings.HasPrefix(n, "+") && (len(digits) < 9 || strings.ContainsAny(n, " .")) {
			return n
		}
		return Mask(digits)
	})
}
