// Package guardtest says in a word what came of a guarded deed. For tests alone.
package guardtest

import (
	"errors"

	"github.com/cardea-iam/cardea/internal/guard"
)

// Code is "ok" for none, the code of a refusal, and "fault: …" for what is neither.
func Code(err error) string {
	var r guard.Refusal
	switch {
	case err == nil:
		return "ok"
	case errors.As(err, &r):
		return r.RefusalCode()
	}
	return "fault: " + err.Error()
}
