#!/usr/bin/env bash
# Builds WebAssembly files of the Rust crate with their JavaScript bindings into www/pkg, each optimized and measured:
# reader (reads drawings), labs (what the page asks), core (what its workers train with), binding (www/pkg/fishbowl.js, for
# pages of one's own).
# usage: tools/build.sh [reader|labs|core|binding]...      all four when none is named
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH="$PWD/.tools/bin:$PATH"

# So much may each weigh (bytes after gzip): what it has come to, so that it does not grow unnoticed.
# tests/js/page-weight.test.mjs counts the page as a whole.
declare -A most=([reader]=16600 [labs]=482000 [core]=441000 [binding]=294000)
declare -A names=([reader]=reader [labs]=labs [core]=core [binding]=fishbowl)
package=www/pkg
partial=

die() { printf 'build: %s\n' "$*" >&2; exit 1; }

# The features that rustc uses for this target by default, and SIMD. wasm-opt would refuse what it is not told of.
features=(--enable-simd --enable-bulk-memory --enable-bulk-memory-opt --enable-nontrapping-float-to-int
  --enable-sign-ext --enable-mutable-globals --enable-multivalue --enable-reference-types)

build() { # a feature of the crate
  local feature=$1 name=${names[$1]:-} profile=release level=-O3 wasm raw packed simd
  [ -n "$name" ] || die "\"$feature\" is none of: reader labs core binding"
  # Computes nothing for long.
  [ "$feature" != labs ] || { profile=labs; level='-O2 --shrink-level=1'; }
  # Everything is made beside its place, so that a failed build leaves the old one whole.
  partial=$package-$feature.partial
  rm -rf "$partial"
  mkdir -p "$partial" "$package"
  touch "$partial/.started"
  wasm=$partial/${name}_bg.wasm

  # no-install: tools/setup.sh has put everything on PATH; wasm-pack would download what it misses.
  wasm-pack --quiet build --profile "$profile" --target web --mode no-install --no-pack --no-opt --no-gitignore \
    --out-dir "$partial" --out-name "$name" -- --locked --no-default-features --features "$feature"
  # What is called from one place is not put there, and functions lie in the order of their names, so that those made from
  # one generic function lie side by side: for gzip the core is 4 % smaller, and it is no slower.
  # shellcheck disable=SC2086
  node_modules/.bin/wasm-opt $level --one-caller-inline-max-function-size=0 --reorder-functions-by-name "${features[@]}" \
    "$wasm" -o "$wasm.optimized"
  mv "$wasm.optimized" "$wasm"

  # A RUSTFLAGS in the environment silently replaces the flags of .cargo/config.toml: the page would work, at a third of
  # its speed.
  simd=$(node_modules/.bin/wasm-dis "${features[@]}" "$wasm" | grep -c 'f32x4\.mul' || true)
  [ "$feature" = labs ] || [ "$simd" -gt 0 ] || die "$wasm holds no SIMD: is RUSTFLAGS set in the environment?"

  raw=$(wc -c <"$wasm")
  packed=$(gzip -9 -n -c "$wasm" | wc -c)
  [ "$packed" -le "${most[$feature]}" ] || die "$feature has $packed bytes after gzip, more than ${most[$feature]}"

  # What the page shows before this file has come.
  [ "$feature" != labs ] || node tools/catalogue.mjs "$partial"

  # Dated by the start of the build: a source that was changed meanwhile is newer, and make will build again.
  touch -r "$partial/.started" "$wasm"
  rm "$partial/.started"
  mv -f "$partial"/* "$package"
  rmdir "$partial"
  printf 'build: %s/%s: %d bytes, %d after gzip, %d SIMD multiplications\n' \
    "$package" "${wasm##*/}" "$raw" "$packed" "$simd"
}

trap '[ -z "$partial" ] || rm -rf "$partial"' EXIT
[ $# -gt 0 ] || set -- reader labs core binding
for feature in "$@"; do build "$feature"; done
