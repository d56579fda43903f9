package store

import (
	"database/sql"
	"database/sql/driver"
	"fmt"
	"reflect"
	"time"
)

// argument turns a Go value into what both drivers take: time.Time into microseconds, named
// types into their kind.
func argument(v any) (any, error) {
	switch v := v.(type) {
	case nil, string, int64, bool, []byte, float64:
		return v, nil
	case int:
		return int64(v), nil
	case time.Time:
		return micros(v), nil
	case time.Duration:
		return int64(v / time.Microsecond), nil
	case driver.Valuer:
		return v.Value()
	}
	r := reflect.ValueOf(v)
	switch r.Kind() { //nolint:exhaustive // all else is refused below
	case reflect.String:
		return r.String(), nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return r.Int(), nil
	case reflect.Uint8, reflect.Uint16, reflect.Uint32:
		return int64(r.Uint()), nil //nolint:gosec // at most 32 bits
	case reflect.Bool:
		return r.Bool(), nil
	case reflect.Slice:
		if r.Type().Elem().Kind() == reflect.Uint8 {
			return r.Bytes(), nil
		}
	case reflect.Pointer:
		if r.IsNil() {
			return nil, nil
		}
		return argument(r.Elem().Interface())
	}
	return nil, fmt.Errorf("store: a %T cannot be a column's value", v)
}

func micros(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UnixMicro()
}

// assign copies a column into what dest points at.
func assign(dest, src any) error {
	switch d := dest.(type) {
	case *string:
		switch s := src.(type) {
		case string:
			*d = s
			return nil
		case []byte:
			*d = string(s)
			return nil
		case nil:
			*d = ""
			return nil
		}
	case *int64:
		if s, ok := src.(int64); ok {
			*d = s
			return nil
		}
	case *[]byte:
		switch s := src.(type) {
		case []byte:
			*d = append([]byte(nil), s...)
			return nil
		case string:
			*d = []byte(s)
			return nil
		case nil:
			*d = nil
			return nil
		}
	case *bool:
		switch s := src.(type) {
		case bool:
			*d = s
			return nil
		case int64:
			*d = s != 0
			return nil
		}
	case *time.Time:
		switch s := src.(type) {
		case int64:
			*d = time.UnixMicro(s).UTC()
			return nil
		case nil:
			*d = time.Time{}
			return nil
		}
	case sql.Scanner:
		return d.Scan(src)
	}
	return assignKind(dest, src)
}

// assignKind serves named types, small integers and pointers.
func assignKind(dest, src any) error {
	p := reflect.ValueOf(dest)
	if p.Kind() != reflect.Pointer || p.IsNil() {
		return fmt.Errorf("store: cannot scan into a %T", dest)
	}
	e := p.Elem()
	switch e.Kind() { //nolint:exhaustive // all else is refused below
	case reflect.String:
		var s string
		if err := assign(&s, src); err != nil {
			return err
		}
		e.SetString(s)
		return nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		switch s := src.(type) {
		case int64:
			if e.OverflowInt(s) {
				return fmt.Errorf("store: %d overflows a %s", s, e.Type())
			}
			e.SetInt(s)
			return nil
		case int32:
			e.SetInt(int64(s))
			return nil
		case int16:
			e.SetInt(int64(s))
			return nil
		}
	case reflect.Bool:
		var b bool
		if err := assign(&b, src); err != nil {
			return err
		}
		e.SetBool(b)
		return nil
	case reflect.Float64:
		if s, ok := src.(float64); ok {
			e.SetFloat(s)
			return nil
		}
	case reflect.Slice:
		if e.Type().Elem().Kind() == reflect.Uint8 {
			var b []byte
			if err := assign(&b, src); err != nil {
				return err
			}
			e.SetBytes(b)
			return nil
		}
	case reflect.Pointer:
		if src == nil {
			e.SetZero()
			return nil
		}
		e.Set(reflect.New(e.Type().Elem()))
		return assign(e.Interface(), src)
	}
	return fmt.Errorf("store: a column's %T does not fit a %T", src, dest)
}
