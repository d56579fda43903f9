package cmd

import (
	"errors"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// Body is a JSON object that flags fill: only flags that were given become members, so that
// the same flags create a thing and change it.
type Body struct {
	flags   *pflag.FlagSet
	members map[string]string // flag → JSON member
	fill    []func(map[string]any) error
}

// NewBody makes a body of a command's flags.
func NewBody(c *cobra.Command) *Body { return &Body{flags: c.Flags(), members: map[string]string{}} }

func (b *Body) add(flag, member string, value func() any) {
	b.members[flag] = member
	b.fill = append(b.fill, func(m map[string]any) error {
		if b.flags.Changed(flag) {
			m[member] = value()
		}
		return nil
	})
}

// Text adds a flag of text.
func (b *Body) Text(flag, member, doc string) {
	v := b.flags.String(flag, "", doc)
	b.add(flag, member, func() any { return *v })
}

// Flag adds a flag that is there or not; --flag=false takes it back.
func (b *Body) Flag(flag, member, doc string) {
	v := b.flags.Bool(flag, false, doc)
	b.add(flag, member, func() any { return *v })
}

// Number adds a flag of a whole number.
func (b *Body) Number(flag, member, doc string) {
	v := b.flags.Int64(flag, 0, doc)
	b.add(flag, member, func() any { return *v })
}

// Seconds adds a flag of a duration, such as 90s or 24h, whose member counts seconds.
func (b *Body) Seconds(flag, member, doc string) {
	v := b.flags.Duration(flag, 0, doc)
	b.add(flag, member, func() any { return int64(v.Seconds()) })
}

// List adds a flag that repeats; given as the empty text alone it empties the list.
func (b *Body) List(flag, member, doc string) {
	v := b.flags.StringArray(flag, nil, doc+" (repeat)")
	b.add(flag, member, func() any {
		return slices.DeleteFunc(append([]string{}, *v...), func(s string) bool { return s == "" })
	})
}

// Words adds a flag that repeats and becomes one text with spaces between.
func (b *Body) Words(flag, member, doc string) {
	v := b.flags.StringArray(flag, nil, doc+" (repeat)")
	b.add(flag, member, func() any { return strings.Join(*v, " ") })
}

// Each adds a flag that repeats, whose values parse turns into the items of a list.
func (b *Body) Each(flag, member, doc string, parse func(text string) (any, error)) {
	v := b.flags.StringArray(flag, nil, doc+" (repeat)")
	b.members[flag] = member
	b.fill = append(b.fill, func(m map[string]any) error {
		if !b.flags.Changed(flag) {
			return nil
		}
		items := []any{}
		for _, text := range *v {
			if text == "" {
				continue
			}
			item, err := parse(text)
			if err != nil {
				return err
			}
			items = append(items, item)
		}
		m[member] = items
		return nil
	})
}

// Object is the JSON object. The error is the first of what Each's functions returned.
func (b *Body) Object() (map[string]any, error) {
	m := map[string]any{}
	for _, fill := range b.fill {
		if err := fill(m); err != nil {
			return nil, err
		}
	}
	return m, nil
}

// Changes is Object for an update, which must change something.
func (b *Body) Changes() (map[string]any, error) {
	m, err := b.Object()
	if err == nil && len(m) == 0 {
		return nil, Usage("Say what to change: see --help for the flags.")
	}
	return m, err
}

// Explain names the flags behind the members that the server refused.
func (b *Body) Explain(err error) error {
	var f *Failure
	if !errors.As(err, &f) {
		return err
	}
	for flag, member := range b.members {
		if doc, wrong := f.Fields[member]; wrong && (doc == f.Text || len(f.Fields) == 1) {
			f.Text = "--" + flag + ": " + doc
		}
	}
	return err
}

// Late adds a member that is computed when the command runs; nil leaves it out.
func (b *Body) Late(member string, value func() (any, error)) {
	b.fill = append(b.fill, func(m map[string]any) error {
		v, err := value()
		if err == nil && v != nil {
			m[member] = v
		}
		return err
	})
}
