#!/usr/bin/env bash
# Builds www/pkg: the Rust core as WebAssembly with its JavaScript binding, optimized, and checked to hold SIMD.
# usage: tools/build.sh
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH="$PWD/.tools/bin:$PATH"

# So much may the wasm weigh (bytes after gzip): what it has come to, so that it does not grow unnoticed.
# tests/js/page-weight.test.mjs counts the page as a whole.
most=745000
package=www/pkg
partial=$package.partial
binding=$partial/fishbowl_bg.wasm

die() { printf 'build: %s\n' "$*" >&2; exit 1; }


# Everything is made beside its place, so that a failed build leaves the old one whole.
rm -rf "$partial"
trap 'rm -rf "$partial"' EXIT
mkdir -p "$partial"
touch "$partial/.started"

# no-install: tools/setup.sh has put everything on PATH; wasm-pack would download what it misses.
wasm-pack --quiet build --release --target web --mode no-install --no-pack --no-opt --no-gitignore \
  --out-dir "$partial" --out-name fishbowl -- --locked

# The features that rustc uses for this target by default, and SIMD. wasm-opt would refuse what it is not told of.
features=(--enable-simd --enable-bulk-memory --enable-bulk-memory-opt --enable-nontrapping-float-to-int
  --enable-sign-ext --enable-mutable-globals --enable-multivalue --enable-reference-types)
node_modules/.bin/wasm-opt -O3 "${features[@]}" "$binding" -o "$binding.optimized"
mv "$binding.optimized" "$binding"

# A RUSTFLAGS in the environment silently replaces the flags of .cargo/config.toml: the page would work, at a third of
# its speed.
simd=$(node_modules/.bin/wasm-dis "${features[@]}" "$binding" | grep -c 'f32x4\.mul' || true)
[ "$simd" -gt 0 ] || die "the wasm holds no SIMD: is RUSTFLAGS set in the environment?"

raw=$(wc -c <"$binding")
packed=$(gzip -9 -n -c "$binding" | wc -c)
[ "$packed" -le "$most" ] || die "the wasm has $packed bytes after gzip, more than $most"

# Dated by the start of the build: a source that was changed meanwhile is newer, and make will build again.
touch -r "$partial/.started" "$binding"
rm "$partial/.started"
rm -rf "$package"
mv "$partial" "$package"
printf 'build: %s: %d bytes, %d after gzip, %d SIMD multiplications\n' "$package/${binding##*/}" "$raw" "$packed" "$simd"
