#!/bin/sh
# How arguments are read out of requests, learned anew:  sh models/recipe/filling/run.sh [FOLDER]
# An hour on one core. Needs what the recipe needs. FOLDER gets reader.bin and reader.txt, and points.jsonl for the tests.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$here/../../..
out=${1:-$root/adapters/llama/filling}
points=${1:-$root/tests/adapters/llama/filling}/points.jsonl
python=${PYTHON:-/usr/bin/python3}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export PYTHONDONTWRITEBYTECODE=1
names="kit dev dev2 dev3 dev4 dev5 dev6 dev7 dev8 dev9 dev10 dev11 dev12 dev13 dev14 dev15 dev16 dev17 dev18 dev19 dev20 dev21 dev31 2"
for name in $names; do "$python" "$here/requests.py" "$name" 8 > "$work/$name.jsonl"; done
"$python" "$here/requests.py" 5 1 | awk 'NR % 60 == 1' > "$work/shown.jsonl"
(cd "$work" && bun "$here/see.ts" seen $(for name in $names shown; do echo "$name.jsonl"; done))
cp "$work/shown.jsonl" "$points"
"$python" "$here/learn.py" "$work/seen" "$out" $names --epochs 5 --points shown "$points"
