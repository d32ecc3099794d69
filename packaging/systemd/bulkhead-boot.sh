#!/bin/sh
# Loads the last good policy into the kernel before the network comes up: without the agent, without Node, without a network.
# The agent writes the files with every change (agent/apply/boot-text.ts). The first line of each bears the digest of the rest; where the current one is damaged, the one before
# it is loaded, then the configured floor. Exit 0: the current policy is loaded, or there has never been one. Exit 1: it is not, and what is instead was said.
set -u
LC_ALL=C
state=${1:-/var/lib/bulkhead}
cgroups=/sys/fs/cgroup

# The number is the priority that the journal gives it (man 3 sd-daemon).
say() { printf '<%s>%s\n' "$1" "$2" >&2; }

is_whole() {
  read -r first <"$1" || return 1
  digest=$(tail -n +2 "$1" | sha256sum) || return 1
  [ "$first" = "# bulkhead-boot 1 sha256:${digest%% *}" ]
}

# nft takes a cgroup only if its directory is there; systemd takes one that it finds for the unit's own. Where a unit's home is not as expected, the agent sees to it when it starts.
expect_units() {
  grep '^#unit ' "$1" | while read -r _ path set; do
    if [ -d "$cgroups/${path%%/*}" ] && mkdir -p "$cgroups/$path" && [ -e "$cgroups/$path/cgroup.procs" ] &&
      nft add element inet bulkhead "$set" "{ \"$path\" }"; then continue; fi
    say 4 "rules for the unit ${path##*/} match nothing until bulkhead-agent has started"
  done
}

# load NAME: the file is whole, and the kernel has taken it as one
load() {
  file=$state/$1.nft
  [ -e "$file" ] || { say 3 "$file is missing"; return 1; }
  is_whole "$file" || { say 3 "$file is damaged, or was written by another version"; return 1; }
  nft -f "$file" || { say 3 "nft does not take $file (its words are above)"; return 1; }
  expect_units "$file"
}

# What is in force already is the agent's business.
if nft list tables inet | grep -qx 'table inet bulkhead'; then
  say 6 "a policy is in force already"
  exit 0
fi

had_policy=no
for file in "$state/current" "$state/previous" "$state/floor"; do
  if [ -e "$file.nft" ] || [ -e "$file.json" ]; then had_policy=yes; fi
done
[ "$had_policy" = yes ] || exit 0

# Only a floor: there has never been a policy.
if [ ! -e "$state/current.nft" ] && [ ! -e "$state/current.json" ] && [ ! -e "$state/previous.nft" ] && load floor; then
  say 5 "the configured floor is in force: there is no policy yet"
  exit 0
fi
load current && exit 0
load previous && { say 2 "the last policy could not be loaded: the one before it is in force"; exit 1; }
[ -e "$state/floor.nft" ] && load floor && { say 2 "no policy could be loaded: the configured floor is in force"; exit 1; }
say 1 "no policy could be loaded: this host is open until bulkhead-agent enforces one"
exit 1
