#!/bin/sh
# Makes runtime/turn/word_vectors.{txt,bin} of three packages of npm: `sh models/recipe/vectors/run.sh [DIR]`. Needs python3-numpy.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=${1:-/tmp/moult-vectors}
mkdir -p "$work"
cd "$work"
while read -r name version sum; do
  [ -d "$name" ] && continue
  npm pack --silent "$name@$version" > /dev/null
  echo "$sum  $name-$version.tgz" | sha256sum -c
  mkdir -p "$name"
  tar xzf "$name-$version.tgz" -C "$name" --strip-components 1
done < "$here/packages.txt"
python3 "$here/make.py" "$work"
