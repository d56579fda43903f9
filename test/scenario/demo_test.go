package scenario

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/cardea-iam/cardea/test/rig"
)

// demo is what `cardea demo` printed: where things are and who may sign in.
type demo struct {
	cardea, hireMe, calendar string
	people                   []login
}

type login struct{ username, password string }

var (
	address     = regexp.MustCompile(`http://localhost:\d+`)
	credentials = regexp.MustCompile(`^\s+(\S+)\s+password\s+(\S+)`)
)

// startDemo runs `cardea demo` and reads its first lines.
func startDemo(t *testing.T) demo {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	cmd := exec.CommandContext(ctx, binary, "demo", "--port", strconv.Itoa(threePorts(t)))
	cmd.Dir, cmd.Env = t.TempDir(), rig.Environ()
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 10 * time.Second
	reader, writer := io.Pipe()
	cmd.Stdout, cmd.Stderr = writer, writer
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cancel()
		_ = cmd.Wait()     // it was asked to end
		_ = writer.Close() // of a pipe in memory
	})
	var d demo
	said := make(chan demo)
	var log strings.Builder
	go func() {
		defer close(said)
		told := false
		for lines := bufio.NewScanner(reader); lines.Scan(); {
			if told {
				continue // what it logs later is not ours
			}
			line := lines.Text()
			log.WriteString(line + "\n")
			d.hear(line)
			if d.complete() {
				told = true
				said <- d
			}
		}
	}()
	late := time.NewTimer(30 * time.Second)
	defer late.Stop()
	select {
	case found, ok := <-said:
		if !ok {
			t.Fatalf("the demo ended:\n%s", log.String())
		}
		return found
	case <-late.C:
		cancel()
		t.Fatal("the demo did not say within 30 s where it is and who may sign in")
	}
	return d
}

// threePorts finds a port of loopback that is free and whose next two are.
func threePorts(t *testing.T) int {
	t.Helper()
	for range 50 {
		first, err := rig.FreePort()
		if err != nil {
			t.Fatal(err)
		}
		free := 0
		for n := range 3 {
			l, err := net.Listen("tcp4", fmt.Sprintf("127.0.0.1:%d", first+n))
			if err != nil {
				break
			}
			if err := l.Close(); err != nil {
				t.Fatal(err)
			}
			free++
		}
		if free == 3 {
			return first
		}
	}
	t.Fatal("no three free ports in a row")
	return 0
}

func (d *demo) hear(line string) {
	if at := address.FindString(line); at != "" {
		switch {
		case strings.Contains(line, "HireMe123"):
			d.hireMe = at
		case strings.Contains(line, "MyCalApp"):
			d.calendar = at
		case strings.Contains(line, "Cardea") && d.cardea == "":
			d.cardea = at
		}
		return
	}
	if m := credentials.FindStringSubmatch(line); m != nil {
		d.people = append(d.people, login{m[1], m[2]})
	}
}

func (d *demo) complete() bool {
	return d.cardea != "" && d.hireMe != "" && d.calendar != "" && len(d.people) == 2
}

// The story of the README: an app asks for a person's calendar and gets no more than the person
// agrees to, may give, and has not withdrawn.
func TestDemoStory(t *testing.T) {
	need(t, "chromium")
	d := startDemo(t)
	t.Run("writer", func(t *testing.T) { d.writer(t, d.people[0]) })
	t.Run("reader", func(t *testing.T) { d.reader(t, d.people[1]) })
}

// writer may read and write events: denies first, then approves, books, and withdraws.
func (d demo) writer(t *testing.T, who login) {
	w := newWindow(t)
	w.open(d.hireMe)
	w.shoot("1-hireme123")
	w.press("connect", "#username")
	w.shoot("2-sign-in")
	w.signIn(who.username, who.password, "#approve")
	w.shoot("3-consent")
	question := w.text("main")
	for _, word := range []string{"HireMe123", "MyCalApp"} {
		if !strings.Contains(question, word) {
			t.Errorf("the consent page does not name %s:\n%s", word, question)
		}
	}
	w.press("deny", "#message")
	w.shoot("4-denied")
	if !w.has("#connect") {
		t.Error("after a denial HireMe123 is connected")
	}

	w.press("connect", "#approve")
	w.press("approve", "#schedule")
	w.shoot("5-connected")
	w.press("schedule", "#booked")
	booked := w.text("#booked b")
	w.shoot("6-booked")

	w.open(d.calendar)
	if w.has("#signin") {
		w.press("signin", "#person, #approve")
		if w.has("#approve") {
			w.press("approve", "#person")
		}
	}
	w.shoot("7-calendar")
	if !w.has(".event.added") {
		t.Errorf("the interview (%s) is not in the calendar:\n%s", booked, w.text("main"))
	}

	d.withdraw(w)
	d.gone(w)
	w.shoot("9-withdrawn")
}

// withdraw takes the access back on the account page.
func (d demo) withdraw(w *window) {
	w.t.Helper()
	w.open(d.cardea + "/account/apps")
	w.shoot("8-apps")
	id := ""
	for _, n := range []string{"0", "1", "2"} {
		if strings.Contains(w.text("#app-"+n), "HireMe123") {
			id = n
			break
		}
	}
	if id == "" {
		w.t.Fatalf("the account page does not show HireMe123:\n%s", w.text("main"))
	}
	w.press("withdraw-"+id, "#withdraw-yes")
	w.press("withdraw-yes", "#done") // the page behind the form: the one with it has an h1 as well
	if strings.Contains(w.text("main ul.list"), "HireMe123") {
		w.t.Error("HireMe123 is still connected after the withdrawal")
	}
}

// reader may only read: the token does not carry what HireMe123 asked for beyond that, and the
// consent page says why.
func (d demo) reader(t *testing.T, who login) {
	w := newWindow(t)
	w.open(d.hireMe)
	w.press("connect", "#username")
	w.signIn(who.username, who.password, "#approve")
	w.shoot("1-consent")
	if !w.has(".panel-withheld") {
		t.Errorf("the consent page does not say what the person may not give:\n%s", w.text("main"))
	}
	w.press("approve", "#free")
	w.shoot("2-reading-only")
	if w.has("#schedule") {
		t.Error("HireMe123 may write to the calendar of somebody who may only read")
	}
	d.withdraw(w)
	d.gone(w)
	w.shoot("3-withdrawn")
}

// gone holds when HireMe123 is refused within a second of the withdrawal and tells the person so:
// the last page that it may still serve was asked for before that second was over, however long a
// busy machine takes to load it.
func (d demo) gone(w *window) {
	w.t.Helper()
	withdrawn := time.Now()
	look := time.NewTicker(300 * time.Millisecond)
	defer look.Stop()
	for {
		asked := time.Since(withdrawn)
		w.open(d.hireMe)
		if w.has("#connect") {
			break
		}
		if asked > time.Second {
			w.t.Fatalf("HireMe123 had access %s after the withdrawal", asked)
		}
		<-look.C
	}
	if message := w.text("#message"); message == "" || strings.Contains(message, "goroutine") {
		w.t.Errorf("HireMe123 does not say that it was withdrawn: %q", message)
	}
}
