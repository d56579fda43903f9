#!/bin/bash
# Says before a run what it will have to leave out. With CI set the tests fail instead.
lost=0
need() { # what, how it is found, what is lost
	bash -c "$2" >/dev/null 2>&1 && return
	echo "MISSING: $1 — $3"
	lost=1
}
need "PostgreSQL" 'ls /usr/lib/postgresql/*/bin/initdb || command -v initdb || test -n "$CARDEA_TEST_POSTGRES"' "half of every test (apt-get install postgresql)"
need "Chromium" 'command -v chromium' "the browser stories (apt-get install chromium)"
need "Node.js and npm" 'command -v node && command -v npm' "openid-client, oauth4webapi, the bench's peer (apt-get install nodejs npm)"
need "mod_auth_openidc" 'ls /usr/lib/apache2/modules/mod_auth_openidc.so && ls /usr/sbin/apache2' "the relying party written in C (apt-get install apache2 libapache2-mod-auth-openidc)"
if [ $lost = 1 ]; then
	[ -n "${CI:-}" ] && { echo "CI is set: all of it is needed"; exit 1; }
	echo "The tests that need it are skipped."
fi
exit 0
