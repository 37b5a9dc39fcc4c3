#!/usr/bin/env bash
# step.sh NAME COMMAND...: runs one step of a longer run and says what it was and how long it took.
set -euo pipefail
name=$1
shift
echo "== $name"
start=$SECONDS
code=0
"$@" || code=$?
[ "$code" = 0 ] && word=done || word="FAILED ($code)"
echo "== $name: $word after $((SECONDS - start)) s"
exit "$code"
