#!/bin/sh
# Make sure there is a PostgreSQL for the tests of what is kept: the one installed, else Debian's package.
set -eu
bin=$1
if "$bin/python" tests/postgres.py; then exit 0; fi
if command -v apt-get > /dev/null 2>&1 && [ "$(id -u)" = 0 ]; then
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -q > /dev/null && apt-get install -y -q --no-install-recommends postgresql > /dev/null && exit 0
fi
echo "No PostgreSQL here: its tests are skipped (install the package postgresql)." >&2
