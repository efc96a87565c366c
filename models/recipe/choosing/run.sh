#!/bin/sh
# How requests and tools are matched, and what that counts among other numbers, learned anew:  sh models/recipe/choosing/run.sh [ROOT]
# An hour on two cores: two networks learn the same from different beginnings. Needs what the recipe needs. Writes runtime/turn/matcher.bin, matcher.txt and agreement_weights.txt, and
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
exams="dev13 dev14 dev15"
mkdir "$work/seen"
# shellcheck disable=SC2086 # names without spaces
"$python" "$here/requests.py" "$work/seen" $first $later
# shellcheck disable=SC2086
bun "$here/see.ts" "$work/seen" $first $later
for seed in 1 2; do
    # shellcheck disable=SC2086
    "$python" "$here/learn.py" "$work/seen" "$work/$seed" $first --steps "${STEPS:-34000}" --seed "$seed" --check $later --points "$work/$seed/points.jsonl" &
    learning="${learning:-} $!"
done
for one in $learning; do wait "$one"; done
"$python" "$here/../joined.py" matcher "$root/runtime/turn" "$root/tests/runtime/turn/matcher_points.jsonl" "$work/1" "$work/2"
# Of writers that it knows it would be believed too much: what it counts is learned from others.
for half in $later; do "$python" "$here/../evaluation/strangers.py" "$half" "${CASES:-150}" > "$work/$half.jsonl"; done
for exam in $exams; do "$python" "$here/../evaluation/exams.py" "$exam" > "$work/exam_$exam.jsonl"; done
"$python" "$here/../filling/requests.py" kit 8 | "$python" "$here/kit.py" > "$work/kit.jsonl"
cp "$work/kit.jsonl" "$work/kit_again.jsonl" # every file counts the same: what comes with moult counts twice
cd "$root"
bun bench/agreement.ts "$work"/*.jsonl --write
