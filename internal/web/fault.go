package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
)

// refuse hands err to the route's translation function and remembers a fault
// for the log line.
func (x *exchange) refuse(err error) {
	if x.status != 0 {
		// The answer has begun: it cannot be taken back, only cut off.
		x.fault = fmt.Errorf("after the answer began: %w", err)
		panic(http.ErrAbortHandler)
	}
	h := x.Header()
	h[hCache] = noStoreValue
	if x.route.route.Errors(x, &x.req, err) {
		if x.status == 0 {
			x.fault = fmt.Errorf("the translation function of %s wrote nothing for: %w", x.route.route.Name, err)
			serverError(x, x.req.ID)
		}
		return
	}
	x.fault = err
	if x.status == 0 {
		// A room may use web's parsers with a translation that does not know
		// their refusals; PlainErrors does.
		var refusal *Refusal
		if errors.As(err, &refusal) && PlainErrors(x, &x.req, err) {
			x.fault = nil
			return
		}
		delete(h, hETag)
		delete(h, "Set-Cookie")
		serverError(x, x.req.ID)
	}
}

// finish ends every request: it turns a panic into a fault, counts, and writes
// the one log line.
func (s *Server) finish(x *exchange) {
	abort := false
	if v := recover(); v != nil {
		if v == http.ErrAbortHandler { //nolint:errorlint // net/http compares the same way
			abort = true
		} else {
			x.fault = fmt.Errorf("panic: %v", v)
			x.stack = debug.Stack()
			abort = x.status != 0
			if !abort {
				x.answerPanic()
			}
		}
	}
	if x.status == 0 && !abort {
		x.WriteHeader(http.StatusOK)
	}
	took := s.opt.Now().Sub(x.req.Received)
	x.route.meters.observe(x.status, took)
	s.log(x, took)
	if abort {
		panic(http.ErrAbortHandler)
	}
}

// answerPanic asks the route for its fault page; a second panic there is
// answered plainly.
func (x *exchange) answerPanic() {
	defer func() {
		if v := recover(); v != nil && x.status == 0 {
			serverError(x, x.req.ID)
		}
	}()
	h := x.Header()
	h[hCache] = noStoreValue
	delete(h, "Set-Cookie")
	x.route.route.Errors(x, &x.req, x.fault)
	if x.status == 0 {
		serverError(x, x.req.ID)
	}
}

// log writes the one event of a request: the path pattern, never the path or
// the query, which may carry secrets.
func (s *Server) log(x *exchange, took interface{ Microseconds() int64 }) {
	level := slog.LevelInfo
	switch {
	case x.fault != nil:
		level = slog.LevelError
	case x.route.route.Quiet && x.status < 400:
		level = slog.LevelDebug
	}
	ctx := context.Background()
	if !s.opt.Log.Enabled(ctx, level) {
		return
	}
	rt := x.route.route
	attrs := make([]slog.Attr, 0, 10+len(x.req.attrs))
	attrs = append(attrs,
		slog.String("request", x.req.ID),
		slog.String("route", rt.Name),
		slog.String("method", x.req.Method),
		slog.String("path", rt.Path),
		slog.Int("status", x.status),
		slog.Int64("us", took.Microseconds()),
		slog.String("client", clientName(&x.req)))
	if x.req.Tenant.ID != "" {
		attrs = append(attrs, slog.String("tenant", x.req.Tenant.ID))
	}
	if x.fault != nil {
		attrs = append(attrs, slog.String("fault", x.fault.Error()))
		if x.stack != nil {
			attrs = append(attrs, slog.String("stack", string(x.stack)))
		}
	}
	attrs = append(attrs, x.req.attrs...)
	// The record is made here because Logger would look up the line that logs,
	// which is always this one.
	record := slog.NewRecord(s.opt.Now(), level, "request", 0)
	record.AddAttrs(attrs...)
	_ = s.opt.Log.Handler().Handle(ctx, record) // a log that fails has nowhere to say so
}

// clientName is the client's address, or "local" on the socket.
func clientName(r *Request) string {
	if !r.Client.IsValid() {
		return "local"
	}
	return r.Client.String()
}
