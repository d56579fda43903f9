package part

import (
	"slices"
	"strconv"
	"strings"
)

// Locale is a language in which every message exists. The zero value is shown
// as English.
type Locale string

// The languages that are complete.
const (
	English Locale = "en"
	German  Locale = "de"
	French  Locale = "fr"
	Spanish Locale = "es"
)

// LocaleParam is the query parameter by which the language links of a page ask
// for a language; OpenID Connect Core 1.0 §3.1.2.1 gives the name.
const LocaleParam = "ui_locales"

// Locales lists the languages in the order in which pages offer them.
func Locales() []Locale { return []Locale{English, German, French, Spanish} }

// Name is what speakers of the language call it.
func (l Locale) Name() string {
	switch l {
	case German:
		return "Deutsch"
	case French:
		return "Français"
	case Spanish:
		return "Español"
	}
	return "English"
}

// ParseLocale finds the language that serves a BCP 47 tag, by its primary
// subtag: "de-AT" is German. The second result is false for a language that we
// do not speak.
func ParseLocale(tag string) (Locale, bool) {
	primary, _, _ := strings.Cut(strings.TrimSpace(tag), "-")
	for _, l := range Locales() {
		if strings.EqualFold(primary, string(l)) {
			return l, true
		}
	}
	return "", false
}

// Negotiate chooses the language of a page: the first that we speak in the
// space-separated lists, given in order of their weight (the ui_locales of the
// request, the person's own locale), else the best of the Accept-Language
// header (RFC 9110 §12.5.4), else English.
func Negotiate(acceptLanguage string, lists ...string) Locale {
	for _, list := range lists {
		for tag := range strings.FieldsSeq(list) {
			if l, ok := ParseLocale(tag); ok {
				return l
			}
		}
	}
	return accepted(acceptLanguage)
}

// acceptLimit bounds how many ranges of an Accept-Language header are read.
const acceptLimit = 32

func accepted(header string) Locale {
	type choice struct {
		locale Locale
		weight float64
	}
	var choices []choice
	for i, part := range strings.SplitN(header, ",", acceptLimit+1) {
		if i == acceptLimit {
			break
		}
		tag, params, _ := strings.Cut(part, ";")
		l, ok := ParseLocale(tag)
		if !ok {
			continue
		}
		weight := 1.0
		if q, found := strings.CutPrefix(strings.TrimSpace(params), "q="); found {
			parsed, err := strconv.ParseFloat(q, 64)
			if err != nil || !(parsed > 0 && parsed <= 1) {
				continue
			}
			weight = parsed
		}
		choices = append(choices, choice{l, weight})
	}
	if len(choices) == 0 {
		return English
	}
	slices.SortStableFunc(choices, func(a, b choice) int {
		switch {
		case a.weight > b.weight:
			return -1
		case a.weight < b.weight:
			return 1
		}
		return 0
	})
	return choices[0].locale
}
