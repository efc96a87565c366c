#!/bin/sh
# What speaks for an argument, learned anew:  sh models/recipe/filling/run.sh [OUT.txt]
# Some minutes on one core. The strangers' requests count more, where there are few of one stranger: people speak like them.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
out=${1:-$here/../../../adapters/llama/filling/weights.txt}
python=${PYTHON:-/usr/bin/python3}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export PYTHONDONTWRITEBYTECODE=1
for seed in 2 3; do "$python" "$here/requests.py" "$seed" 8 > "$work/$seed.jsonl"; done
for half in dev dev2 dev3 dev4 dev5; do "$python" "$here/requests.py" "$half" > "$work/$half.jsonl"; done
bun "$here/learn.ts" "$out" --epochs 2 --kinds 2 "$work/2.jsonl" "$work/3.jsonl" \
  "$work/dev.jsonl*2" "$work/dev2.jsonl*2" "$work/dev3.jsonl*2" \
  "$work/dev4.jsonl" "$work/dev5.jsonl"
