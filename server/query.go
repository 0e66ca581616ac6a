package server

import (
	"fmt"
	"net/url"
	"strconv"

	"secondserver/hub"
)

// nameRule follows what it is about: user, room.
const nameRule = " is 1 to 64 of A-Z a-z 0-9 _ . - and not . or .."

// maxValue bounds one value of a query, in bytes: a token, the longest, and more.
const maxValue = 4 << 10

// A query reads the values of a URL's query and keeps the first problem. Keys
// that nobody asks for are ignored, as in a frame. A value that is empty is
// refused, and so is one that is given twice: whoever else reads the URL, a
// balancer say, might take the other one.
type query struct {
	values  url.Values
	problem *hub.Problem
}

func parseQuery(u *url.URL) *query {
	q := new(query)
	var err error
	if q.values, err = url.ParseQuery(u.RawQuery); err != nil {
		q.fail(codeBadRequest, "query: %v", err)
	}
	return q
}

func (q *query) fail(code, format string, args ...any) {
	if q.problem == nil {
		q.problem = &hub.Problem{Code: code, Message: fmt.Sprintf(format, args...)}
	}
}

// text is "" where there is none.
func (q *query) text(key string) string {
	given := q.values[key]
	switch {
	case len(given) == 0:
		return ""
	case len(given) > 1:
		q.fail(codeBadRequest, "%s is given twice", key)
	case given[0] == "":
		q.fail(codeBadRequest, "%s is empty: leave it out, or give a value", key)
	case len(given[0]) > maxValue:
		q.fail(codeBadRequest, "%s is longer than %d bytes", key, maxValue)
	}
	return given[0]
}

// name is "" where there is none.
func (q *query) name(key string) string {
	name := q.text(key)
	if name != "" && !hub.ValidName(name) {
		q.fail(hub.CodeBadName, "%s%s", key, nameRule)
	}
	return name
}

// position reads offset and epoch, which are given together or not at all. Then
// it is the zero Position.
func (q *query) position() hub.Position {
	offset, epoch := q.text("offset"), q.text("epoch")
	if (offset == "") != (epoch == "") {
		q.fail(codeBadRequest, "offset and epoch go together")
	}
	if offset == "" {
		return hub.Position{}
	}
	n, err := strconv.ParseUint(offset, 10, 64)
	if err != nil {
		q.fail(codeBadRequest, "offset is an unsigned 64-bit integer")
	}
	return hub.Position{Epoch: epoch, Offset: n}
}

// limit is how many messages an answer may have.
func (q *query) limit() int {
	const standard, most = 100, 1000
	limit := q.text("limit")
	if limit == "" {
		return standard
	}
	n, err := strconv.ParseUint(limit, 10, 64)
	if err != nil || n < 1 || n > most {
		q.fail(codeBadRequest, "limit is 1 to %d", most)
	}
	return int(n)
}
