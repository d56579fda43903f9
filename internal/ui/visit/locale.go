package visit

import (
	"net/http"
	"time"

	"github.com/cardea-iam/cardea/internal/ui/part"
	"github.com/cardea-iam/cardea/internal/web"
)

// localeCookie keeps the language that somebody chose in this browser, at all tenants. It holds a
// tag of part.Locales, which says nothing about who they are; anything else in it is ignored.
var localeCookie = web.Cookie{Name: "cardea-locale"}

// localeLife is how long a choice is remembered, from the last one.
const localeLife = 365 * 24 * time.Hour

// Remember keeps the language that a page's own links ask for, so that the pages after it speak it
// too: those behind a sign-in, whose address comes from elsewhere. Another site's link shows its
// page in the language that it names and changes nothing for later.
func Remember(w http.ResponseWriter, r *web.Request) {
	if site := r.Header.Get("Sec-Fetch-Site"); site != "" && site != "same-origin" && site != "none" {
		return
	}
	if l, ok := asked(r); ok && l != remembered(r) {
		RememberLocale(w, l)
	}
}

// RememberLocale keeps a language that the person chose, for [Room.Base] to find.
func RememberLocale(w http.ResponseWriter, l part.Locale) {
	_ = localeCookie.Set(w, string(l), localeLife) // a tag is opaque, as Set wants it
}

// asked is the language that the request's own address asks for.
func asked(r *web.Request) (part.Locale, bool) {
	q, err := web.Query(r)
	if err != nil {
		return "", false
	}
	return part.ParseLocale(q.Get(part.LocaleParam))
}

// remembered is the language that was chosen before, "" for none.
func remembered(r *web.Request) part.Locale {
	value, _ := localeCookie.Read(r)
	l, _ := part.ParseLocale(value)
	return l
}
