#!/bin/sh
# Everything that is checked, once: lint and types (cached by turbo), then all tests under the pinned Node. Arguments go to vitest
# (`npm test -- shared/policy`). The last line is `N passed, N failed`, with `, N skipped` where tests were; exit 0 only if nothing
# failed and something ran.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$here")
cd "$root"
export PATH="$root/node_modules/.bin:$PATH:/usr/sbin:/sbin"
export TURBO_TELEMETRY_DISABLED=1 TURBO_NO_UPDATE_NOTIFIER=1 DO_NOT_TRACK=1
[ -t 1 ] || export NO_COLOR=1
# The tests start some two thousand programs of ours: what V8 made of their sources is kept (by content) from one to the next.
export NODE_COMPILE_CACHE="$root/node_modules/.cache/compile"
report=$(mktemp)
programs=$(mktemp -d)
# All that the tests write has a place of its own, which is looked at when they have ended. The name is short:
# sockets' paths are bounded, and a browser has one in there.
scratch=$(mktemp -d "${TMPDIR:-/tmp}/tXXX")
# Some tests do things as somebody else: start these programs, and write where everybody may, as in /tmp.
chmod 0755 "$programs"
chmod 1777 "$scratch"
trap 'rm -rf "$report" "$programs" "$scratch"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

checks=passed
turbo run lint typecheck --continue --cache=local:rw --output-logs=errors-only --log-order=grouped </dev/null || checks=failed

# What the tests start is what the packages hold.
"$here/pinned-node" test/programs/main.ts "$programs"
export BULKHEAD_TEST_PROGRAMS="$programs"

tests=passed
TMPDIR=$scratch "$here/pinned-node" node_modules/vitest/vitest.mjs run --reporter=default --reporter=json --outputFile.json="$report" "$@" </dev/null ||
  tests=failed
"$here/pinned-node" "$here/leftovers.ts" "$scratch" || tests=failed

"$here/pinned-node" "$here/closing-line.ts" "$report" "$checks" "$tests"
