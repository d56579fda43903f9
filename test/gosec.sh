#!/bin/bash
# Runs gosec and fails on findings that are not argued beside the code. An argued line carries
# "//nolint:gosec // why", or for a dropped error "//nolint:errcheck // why"; the reason is part
# of the form. Left out: G304 (a file name from a variable), since names of files come from flags
# and configuration alone, never from a request; programs that make data for the source tree.
set -u
out=$(mktemp) && trap 'rm -f "$out"' EXIT
go tool -modfile=tools/go.mod gosec -quiet -fmt golint -exclude-generated -exclude=G304 -exclude-dir=bench -exclude-dir=test -exclude-dir=internal/factor/password/policy/gen ./... >"$out" 2>&1
status=$?
bad=0 argued=0
while IFS= read -r finding; do
	place=${finding%%: *} # file:line:column
	file=${place%%:*} rest=${place#*:}
	line=${rest%%:*}
	if [ -f "$file" ] && sed -n "${line%%-*}p" "$file" | grep -qE '//nolint:(gosec|errcheck|gosec,errcheck) // .{5,}'; then
		argued=$((argued + 1))
		continue
	fi
	echo "$finding"
	bad=1
done < <(grep -E '\.go:[0-9]' "$out")
if [ $status != 0 ] && [ $bad = 0 ] && [ $argued = 0 ]; then
	cat "$out"
	exit "$status"
fi
echo "gosec: $argued argued exceptions"
exit $bad
