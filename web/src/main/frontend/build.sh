#!/bin/sh
# Builds or tests the dashboard as a step of the Maven build:  build.sh package|test
#
# A stamp holds the hash of everything that goes in, so that an unchanged dashboard costs nothing.
set -eu

task=$1
cd "$(dirname "$0")"
target=../../../target

if [ "$task" = test ] && [ "${SKIP_TESTS:-false}" = true ]; then
    exit 0
fi

wanted="Node.js 20.19 or newer with npm is needed to build the dashboard (or build without it: -Dui.skip)"
if ! command -v node >/dev/null 2>&1 || ! command -v npm >/dev/null 2>&1; then
    echo "node: not found. $wanted" >&2
    exit 1
fi
if ! node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)'; then
    echo "node: $(node --version). $wanted" >&2
    exit 1
fi

lock=$(node scripts/hash.mjs package.json package-lock.json)
inputs=$(node scripts/hash.mjs . ../resources/openapi.yaml)

if [ "$(cat "$target/dashboard.$task.stamp" 2>/dev/null || true)" = "$inputs" ]; then
    if [ "$task" = test ] || [ -f "$target/classes/dashboard/index.html" ]; then
        exit 0
    fi
fi

if [ "$(cat node_modules/.lock.stamp 2>/dev/null || true)" != "$lock" ]; then
    echo "dashboard: installing packages"
    npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
    echo "$lock" >node_modules/.lock.stamp
fi

case $task in
package)
    echo "dashboard: building"
    npm run --silent build
    ;;
test)
    echo "dashboard: testing"
    npm run --silent check
    npm run --silent test
    ;;
*)
    echo "task: $task (expected: package or test)" >&2
    exit 2
    ;;
esac
mkdir -p "$target"
echo "$inputs" >"$target/dashboard.$task.stamp"
