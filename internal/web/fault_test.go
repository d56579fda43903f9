package web_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/cardea-iam/cardea/internal/web"
)

// TestFaultAfterTheAnswerBeganCutsItOff: half an answer must not look whole.
func TestFaultAfterTheAnswerBeganCutsItOff(t *testing.T) {
	begin := func(w http.ResponseWriter) {
		_, _ = io.WriteString(w, "half")
		if err := http.NewResponseController(w).Flush(); err != nil {
			t.Error(err)
		}
	}
	s, j := server(t, nil,
		get("fails", "/fails", func(w http.ResponseWriter, _ *web.Request) error { begin(w); return errors.New("fault one") }),
		get("panics", "/panics", func(w http.ResponseWriter, _ *web.Request) error { begin(w); panic("fault two") }),
		get("aborts", "/aborts", func(w http.ResponseWriter, _ *web.Request) error { begin(w); panic(http.ErrAbortHandler) }))
	l, _ := run(t, s)
	for _, path := range []string{"/fails", "/panics", "/aborts"} {
		answer := raw(t, l.Addr, "GET "+path+" HTTP/1.1\r\nHost: localhost:8080\r\n\r\n")
		if !strings.Contains(answer, "half") || strings.HasSuffix(answer, "0\r\n\r\n") {
			t.Errorf("%s ends as if it were whole: %q", path, answer)
		}
	}
	for _, want := range []string{"fault one", "fault two"} {
		if strings.Count(j.String(), want) != 1 {
			t.Errorf("%q is logged %d times", want, strings.Count(j.String(), want))
		}
	}
	if n := len(j.events(t)); n != 3 {
		t.Errorf("%d events", n)
	}
}

func TestTranslationFunctionsThatFail(t *testing.T) {
	silent := get("silent", "/silent", func(http.ResponseWriter, *web.Request) error { return errors.New("fault") })
	silent.Errors = func(http.ResponseWriter, *web.Request, error) bool { return true }
	panics := get("panics", "/panics", func(http.ResponseWriter, *web.Request) error { return errors.New("fault") })
	panics.Errors = func(http.ResponseWriter, *web.Request, error) bool { panic("again") }
	ignorant := post("ignorant", "/ignorant", web.Credentials, func(_ http.ResponseWriter, r *web.Request) error {
		_, err := web.Form(r)
		return err
	})
	ignorant.Errors = func(http.ResponseWriter, *web.Request, error) bool { return false }
	s, j := server(t, nil, silent, panics, ignorant)
	for _, path := range []string{"/silent", "/panics"} {
		w := ask(s, "GET", path, "")
		if w.Code != 500 || !strings.Contains(w.Body.String(), "server_error") {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
	if w := ask(s, "POST", "/ignorant", "a=1&a=2", "Content-Type: application/x-www-form-urlencoded"); w.Code != 400 {
		t.Errorf("a refusal of web became %d", w.Code)
	}
	faults := 0
	for _, e := range j.events(t) {
		if e["fault"] != nil {
			faults++
		}
	}
	if faults != 2 {
		t.Errorf("%d faults logged", faults)
	}
}
