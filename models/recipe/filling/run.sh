#!/bin/sh
# How arguments are read out of requests, learned anew:  sh models/recipe/filling/run.sh [FOLDER]
# A quarter of an hour on one core. Needs what the recipe needs. FOLDER gets reader.bin and reader.txt.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
out=${1:-$here/../../../adapters/llama/filling}
python=${PYTHON:-/usr/bin/python3}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export PYTHONDONTWRITEBYTECODE=1
names="kit dev dev2 dev3 dev4 dev5 dev6 dev7 dev8 dev9 2"
for name in $names; do "$python" "$here/requests.py" "$name" 8 > "$work/$name.jsonl"; done
(cd "$work" && bun "$here/see.ts" seen $(for name in $names; do echo "$name.jsonl"; done))
"$python" "$here/learn.py" "$work/seen" "$out" $names --epochs 5
