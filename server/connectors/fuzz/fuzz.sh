#!/bin/sh
# Runs every target for so many seconds, each from its seeds and what earlier runs found: a panic, an input that takes longer
# than 5 seconds, and more than 1 GB of memory are faults, and the input is kept in artifacts/.
#   server/connectors/fuzz/fuzz.sh [SECONDS] [TARGET...]
# Without cargo-fuzz: the flags are those it would give. A nightly compiler is needed for them; nothing else is.
set -eu
cd "$(dirname "$0")"
seconds=${1:-60}
[ $# -eq 0 ] || shift
[ $# -gt 0 ] || set -- answers calls intake leads documents imports
export CARGO_TARGET_DIR="${FUZZ_TARGET_DIR:-$PWD/target}"
triple=$(rustc +nightly -vV | sed -n 's/^host: //p')
flags='-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 -Cllvm-args=-sanitizer-coverage-inline-8bit-counters
  -Cllvm-args=-sanitizer-coverage-pc-table -Cllvm-args=-sanitizer-coverage-trace-compares --cfg fuzzing -Ccodegen-units=1'
RUSTFLAGS="$(echo $flags)" cargo +nightly build --release --target "$triple" --bins
programs="$CARGO_TARGET_DIR/$triple/release"
for target in "$@"; do
  mkdir -p "artifacts/$target" "corpus/$target"
  echo "== $target, $seconds s"
  "$programs/$target" "corpus/$target" -artifact_prefix="artifacts/$target/" -max_total_time="$seconds" \
    -timeout=5 -rss_limit_mb=1024 -malloc_limit_mb=512 -max_len=16384 -print_final_stats=1 -verbosity=1 -close_fd_mask=0
done
