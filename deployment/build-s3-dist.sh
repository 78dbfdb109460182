#!/usr/bin/env bash
# deployment/build-s3-dist.sh <bucket> <solution-name> <version>
#
# Builds what is uploaded to the asset buckets and prints the next steps. Wrong arguments: usage and exit code 1; a build
# that fails leaves the output of the one before.
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"

# The usage must not cost an installation.
if [ $# -ne 3 ]; then
  echo "Three arguments are needed, $# given." >&2
  sed -n '/^export const USAGE = `/,/`;$/p' "$root/deployment/packaging/arguments.ts" | sed -e 's/^export const USAGE = `/\n/' -e 's/`;$//' >&2
  exit 1
fi
exec bash "$root/tools/run.sh" "$root/deployment/build.ts" "$@"
