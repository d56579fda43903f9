package imports

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"unicode/utf8"

	"github.com/cardea-iam/cardea/internal/cli/cmd"
	"github.com/cardea-iam/cardea/internal/imports"
)

const (
	maxBatch = 1 << 20 // bytes of a batch's lines; quoting may double them
	maxLine  = 64 << 10
)

// file is what is imported.
type file struct {
	*os.File
	in     *bufio.Reader
	at     int64 // where in reads
	size   int64
	digest string
}

// open reads the file once for its digest, which names the run.
func open(name string) (*file, error) {
	f, err := os.Open(name) //nolint:gosec // the person at the keyboard names it
	if err != nil {
		return nil, &cmd.Failure{Code: cmd.ExitRefused, Text: err.Error()}
	}
	sum := sha256.New()
	n, err := io.Copy(sum, f)
	if err == nil && n == 0 {
		err = errors.New("the file is empty")
	}
	if err != nil {
		_ = f.Close() // only read
		return nil, &cmd.Failure{Code: cmd.ExitRefused, Text: name + ": " + err.Error()}
	}
	return &file{File: f, in: bufio.NewReaderSize(f, 1<<20), at: -1, size: n, digest: hex.EncodeToString(sum.Sum(nil))}, nil
}

func (f *file) seek(to int64) error {
	if f.at == to {
		return nil
	}
	if _, err := f.Seek(to, io.SeekStart); err != nil {
		return err
	}
	f.in.Reset(f.File)
	f.at = to
	return nil
}

// line reads the next line without its end. io.EOF is the end of the file.
func (f *file) line() ([]byte, error) {
	text, err := f.in.ReadBytes('\n')
	f.at += int64(len(text))
	if err == io.EOF && len(text) > 0 {
		err = nil
	}
	return bytes.TrimSuffix(bytes.TrimSuffix(text, []byte("\n")), []byte("\r")), err
}

// batch reads the next lines.
func (f *file) batch(run imports.Run, size int) (imports.Batch, error) {
	b := imports.Batch{After: run.Lines}
	for bytes := 0; len(b.Lines) < size && bytes < maxBatch; {
		text, err := f.line()
		if err == io.EOF {
			break
		}
		if err != nil {
			return b, err
		}
		bytes += len(text)
		b.Lines = append(b.Lines, sendable(text))
	}
	b.Done = f.at
	return b, nil
}

// sendable is the line, or for one that no request can carry a text that the server rejects.
func sendable(text []byte) string {
	switch {
	case !utf8.Valid(text) || bytes.IndexByte(text, 0) >= 0:
		return "(the line is not UTF-8 text)"
	case len(text) > maxLine:
		return "(the line is longer than 64 KiB)"
	}
	return string(text)
}
