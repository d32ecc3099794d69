# What is left once the server's files are gone.
removed() { reload_manager; }

# purged: and the estate's authority, accounts, policies and flows with it. Backups stay: whoever made them wanted to have them when all else is gone. So does the
# account, as Debian has it: its number must not become somebody else's while files are left that bear it.
purged() {
  forget_unit bulkhead-server.service
  rm -rf /var/lib/bulkhead-server /var/lib/bulkhead-server.before-* /var/lib/bulkhead-server.restoring
  rmdir --ignore-fail-on-non-empty /var/backups/bulkhead 2>/dev/null || true
}
