package visit

import (
	"net/http"
	"time"

	"github.com/cardea-iam/cardea/internal/account"
	"github.com/cardea-iam/cardea/internal/web"
)

// themeCookie keeps the theme that somebody chose in this browser, so that pages before the sign-in
// follow it. It holds light or dark, which says nothing about who they are.
var themeCookie = web.Cookie{Name: "cardea-theme"}

// themeLife is how long a choice is remembered.
const themeLife = 365 * 24 * time.Hour

// RememberTheme keeps a theme that the person chose, for [Room.Base] to find.
func RememberTheme(w http.ResponseWriter, t account.Theme) {
	if t == account.ThemeSystem {
		themeCookie.Clear(w)
		return
	}
	_ = themeCookie.Set(w, string(t), themeLife) // a word is opaque, as Set wants it
}

// theme is how a page looks: as its person chose, or else as somebody in this browser did.
func theme(r *web.Request, person *account.Account) string {
	if person != nil && person.Theme != account.ThemeSystem {
		return string(person.Theme)
	}
	value, _ := themeCookie.Read(r)
	t, _ := account.ParseTheme(value)
	return string(t)
}
