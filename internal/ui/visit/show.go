package visit

import (
	"io"
	"net/http"
	"strconv"

	"github.com/cardea-iam/cardea/internal/factor/password/policy"
	"github.com/cardea-iam/cardea/internal/ui/part"
)

// Page is a page that is ready to be shown.
type Page interface{ Render(w io.Writer) error }

// Show answers with a page. If it fails nothing has been written.
func Show(w http.ResponseWriter, status int, p Page) error {
	return p.Render(&held{w, status})
}

// held keeps the status back until the first byte.
type held struct {
	http.ResponseWriter
	status int
}

// Write sends a document; part writes it at once.
func (h *held) Write(b []byte) (int, error) {
	if h.status != 0 {
		h.Header().Set("Content-Type", "text/html; charset=utf-8")
		h.Header().Set("Content-Length", strconv.Itoa(len(b)))
		h.WriteHeader(h.status)
		h.status = 0
	}
	return h.ResponseWriter.Write(b)
}

// WeakPassword is what is told of a password that was refused, with the value min.
func WeakPassword(why policy.Reason) part.Key {
	switch why {
	case policy.TooShort:
		return "password.short"
	case policy.ContextWord:
		return "password.name"
	case policy.Repetition, policy.Pattern:
		return "password.pattern"
	case policy.Common:
	}
	return "password.common"
}
