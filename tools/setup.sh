#!/usr/bin/env bash
# Installs what this project builds and tests with, pinned, into .tools/ and node_modules/; a second run does nothing.
# usage: tools/setup.sh build|native|test      build: what the page needs; native: also what the native tests need, which
# is NumPy; test: the browser and its driver too
set -euo pipefail
cd "$(dirname "$0")/.."
tools=$PWD/.tools
wasm_pack=0.15.1
numpy=2.4.6
bindgen=$(sed -n '/^name = "wasm-bindgen"$/{n;s/version = "\(.*\)"/\1/p}' Cargo.lock)

say() { printf 'setup: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }
need() { command -v "$1" >/dev/null || die "$1 is missing: $2"; }

need cargo "install stable Rust with rustup"
need node "install Node.js 20 or newer, with npm"
need npm "install Node.js 20 or newer, with npm"
need cc "install a C compiler (Debian: build-essential)"

target=wasm32-unknown-unknown
if [ ! -d "$(rustc --print sysroot)/lib/rustlib/$target" ]; then
  need rustup "install the target $target for $(rustc --version) by hand"
  say "adding the Rust target $target"
  rustup target add "$target"
fi

# npm ci writes this file last, so its date says which lock the folder was made from.
if [ ! node_modules/.package-lock.json -nt package-lock.json ]; then
  say "installing the npm packages of package-lock.json"
  npm ci --no-audit --no-fund --ignore-scripts --loglevel=error
  touch node_modules/.package-lock.json
fi

# The tool itself need not be fast, the libraries that transform the wasm file must be: this mix builds quickest
# for the time the tool then takes.
install_tool() { # name, version, further arguments of cargo install
  local name=$1 version=$2; shift 2
  say "building $name $version (a few minutes, once)"
  CARGO_PROFILE_RELEASE_OPT_LEVEL=0 CARGO_TARGET_DIR="$tools/build" RUSTFLAGS="" \
    cargo install "$name" --version "$version" --root "$tools" --quiet "$@"
  rm -rf "$tools/build"
}

if [ "$("$tools/bin/wasm-bindgen" --version 2>/dev/null)" != "wasm-bindgen $bindgen" ]; then
  # --locked would ask for a version of webpki-roots that not every mirror has; without TLS it is not needed.
  install_tool wasm-bindgen-cli "$bindgen" --no-default-features \
    --config 'profile.release.package.walrus.opt-level=2' \
    --config 'profile.release.package.wasmparser.opt-level=2' \
    --config 'profile.release.package.gimli.opt-level=2' \
    --config 'profile.release.package.hashbrown.opt-level=2' \
    --config 'profile.release.package.wasm-bindgen-cli-support.opt-level=2'
fi
if [ "$("$tools/bin/wasm-pack" --version 2>/dev/null)" != "wasm-pack $wasm_pack" ]; then
  install_tool wasm-pack "$wasm_pack" --locked
fi

[ "${1:-build}" != build ] || exit 0

# The scripts that the page saves runs as need it, and so do their tests.
has_numpy() { PYTHONPATH="$tools/python" python3 -c "import numpy; assert numpy.__version__ == '$numpy'" 2>/dev/null; }
if ! has_numpy; then
  need python3 "install Python 3.11 or newer"
  python3 -m pip --version >/dev/null 2>&1 || die "pip is missing: install it for python3 (Debian: python3-pip)"
  say "installing NumPy $numpy"
  rm -rf "$tools/python"
  python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --no-deps --only-binary=:all: \
    --target "$tools/python" "numpy==$numpy"
  has_numpy || die "NumPy $numpy does not run with $(python3 --version)"
fi

[ "$1" = test ] || exit 0

has_browser() { command -v chromedriver >/dev/null && { command -v chromium || command -v google-chrome; } >/dev/null; }
if ! has_browser; then
  as_root=
  [ "$(id -u)" = 0 ] || as_root="sudo -n"
  if command -v apt-get >/dev/null && $as_root true 2>/dev/null; then
    say "installing Chromium and its driver with apt"
    $as_root apt-get update -qq
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium chromium-driver >/dev/null
  fi
  has_browser || die "the tests need Chromium (or Google Chrome) and the chromedriver of the same version on PATH; install both (Debian: chromium chromium-driver) and run again"
fi
