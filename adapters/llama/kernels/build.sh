#!/bin/sh
# The kernels beside this file, built anew:  sh adapters/llama/kernels/build.sh LLAMA_CPP [--check]
# LLAMA_CPP is a checkout of the llama.cpp that is installed (`bun moult bench decode` leaves one in .cache/llama.cpp-*/source).
# Needs cmake, a C++ compiler and Python; some five minutes on two cores. With GCC 12.2 of Debian 12 the files come out byte for byte;
# `--check` only compares: it ends with 1, and names what differs.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
check=${2:-}
variants="zen4 icelake alderlake haswell"
release=$(sed -n 's/.*"release":"\([^"]*\)".*/\1/p' "$here"/../../../node_modules/@node-llama-cpp/linux-x64/bins/linux-x64/_nlcBuildMetadata.json)
[ -n "$release" ] || { echo "The installed llama.cpp does not say which release it is" >&2; exit 1; }
into=$here/linux-x64-$release
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
source=$work/source
build=$work/build
mkdir "$source"
tar -C "$1" --exclude=./.git --exclude='./build*/*' -cf - . | tar -xf - -C "$source"
PYTHONDONTWRITEBYTECODE=1 python3 "$here/into_sources.py" "$source"
cmake -S "$source" -B "$build" -DCMAKE_BUILD_TYPE=Release \
  -DGGML_BACKEND_DL=ON -DGGML_CPU_ALL_VARIANTS=ON -DGGML_NATIVE=OFF -DGGML_LLAMAFILE=ON -DGGML_OPENMP=OFF \
  -DLLAMA_BUILD_COMMON=OFF -DLLAMA_BUILD_TESTS=OFF -DLLAMA_BUILD_EXAMPLES=OFF -DLLAMA_BUILD_TOOLS=OFF -DLLAMA_BUILD_SERVER=OFF \
  -DCMAKE_PLATFORM_NO_VERSIONED_SONAME=ON -DCMAKE_SKIP_RPATH=ON \
  -DCMAKE_C_FLAGS="-ffile-prefix-map=$source=. -ffile-prefix-map=$build=." \
  -DCMAKE_CXX_FLAGS="-ffile-prefix-map=$source=. -ffile-prefix-map=$build=." \
  -DCMAKE_MODULE_LINKER_FLAGS="-s -Wl,--build-id=none" > "$work/log"
cmake --build "$build" -j "$(nproc)" --target $(for name in $variants; do echo "ggml-cpu-$name"; done) >> "$work/log"
mkdir -p "$into"
differs=0
for name in $variants; do
  made=$build/bin/libggml-cpu-$name.so
  if [ -n "$check" ]; then cmp "$made" "$into/libggml-cpu-$name.so" || differs=1; else cp "$made" "$into/"; fi
done
exit $differs
