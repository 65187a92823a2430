#!/bin/sh
# Make sure there is a Chromium for the browser tests: the system's, else Debian's package, else Playwright's own.
set -eu
bin=$1
for name in chromium chromium-browser google-chrome; do
    if command -v "$name" > /dev/null 2>&1; then exit 0; fi
done
if command -v apt-get > /dev/null 2>&1 && [ "$(id -u)" = 0 ]; then
    export DEBIAN_FRONTEND=noninteractive
    if apt-get update -q > /dev/null && apt-get install -y -q --no-install-recommends chromium > /dev/null; then exit 0; fi
fi
"$bin/playwright" install --with-deps chromium || "$bin/playwright" install chromium
