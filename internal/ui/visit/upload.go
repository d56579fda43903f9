package visit

import (
	"errors"
	"io"
	"net/http"

	"github.com/cardea-iam/cardea/internal/web"
)

// Upload is the fields of a form with a file. The file's name and its stated type are not read.
type Upload struct {
	Text map[string]string
	File []byte
}

// maxParts bounds the fields of an upload.
const maxParts = 10

// ReadUpload reads multipart/form-data (RFC 7578): each field once, and nothing beyond the route's
// cap on the body. file names the field of the file. The error is a *web.Refusal.
func ReadUpload(r *web.Request, file string) (u Upload, err error) {
	broken := func(cause error) error {
		var tooLarge *http.MaxBytesError
		if errors.As(cause, &tooLarge) {
			return &web.Refusal{Status: http.StatusRequestEntityTooLarge, Public: "The picture is too large.", Cause: cause}
		}
		return &web.Refusal{Status: http.StatusBadRequest, Public: "The form could not be read.", Cause: cause}
	}
	parts, err := r.MultipartReader()
	if err != nil {
		return u, broken(err)
	}
	u.Text = map[string]string{}
	for range maxParts {
		p, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) {
			return u, nil
		}
		if err != nil {
			return u, broken(err)
		}
		body, err := io.ReadAll(p)
		if err != nil {
			return u, broken(err)
		}
		name := p.FormName()
		if _, twice := u.Text[name]; twice || name == file && u.File != nil {
			return u, broken(nil)
		}
		if name == file {
			u.File = append([]byte{}, body...)
			continue
		}
		u.Text[name] = string(body)
	}
	return u, broken(nil)
}
