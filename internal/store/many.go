package store

import (
	"strconv"
	"strings"
)

// manyRows is how many rows one statement writes: enough that PostgreSQL's round trips do not
// count, few enough for the databases' bounds on parameters.
const manyRows = 100

// InsertMany runs an INSERT of n rows, many with one statement. head ends with VALUES; row gives
// the values of one row, columns of them. Statements of three lengths at most are made of one head,
// so that prepared ones stay few.
func InsertMany(tx *Tx, head string, columns, n int, row func(i int) []any) error {
	for from := 0; from < n; {
		size := manyRows
		for n-from < size {
			size /= 10
		}
		args := make([]any, 0, size*columns)
		for i := range size {
			args = append(args, row(from+i)...)
		}
		if _, err := tx.Exec(head+" "+tuples(size, columns), args...); err != nil {
			return err
		}
		from += size
	}
	return nil
}

// Keys is the text of a list "VALUES ($first), …" of up to MaxKeys texts, for
// "WITH k(v) AS (…)", and the list itself, filled up with its last value so that statements differ
// in nothing but what they ask. SQLite would scan a whole index for the IN of a long list; for
// rows of k it looks each up.
func Keys(first int, keys []any) (text string, args []any) {
	rows := make([]string, MaxKeys)
	for i := range rows {
		if i >= len(keys) {
			keys = append(keys, keys[len(keys)-1])
		}
		rows[i] = tuple(first+i, 1)
	}
	return "VALUES " + strings.Join(rows, ", "), keys
}

// MaxKeys is the length of the list of Keys.
const MaxKeys = 100

func tuples(rows, columns int) string {
	list := make([]string, rows)
	for i := range list {
		list[i] = tuple(1+i*columns, columns)
	}
	return strings.Join(list, ", ")
}

func tuple(first, n int) string {
	marks := make([]string, n)
	for i := range marks {
		marks[i] = "$" + strconv.Itoa(first+i)
	}
	return "(" + strings.Join(marks, ", ") + ")"
}
