#!/bin/bash
# fuzz.sh TIME: runs every fuzz target of the module for that long, one after the other.
set -eu
time=${1:-10m} none=1
while IFS=: read -r file target; do
	none=0
	echo "== $target ($file)"
	(cd "$(dirname "$file")" && go test -run '^$' -fuzz "^$target\$" -fuzztime "$time" .)
done < <(grep -rnoE --include='*_test.go' '^func Fuzz[A-Za-z0-9_]+' . | sed -E 's/:[0-9]+:func /:/' | sort)
[ $none = 0 ] || { echo "no fuzz target found"; exit 1; }
