#!/bin/bash
# Looks for known holes in what is imported and used. Where the database cannot be reached it
# says so and goes on: a build machine without network is no reason for a red build.
set -u
db=${GOVULNDB:-https://vuln.go.dev}
out=$(mktemp) && trap 'rm -f "$out"' EXIT
go tool -modfile=tools/go.mod govulncheck -db "$db" ./... >"$out" 2>&1
status=$?
cat "$out"
[ $status = 0 ] && exit 0
if grep -qE 'vulnerability (database|DB)|fetching vulnerabilities|no such host|connection refused|i/o timeout|HTTP (GET|status)|Forbidden' "$out" && ! grep -q '^Vulnerability #' "$out"; then
	echo "SKIPPED: govulncheck could not read its database $db; nothing was checked. GOVULNDB names another."
	exit 0
fi
exit $status
