package api

import (
	"net/http"
	"net/url"
	"reflect"
	"strconv"
)

// defaultPage and maxPage bound a page of a list.
const (
	defaultPage = 50
	maxPage     = 200
)

var paging = []param{
	{name: "after", doc: "Continue behind this item, as the next link says."},
	{name: "limit", doc: "At most so many items: 1 to 200, 50 if not given.", integer: true},
}

// list is an endpoint that pages through a list: fetch gives at most limit items behind the
// one whose cursor is after, in a fixed order.
func list[Item any](name, path string, action named, doc string, filter []param, fetch func(c *call, after string, limit int) ([]Item, error), cursor func(Item) string) endpoint {
	return endpoint{name: name, method: http.MethodGet, path: path, action: action.Name(), doc: doc,
		query: append(append([]param{}, filter...), paging...), out: reflect.TypeFor[[]Item](),
		run: func(c *call) (any, error) {
			limit, err := c.integer("limit", defaultPage)
			if err != nil {
				return nil, err
			}
			if limit < 1 || limit > maxPage {
				return nil, badQuery("limit", "1 to 200.")
			}
			items, err := fetch(c, c.query["after"], int(limit))
			if err != nil {
				return nil, err
			}
			if len(items) == int(limit) {
				c.linkNext(cursor(items[len(items)-1]), limit)
			}
			if items == nil {
				items = []Item{}
			}
			return items, nil
		}}
}

// linkNext names the next page (RFC 8288 §3), which may turn out to be empty.
func (c *call) linkNext(after string, limit int64) {
	q := url.Values{}
	for name, value := range c.query {
		q.Set(name, value)
	}
	q.Set("after", after)
	q.Set("limit", strconv.FormatInt(limit, 10))
	c.w.Header().Set("Link", "<"+c.r.URL.EscapedPath()+"?"+q.Encode()+`>; rel="next"`)
}
