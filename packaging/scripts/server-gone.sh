# What is left once the server's files are gone.
removed() { reload_manager; }

# purged: and the estate's authority, accounts, policies and flows with it
purged() {
  forget_unit bulkhead-server.service
  rm -rf /var/lib/bulkhead-server /run/bulkhead-server
  rmdir --ignore-fail-on-non-empty /etc/bulkhead 2>/dev/null || true
}
