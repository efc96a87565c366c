#!/bin/sh
# How requests and tools are matched, and what that counts among other numbers, learned anew:  sh models/recipe/choosing/run.sh [ROOT]
# Three quarters of an hour on one core. Needs what the recipe needs. Writes runtime/turn/matcher.bin, matcher.txt and agreement_weights.txt, and
# matcher_points.jsonl for the tests, here or in another copy of all this. STEPS and CASES: how long it learns, and from how many cases of a kind.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "${1:-$here/../../..}" && pwd)
python=${PYTHON:-/usr/bin/python3}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export PYTHONDONTWRITEBYTECODE=1
numbered() { seq -f 'dev%.0f' "$1" "$2" | tr '\n' ' '; }
first="dev $(numbered 2 23)$(numbered 26 75)own exam_dev1 exam_dev2 exam_dev3 exam_dev4 exam_dev5 exam_dev6"
later="dev24 dev25"
exams="dev7 dev8 dev9 dev10 dev11 dev12"
mkdir "$work/seen"
# shellcheck disable=SC2086 # names without spaces
"$python" "$here/requests.py" "$work/seen" $first $later
# shellcheck disable=SC2086
bun "$here/see.ts" "$work/seen" $first $later
# shellcheck disable=SC2086
"$python" "$here/learn.py" "$work/seen" "$root/runtime/turn" $first --steps "${STEPS:-23000}" --check $later \
    --points "$root/tests/runtime/turn/matcher_points.jsonl"
# Of writers that it knows it would be believed too much: what it counts is learned from others.
for half in $later; do "$python" "$here/../evaluation/strangers.py" "$half" "${CASES:-150}" > "$work/$half.jsonl"; done
for exam in $exams; do "$python" "$here/../evaluation/exams.py" "$exam" > "$work/exam_$exam.jsonl"; done
"$python" "$here/../filling/requests.py" kit 8 | "$python" "$here/kit.py" > "$work/kit.jsonl"
cp "$work/kit.jsonl" "$work/kit_again.jsonl" # every file counts the same: what comes with moult counts twice
cd "$root"
bun bench/agreement.ts "$work"/*.jsonl --write
