#!/bin/sh
# Tests a target in any pipeline: the options come from the environment, credentials too. The exit code is the verdict.
set -ef  # f: a * among the options is not a file
set -- --target "$P99_TARGET" --require "${P99_REQUIRE:-none}" --report-dir "${P99_REPORT_DIR:-reports}"
if [ -n "$P99_COMMIT" ]; then set -- "$@" --label "commit=$P99_COMMIT"; fi
if [ -n "$P99_WAIVERS" ]; then set -- "$@" --waivers "$P99_WAIVERS"; fi
p99-conformance run "$@" $P99_OPTIONS
if [ -n "$P99_BASELINE" ]; then
  p99-conformance gate "${P99_REPORT_DIR:-reports}" --baseline "$P99_BASELINE"
fi
