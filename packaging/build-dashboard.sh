#!/bin/sh
# Builds the dashboard into dashboard/dist, which `bulkhead serve` serves; takes some 50 ms and does nothing where it was built from
# these very sources. Needs the npm packages.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$here")
cd "$root"
stamp=dashboard/dist/.built-from

sources() {
  find dashboard shared server/accounts/role.ts package-lock.json \
    \( -name node_modules -o -name dist -o -name '*.test.ts' -o -name golden -o -name fixtures \) -prune -o -type f -print0 |
    LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum
}

built_from=$(sources)
[ "$(cat "$stamp" 2>/dev/null)" != "$built_from" ] || exit 0
echo "bulkhead: building the dashboard" >&2
output=$(mktemp)
trap 'rm -f "$output"' EXIT
if ! "$here/pinned-node" node_modules/vite/bin/vite.js build dashboard --logLevel warn >"$output" 2>&1 </dev/null; then
  cat "$output" >&2
  echo "bulkhead: the dashboard could not be built (vite's words are above)" >&2
  exit 3
fi
echo "$built_from" >"$stamp"
