package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"time"
)

// A wire is one keep-alive HTTP/1.1 connection. It writes requests that were made beforehand and
// reads no more of the answer than the row needs, so that the generator's core is not the limit.
type wire struct {
	address string
	conn    net.Conn
	in      *bufio.Reader
}

// answer is what the last request brought. Its slices are valid until the next one.
type answer struct {
	status   int
	location []byte
	body     []byte
}

var (
	headerLength   = []byte("content-length")
	headerEncoding = []byte("transfer-encoding")
	headerLocation = []byte("location")
	headerConn     = []byte("connection")
)

// ask sends a request and reads its answer into a. A connection that the server closed while idle
// is opened again once.
func (w *wire) ask(request []byte, a *answer) error {
	reused := w.conn != nil
	err := w.try(request, a)
	if err != nil && reused && (errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)) {
		err = w.try(request, a)
	}
	return err
}

func (w *wire) try(request []byte, a *answer) error {
	if w.conn == nil {
		conn, err := net.DialTimeout("tcp", w.address, 5*time.Second)
		if err != nil {
			return err
		}
		w.conn, w.in = conn, bufio.NewReaderSize(conn, 32<<10)
	}
	err := w.conn.SetDeadline(time.Now().Add(10 * time.Second))
	if err == nil {
		_, err = w.conn.Write(request)
	}
	closing := false
	if err == nil {
		closing, err = w.read(a)
	}
	if err != nil || closing {
		w.close()
	}
	return err
}

func (w *wire) close() {
	if w.conn != nil {
		w.conn.Close() //nolint:errcheck // the bench is done with it
		w.conn = nil
	}
}

func (w *wire) read(a *answer) (closing bool, err error) {
	a.location, a.body = a.location[:0], a.body[:0]
	line, err := w.in.ReadSlice('\n')
	if err != nil {
		return true, err
	}
	if len(line) < len("HTTP/1.1 200") {
		return true, fmt.Errorf("status line %q", line)
	}
	if a.status, err = strconv.Atoi(string(line[9:12])); err != nil {
		return true, err
	}
	length, chunked := 0, false
	for {
		if line, err = w.in.ReadSlice('\n'); err != nil {
			return true, err
		}
		name, value, ok := bytes.Cut(bytes.TrimRight(line, "\r\n"), []byte(":"))
		if !ok {
			break // the empty line
		}
		value = bytes.TrimSpace(value)
		switch {
		case bytes.EqualFold(name, headerLength):
			if length, err = strconv.Atoi(string(value)); err != nil {
				return true, err
			}
		case bytes.EqualFold(name, headerEncoding):
			chunked = bytes.EqualFold(value, []byte("chunked"))
		case bytes.EqualFold(name, headerLocation):
			a.location = append(a.location, value...)
		case bytes.EqualFold(name, headerConn):
			closing = bytes.EqualFold(value, []byte("close"))
		}
	}
	if !chunked {
		return closing, w.take(a, length)
	}
	for {
		if line, err = w.in.ReadSlice('\n'); err != nil {
			return true, err
		}
		size, err := strconv.ParseInt(string(bytes.TrimSpace(line)), 16, 32)
		if err != nil {
			return true, err
		}
		if err := w.take(a, int(size)); err != nil {
			return true, err
		}
		if _, err := w.in.Discard(2); err != nil {
			return true, err
		}
		if size == 0 {
			return closing, nil
		}
	}
}

func (w *wire) take(a *answer, n int) error {
	have := len(a.body)
	for cap(a.body) < have+n {
		a.body = append(a.body[:cap(a.body)], 0)
	}
	a.body = a.body[:have+n]
	_, err := io.ReadFull(w.in, a.body[have:])
	return err
}

// request writes one out. Headers are whole lines.
func request(method, host, path, body string, headers ...string) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: %s\r\n", method, path, host)
	for _, h := range headers {
		b.WriteString(h + "\r\n")
	}
	if method == "POST" {
		fmt.Fprintf(&b, "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n", len(body))
	}
	b.WriteString("\r\n" + body)
	return b.Bytes()
}
