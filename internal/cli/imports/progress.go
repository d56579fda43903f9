package imports

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/cardea-iam/cardea/internal/imports"
)

// progress tells a person how far an import has come: on a terminal one line that is drawn again,
// elsewhere a line every few seconds.
type progress struct {
	out      io.Writer
	terminal bool
	size     int64
	every    time.Duration
	now      func() time.Time

	began, drawn   time.Time
	lines, bytes   int64 // when it began
	waiting, dirty bool
}

func newProgress(out io.Writer, size int64) *progress {
	p := &progress{out: out, size: size, every: 5 * time.Second, now: time.Now}
	if f, ok := out.(*os.File); ok {
		if info, err := f.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
			p.terminal, p.every = true, 200*time.Millisecond
		}
	}
	return p
}

// begin notes where the run stands.
func (p *progress) begin(run imports.Run) {
	p.began, p.lines, p.bytes = p.now(), run.Lines, run.Done
	p.drawn = p.began
	if run.Lines > 0 && run.FinishedAt.IsZero() {
		p.print(fmt.Sprintf("Going on behind line %d.", run.Lines), true)
	}
}

// at shows where the run stands, unless it did so just now.
func (p *progress) at(run imports.Run) {
	p.waiting = false
	if p.now().Sub(p.drawn) < p.every {
		return
	}
	p.drawn = p.now()
	p.print(p.line(run), false)
}

const width = 24

func (p *progress) line(run imports.Run) string {
	share := float64(run.Done) / float64(p.size)
	seconds := p.now().Sub(p.began).Seconds()
	text := fmt.Sprintf("%3.0f %%  %d accounts, %d rejected", share*100, run.Imported, run.Rejected)
	if done := run.Lines - p.lines; done > 0 && seconds > 0 {
		left := time.Duration(seconds * float64(p.size-run.Done) / float64(run.Done-p.bytes) * float64(time.Second))
		text += fmt.Sprintf(", %.0f a second, %s left", float64(done)/seconds, left.Round(time.Second))
	}
	if !p.terminal {
		return text
	}
	full := min(int(share*width), width)
	return "[" + strings.Repeat("#", full) + strings.Repeat(".", width-full) + "] " + text
}

// wait says once that the server does not answer.
func (p *progress) wait() {
	if !p.waiting {
		p.print("The server does not answer. Waiting for it.", true)
	}
	p.waiting = true
}

// end leaves the line behind.
func (p *progress) end() {
	if p.dirty {
		p.print("", true)
	}
}

// print writes a line; on a terminal it draws over the one before, and stays only if keep says so.
func (p *progress) print(text string, keep bool) {
	if !p.terminal {
		if text != "" {
			_, _ = fmt.Fprintln(p.out, text) // nobody listens: nothing to do
		}
		return
	}
	end := ""
	if p.dirty = !keep; keep && text != "" {
		end = "\n"
	}
	_, _ = fmt.Fprint(p.out, "\r\x1b[K"+text+end) // nobody listens: nothing to do
}
