#!/bin/sh
# How requests and tools are matched, and what that counts among other numbers, learned anew:  sh models/recipe/choosing/run.sh [WORK]
# Twenty minutes on one core. Needs what the recipe needs. Writes runtime/turn/matcher.bin, matcher.txt and agreement_weights.txt,
# and matcher_points.jsonl for the tests. WORK keeps what is made on the way, and a matcher in WORK/first is not learned again:
# STEPS and MORE are how long the first and the second time take.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$here/../../..
python=${PYTHON:-/usr/bin/python3}
work=${1:-$(mktemp -d)}
[ $# -gt 0 ] || trap 'rm -rf "$work"' EXIT
export PYTHONDONTWRITEBYTECODE=1
first="dev dev2 dev3 dev4 dev5 dev6 dev7 dev8 dev9 dev10 dev11 dev12 dev13 dev14 dev15 dev16 dev17 dev18 dev19 dev20 dev21"
later="dev23 dev24 dev26 dev27 dev28 dev29 dev30"
never="dev22 dev25" # what these say of it can be believed
mkdir -p "$work/seen" "$work/unseen"
# shellcheck disable=SC2086 # names without spaces
"$python" "$here/requests.py" "$work/seen" $first $later $never
"$python" "$here/../filling/requests.py" kit 8 > "$work/kit_requests.jsonl"
"$python" "$here/requests.py" "$work/seen" kit < "$work/kit_requests.jsonl"
# shellcheck disable=SC2086
bun "$here/see.ts" "$work/seen" $first $later $never kit
# shellcheck disable=SC2086
[ -e "$work/first/matcher.txt" ] ||
    "$python" "$here/learn.py" "$work/seen" "$work/first" $first --steps "${STEPS:-7000}" --check $never
# Of writers that it knows it would be believed too much: what it counts is learned from those that it did not know at first.
for half in $later; do "$python" "$here/../evaluation/strangers.py" "$half" 150 > "$work/$half.jsonl"; done
"$python" "$here/kit.py" < "$work/kit_requests.jsonl" > "$work/kit.jsonl"
for half in $later kit; do ln -sfn "$work/first" "$work/unseen/$half"; done
cd "$root"
# shellcheck disable=SC2046
bun bench/agreement.ts $(for half in $later kit; do echo "$work/$half.jsonl"; done) --unseen "$work/unseen" --write
# The later ones are named twice: they are seen twice as often.
# shellcheck disable=SC2086
"$python" "$here/learn.py" "$work/seen" runtime/turn $first $later $later kit --from "$work/first" --steps "${MORE:-1600}" \
    --check $never --points tests/runtime/turn/matcher_points.jsonl
