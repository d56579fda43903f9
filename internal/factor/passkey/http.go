package passkey

import (
	"net/http"
	"time"

	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/web"
)

// Routes are the room's endpoints: the document that names related origins. It lives at the root of
// the RP ID and nowhere else.
func (room *Room) Routes() []web.Route {
	return []web.Route{{
		Name: "passkey.related_origins", Method: http.MethodGet, Path: "/.well-known/webauthn", Scope: web.Root, Rate: web.RateCheap,
		Public: "browsers ask it before they let another origin use our keys", Cache: web.Public(5 * time.Minute), Handler: room.relatedOrigins, Errors: web.PlainErrors,
	}}
}

func (room *Room) relatedOrigins(w http.ResponseWriter, r *web.Request) error {
	s, err := room.rules(r.Context(), id.Default)
	if err != nil {
		return err
	}
	// WebAuthn L3 §5.11: a JSON object with the list of the origins
	return web.WriteJSON(w, http.StatusOK, map[string][]string{"origins": append([]string{room.origin}, s.RelatedOrigins...)})
}
