package web

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
)

// Document is a constant answer with everything computed ahead: discovery
// metadata, a key set, an asset. Rooms keep one per tenant and replace it when
// its content changes.
type Document struct {
	body                []byte
	media, length, etag []string
}

// NewDocument makes a document. The entity tag is a hash of the body.
func NewDocument(contentType string, body []byte) *Document {
	sum := sha256.Sum256(body)
	return &Document{
		body:   body,
		media:  one(contentType),
		length: one(strconv.Itoa(len(body))),
		etag:   one(`"` + base64.RawURLEncoding.EncodeToString(sum[:16]) + `"`),
	}
}

// Serve answers the document, or 304 when the client has it (RFC 9110 §13.1.2).
// Cache-Control is the route's.
func (d *Document) Serve(w http.ResponseWriter, r *Request) error {
	h := w.Header()
	h[hETag] = d.etag
	if match := r.Header["If-None-Match"]; len(match) > 0 && matches(match, d.etag[0]) {
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	h[hType] = d.media
	h[hLength] = d.length
	_, _ = w.Write(d.body) // the client has gone: nothing is left to tell it
	return nil
}

// Static is the handler of a document that never changes.
func Static(d *Document) Handler { return d.Serve }

func matches(lines []string, etag string) bool {
	for _, line := range lines {
		for candidate := range strings.SplitSeq(line, ",") {
			candidate = strings.TrimPrefix(strings.Trim(candidate, " \t"), "W/")
			if candidate == etag || candidate == "*" {
				return true
			}
		}
	}
	return false
}
