# What installing, upgrading and removing mean for the agent. Nothing here makes a rule; only a removal takes them away.
units="bulkhead-boot.service bulkhead-agent.service"

# The files are in place. The old agent may still run, and goes on where the new one does not start on this system at all.
check_new() {
  bulkhead-agent --version >/dev/null || {
    echo "bulkhead-agent: the new program does not start on this system; a running agent, and its rules, were left as they are" >&2
    return 1
  }
}

make_accounts_and_folders() {
  ! command -v systemd-sysusers >/dev/null || systemd-sysusers bulkhead-agent.conf || true
  ! command -v systemd-tmpfiles >/dev/null || systemd-tmpfiles --create bulkhead-agent.conf || true
}

# installed: for the first time, or again after a removal
installed() {
  check_new
  make_accounts_and_folders
  for unit in $units; do enable_unit "$unit"; done
  reload_manager
  start_unit bulkhead-agent.service
}

# upgraded: or downgraded. The rules stay while the agent restarts.
upgraded() {
  check_new
  make_accounts_and_folders
  for unit in $units; do enable_unit "$unit"; done
  reload_manager
  restart_unit bulkhead-agent.service
}

# removing: the program is still there. Whoever removes it wants no rules that nobody looks after.
removing() {
  for unit in bulkhead-agent.service bulkhead-boot.service; do stop_unit "$unit"; done
  if bulkhead-agent clear --yes --quiet ||
    { command -v nft >/dev/null && { ! nft list table inet bulkhead >/dev/null 2>&1 || nft delete table inet bulkhead; }; }; then
    echo "bulkhead-agent: this host is open: Bulkhead no longer filters its traffic"
  else
    echo "bulkhead-agent: Bulkhead's rules could not be taken away; they hold until 'nft delete table inet bulkhead', or a reboot" >&2
  fi
}
