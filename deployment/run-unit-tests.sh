#!/usr/bin/env bash
# deployment/run-unit-tests.sh [--all]
#
# Sets itself up on a fresh clone and runs lint, type check, cfn-lint, a comparison of two builds, npm audit, and the ASL,
# template, unit and property tests; with --all also the integration tests on the local cloud. Every step runs, whatever failed
# before it; the last lines say which did, and what could not be checked here.
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
exec bash "$root/tools/run.sh" "$root/deployment/run-tests.ts" "$@"
