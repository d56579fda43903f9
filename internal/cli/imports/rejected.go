package imports

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"os"

	"github.com/cardea-iam/cardea/internal/imports"
)

// rejected is one line of the file of rejections: `jq -c .account` makes of it a file to import
// again once it is mended.
type rejected struct {
	imports.Rejection
	Account json.RawMessage `json:"account,omitempty"`
	Text    string          `json:"text,omitempty"` // in place of Account where the line is not JSON
}

// keepRejected writes all rejections of the run anew, as the server remembers them: also those of
// before an interruption. Without any there is no file.
func (s *sending) keepRejected(ctx context.Context, name string) error {
	if err := s.file.seek(0); err != nil {
		return err
	}
	var out *os.File
	var w *bufio.Writer
	line, path, query := int64(0), "/imports/"+s.file.digest+"/rejections", url.Values{"limit": {"200"}}
	for path != "" {
		a, err := s.c.Do(ctx, http.MethodGet, path, query, nil)
		if err != nil {
			return err
		}
		var page []imports.Rejection
		if err := json.Unmarshal(a.Body, &page); err != nil {
			return err
		}
		for _, r := range page {
			if out == nil {
				// The file holds what the import does: names, addresses and hashes.
				if out, err = os.OpenFile(name, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600); err != nil { //nolint:gosec // the person at the keyboard names it
					return err
				}
				defer out.Close() //nolint:errcheck // closed below; here after an error
				w = bufio.NewWriter(out)
			}
			var text []byte
			for ; line < r.Line; line++ {
				if text, err = s.file.line(); err != nil {
					return err
				}
			}
			if err := writeRejected(w, r, text); err != nil {
				return err
			}
		}
		path, query = a.Next, nil
	}
	if out == nil {
		return nil
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return out.Close()
}

func writeRejected(w io.Writer, r imports.Rejection, text []byte) error {
	line := rejected{Rejection: r, Account: text}
	if !json.Valid(text) {
		line.Account, line.Text = nil, string(text)
	}
	out, err := json.Marshal(line)
	if err == nil {
		_, err = w.Write(append(out, '\n'))
	}
	return err
}
