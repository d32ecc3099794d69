#!/bin/sh
# Gets a fresh clone ready to run, as `npm start`, `npm test` and `npm run bench` do first: the npm packages (the pinned Node is one of
# them) and the system packages, with `bootstrap.sh test` those that only tests need as well. Says nothing and takes no time where all is
# there. Exit 3: something is missing that it cannot install.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$here")
PATH=$PATH:/usr/sbin:/sbin
lists="system-packages${1:+ $1-packages}"

say() { echo "bulkhead: $*" >&2; }
fail() { say "$@"; exit 3; }

# Which npm packages are installed: a copy of the lockfile that they came from, kept beside them; or, where somebody ran `npm ci` by
# hand, npm's own record, if it is not older than the lockfile.
npm_packages_are_there() {
  [ -e "$root/node_modules/.package-lock.json" ] || return 1
  cmp -s "$root/package-lock.json" "$root/node_modules/.bulkhead-lock" && return 0
  [ ! "$root/package-lock.json" -nt "$root/node_modules/.package-lock.json" ]
}

# is_there COMMAND, or is_there '/a/pattern/of/files'
is_there() {
  case $1 in
    /*) for file in $1; do [ ! -e "$file" ] || return 0; done; return 1 ;;
    *) command -v "$1" >/dev/null 2>&1 ;;
  esac
}

missing_system_packages() {
  # shellcheck disable=SC2086  # a list of files
  (cd "$here" && cat $lists) | while read -r proof package _; do
    case $proof in '' | '#'*) continue ;; esac
    is_there "$proof" || echo "$package"
  done | sort -u | tr '\n' ' '
}

everything_is_there() {
  npm_packages_are_there && [ -z "$(missing_system_packages)" ]
}

# Runs a command whose output is only worth reading when it fails.
quietly() {
  output=$(mktemp)
  if "$@" >"$output" 2>&1 </dev/null; then rm -f "$output"; return 0; fi
  tail -n 20 "$output" >&2
  rm -f "$output"
  return 1
}

apt_install() {
  DEBIAN_FRONTEND=noninteractive quietly apt-get -o DPkg::Lock::Timeout=300 install -y --no-install-recommends "$@"
}

apt_lists_are_there() {
  for file in /var/lib/apt/lists/*_Packages*; do [ -e "$file" ] && return 0; done
  return 1
}

install_system_packages() {
  packages=$(missing_system_packages)
  [ -n "$packages" ] || return 0
  [ "$(id -u)" = 0 ] || fail "missing system packages: ${packages% }. Install them as root, then try again: apt-get install ${packages% }"
  command -v apt-get >/dev/null 2>&1 || fail "missing system packages (Debian's names): ${packages% }. There is no apt-get here to install them with."
  say "installing system packages: ${packages% }"
  # shellcheck disable=SC2086  # a list of words
  { apt_lists_are_there && apt_install $packages 2>/dev/null; } ||
    { quietly apt-get -o DPkg::Lock::Timeout=300 update && apt_install $packages; } ||
    fail "apt-get could not install ${packages% } (its last words are above)"
  left=$(missing_system_packages)
  [ -z "$left" ] || fail "apt-get installed them, and these are still not in PATH: ${left% }"
}

# npm's warnings (engines) are about the Node that unpacks; all that is installed runs under the pinned one. `npm_execpath` is the npm
# that started us: the `node` in node_modules/.bin, which npm puts first in PATH, is about to be replaced.
npm_ci() {
  if [ -n "${npm_node_execpath:-}" ] && [ -n "${npm_execpath:-}" ]; then set -- "$npm_node_execpath" "$npm_execpath"; else set -- npm; fi
  (cd "$root" && "$@" ci --include=dev --include=optional --loglevel=error </dev/null 1>&2)
}

install_npm_packages() {
  npm_packages_are_there && return 0
  [ -w "$root" ] || fail "$root is not writable, and its npm packages are missing or older than package-lock.json: run 'npm ci' there"
  say "installing npm packages (npm ci)"
  started=$(date +%s)
  npm_ci || fail "npm ci failed (its words are above)"
  "$here/pinned-node" --version >/dev/null || fail "the pinned Node does not start on this machine"
  cp "$root/package-lock.json" "$root/node_modules/.bulkhead-lock"
  say "npm packages installed in $(($(date +%s) - started)) s"
}

everything_is_there && exit 0
[ "$(uname -s)" = Linux ] || fail "Bulkhead runs on Linux; this is $(uname -s)"

# One set-up at a time in one checkout; who waited finds everything there.
exec 9<"$root/package-lock.json"
if command -v flock >/dev/null 2>&1 && ! flock -n 9; then
  say "another set-up of this checkout is running; waiting for it"
  flock 9
fi
install_system_packages
install_npm_packages
