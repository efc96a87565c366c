#!/bin/sh
# How requests and tools are matched, and what that counts among other numbers, learned anew:  sh models/recipe/choosing/run.sh [ROOT]
# Twenty minutes on one core. Needs what the recipe needs. Writes runtime/turn/matcher.bin, matcher.txt and agreement_weights.txt, and
# matcher_points.jsonl for the tests, here or in another copy of all this. STEPS and CASES: how long it learns, and from how many cases of a kind.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "${1:-$here/../../..}" && pwd)
python=${PYTHON:-/usr/bin/python3}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export PYTHONDONTWRITEBYTECODE=1
first="dev dev2 dev3 dev4 dev5 dev6 dev7 dev8 dev9 dev10 dev11 dev12 dev13 dev14 dev15 dev16 dev17 dev18 dev19 dev20 dev21"
later="dev23 dev24 dev26 dev27 dev28 dev29 dev30"
never="dev22 dev25" # what these say of it can be believed
mkdir "$work/seen"
# shellcheck disable=SC2086 # names without spaces
"$python" "$here/requests.py" "$work/seen" $first $never
# shellcheck disable=SC2086
bun "$here/see.ts" "$work/seen" $first $never
# shellcheck disable=SC2086
"$python" "$here/learn.py" "$work/seen" "$root/runtime/turn" $first --steps "${STEPS:-7000}" --check $never \
    --points "$root/tests/runtime/turn/matcher_points.jsonl"
# Of writers that it knows it would be believed too much: what it counts is learned from others.
for half in $later; do "$python" "$here/../evaluation/strangers.py" "$half" "${CASES:-150}" > "$work/$half.jsonl"; done
"$python" "$here/../filling/requests.py" kit 8 | "$python" "$here/kit.py" > "$work/kit.jsonl"
cd "$root"
bun bench/agreement.ts "$work"/*.jsonl --write
