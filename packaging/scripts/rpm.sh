# Fedora's way to speak with systemd: presets say what is enabled, and a system without systemd is none of our business.
enable_unit() { ! command -v systemctl >/dev/null || systemctl --no-reload preset "$1" >/dev/null 2>&1 || true; }
with_systemd() { [ -d /run/systemd/system ]; }
reload_manager() { ! with_systemd || systemctl daemon-reload >/dev/null 2>&1 || true; }
start_unit() { ! with_systemd || ! systemctl --quiet is-enabled "$1" || systemctl start "$1" >/dev/null 2>&1 || true; }
restart_unit() { ! with_systemd || systemctl try-restart "$1" >/dev/null 2>&1 || true; }
stop_unit() {
  ! command -v systemctl >/dev/null || systemctl --no-reload disable "$1" >/dev/null 2>&1 || true
  ! with_systemd || systemctl stop "$1" >/dev/null 2>&1 || true
}
forget_unit() { :; }
