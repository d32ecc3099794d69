# Debian's way to speak with systemd, as debhelper does it: the administrator's choices outlive an upgrade, and a system without systemd is none of our business.
enable_unit() {
  command -v deb-systemd-helper >/dev/null || return 0
  deb-systemd-helper unmask "$1" >/dev/null || true
  if deb-systemd-helper --quiet was-enabled "$1"; then deb-systemd-helper enable "$1" >/dev/null || true
  else deb-systemd-helper update-state "$1" >/dev/null || true; fi
}
with_systemd() { [ -d /run/systemd/system ]; }
reload_manager() { ! with_systemd || systemctl --system daemon-reload >/dev/null || true; }
start_unit() { ! with_systemd || deb-systemd-invoke start "$1" >/dev/null || true; }
restart_unit() { ! with_systemd || deb-systemd-invoke restart "$1" >/dev/null || true; }
stop_unit() { ! with_systemd || deb-systemd-invoke stop "$1" >/dev/null || true; }
forget_unit() {
  # What the administrator enabled, Debian's helper does not know of.
  rm -f /etc/systemd/system/*.wants/"$1"
  command -v deb-systemd-helper >/dev/null || return 0
  deb-systemd-helper purge "$1" >/dev/null || true
  deb-systemd-helper unmask "$1" >/dev/null || true
}
