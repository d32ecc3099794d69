# What installing, upgrading and removing mean for the server. It is not started unasked: it opens ports, and many install the package for the command alone.
check_new() {
  bulkhead --version >/dev/null || {
    echo "bulkhead-server: the new program does not start on this system; a running server was left as it is" >&2
    return 1
  }
}

make_accounts_and_folders() {
  ! command -v systemd-sysusers >/dev/null || systemd-sysusers bulkhead-server.conf || true
  ! command -v systemd-tmpfiles >/dev/null || systemd-tmpfiles --create bulkhead-server.conf || true
}

installed() {
  check_new
  make_accounts_and_folders
  reload_manager
}

upgraded() {
  check_new
  make_accounts_and_folders
  reload_manager
  restart_unit bulkhead-server.service
}

removing() { stop_unit bulkhead-server.service; }
