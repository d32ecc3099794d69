# What is left once the agent's files are gone.
units="bulkhead-boot.service bulkhead-agent.service"

removed() { reload_manager; }

# purged: and what the program made, too
purged() {
  for unit in $units; do forget_unit "$unit"; done
  rm -rf /var/lib/bulkhead /run/bulkhead
  # Nothing but what has just gone was the group's.
  ! command -v groupdel >/dev/null || groupdel bulkhead 2>/dev/null || true
  rmdir --ignore-fail-on-non-empty /etc/bulkhead 2>/dev/null || true
}
