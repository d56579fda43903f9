#!/bin/bash
# Installs what the tests need beside Go: Debian packages where it may, else it says what will be
# skipped. In CI a missing package is an error.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive

as_root() {
	if [ "$(id -u)" = 0 ]; then "$@"
	elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then sudo -n env DEBIAN_FRONTEND=noninteractive "$@"
	else return 1; fi
}
missing=()
want() { bash -c "$1" >/dev/null 2>&1 || missing+=("${@:2}"); }
want 'command -v gcc' gcc libc6-dev # the race detector needs a C compiler
want 'ls /usr/lib/postgresql/*/bin/initdb' postgresql
want 'command -v curl' curl # the documentation's commands
want 'command -v chromium' chromium
want 'command -v node' nodejs
want 'command -v npm' npm
want 'ls /usr/sbin/apache2' apache2
want 'ls /usr/lib/apache2/modules/mod_auth_openidc.so' libapache2-mod-auth-openidc
[ ${#missing[@]} -gt 0 ] || exit 0

echo "installing: ${missing[*]}"
if command -v apt-get >/dev/null && as_root apt-get update -qq && as_root apt-get install -y -qq --no-install-recommends "${missing[@]}"; then
	# The packages' own services are not wanted: the tests start what they need.
	for service in apache2 postgresql; do as_root service "$service" stop >/dev/null 2>&1 || true; done
elif [ -n "${CI:-}" ]; then
	echo "cannot install ${missing[*]}: needs apt with root or sudo" >&2
	exit 1
else
	echo "cannot install ${missing[*]} here (needs apt with root or sudo): the tests that need them are skipped and say so"
fi
