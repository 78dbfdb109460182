#!/usr/bin/env bash
# bash tools/run.sh <script.ts> [arguments]
#
# Runs a TypeScript tool of this repository on a fresh clone: checks that Node and Python are there, installs the npm
# packages when they are missing or older than the lock file, and hands over to the script. (The local cloud sets up its
# Python packages itself, when it is first started.)
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"

fail() {
  echo "$*" >&2
  exit 1
}

[ $# -ge 1 ] || fail "usage: bash tools/run.sh <script.ts> [arguments]"

command -v node >/dev/null || fail "Node.js 20.19 or newer is needed, and no 'node' was found on the PATH. Install it from https://nodejs.org and start again."
node -e 'const [major, minor] = process.versions.node.split(".").map(Number); process.exit(major > 20 || (major === 20 && minor >= 19) ? 0 : 1)' ||
  fail "Node.js 20.19 or newer is needed, and $(node --version) was found. Install a newer one from https://nodejs.org and start again."

python_is_good() {
  "$1" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))' >/dev/null 2>&1
}
found_python=""
for candidate in python3 python3.13 python3.12 python3.11 python3.10 python; do
  if command -v "$candidate" >/dev/null && python_is_good "$candidate"; then
    found_python="$candidate"
    break
  fi
done
if [ -z "$found_python" ]; then
  seen="no python3"
  if command -v python3 >/dev/null; then seen="$(python3 --version 2>&1), without a usable venv module or too old"; fi
  fail "Python 3.10 or newer with the venv module is needed for the local cloud; found: $seen. Install it (Debian/Ubuntu: apt-get install python3 python3-venv) and start again."
fi

# npm writes node_modules/.package-lock.json last, so a broken installation counts as none.
packages_are_current() {
  [ -f "$root/node_modules/.package-lock.json" ] && [ ! "$root/package-lock.json" -nt "$root/node_modules/.package-lock.json" ]
}

# Two commands started at once on a fresh clone: one installs, the other waits. mkdir is atomic everywhere.
if ! packages_are_current; then
  lock="$root/.npm-install.lock"
  until mkdir "$lock" 2>/dev/null; do
    holder="$(cat "$lock/pid" 2>/dev/null || true)"
    # A holder that is gone, also one that ended before it could write its process id.
    if [ -n "$holder" ] && ! kill -0 "$holder" 2>/dev/null; then rm -rf "$lock"
    elif [ -z "$holder" ] && [ -n "$(find "$lock" -maxdepth 0 -mmin +1 2>/dev/null)" ]; then rm -rf "$lock"
    else sleep 0.5; fi
  done
  trap 'rm -rf "$lock"' EXIT
  echo $$ >"$lock/pid"
  if ! packages_are_current; then
    echo "Installing npm packages (once per clone) ..." >&2
    (cd "$root" && npm ci --no-fund --no-audit --loglevel=error >&2) || fail "npm ci failed; its message is above."
    touch "$root/node_modules/.package-lock.json"
  fi
  rm -rf "$lock"
  trap - EXIT
fi

# The pinned SDK runs on Node 20; its reminder that later versions will not would drown what the tools print.
export AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED=true

# exec: signals and the exit code are the script's own.
exec node --import "file://$root/node_modules/tsx/dist/loader.mjs" "$@"
