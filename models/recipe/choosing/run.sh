#!/bin/sh
# How requests and tools are matched, and what that counts among other numbers, learned anew:  sh models/recipe/choosing/run.sh
# An hour on one core. Needs what the recipe needs. Writes runtime/turn/matcher.bin, matcher.txt and agreement_weights.txt, and
# matcher_points.jsonl for the tests.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$here/../../..
python=${PYTHON:-/usr/bin/python3}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export PYTHONDONTWRITEBYTECODE=1
some="dev dev4 dev5 dev8 dev11 dev12 dev15 dev16 dev19 dev21 dev31"
others="dev2 dev3 dev6 dev7 dev9 dev10 dev13 dev14 dev17 dev18 dev20"
mkdir "$work/seen" "$work/unseen"
# shellcheck disable=SC2086 # names without spaces
"$python" "$here/requests.py" "$work/seen" $some $others
# shellcheck disable=SC2086
bun "$here/see.ts" "$work/seen" $some $others
# Two that know half of the writers each say how far one can be believed with writers it does not know.
# shellcheck disable=SC2086
"$python" "$here/learn.py" "$work/seen" "$work/some" $some --steps 4200 --check $others
# shellcheck disable=SC2086
"$python" "$here/learn.py" "$work/seen" "$work/others" $others --steps 5000 --check $some
# shellcheck disable=SC2086
"$python" "$here/learn.py" "$work/seen" "$root/runtime/turn" $some $others --steps 7000 --points "$root/tests/runtime/turn/matcher_points.jsonl"
for half in $some own kit; do ln -s "$work/others" "$work/unseen/$half"; done
for half in $others; do ln -s "$work/some" "$work/unseen/$half"; done
for half in $some $others; do "$python" "$here/../evaluation/strangers.py" "$half" 90 > "$work/$half.jsonl"; done
"$python" "$here/../evaluation/make.py" > "$work/own.jsonl"
"$python" "$here/../filling/requests.py" kit 8 | "$python" "$here/kit.py" > "$work/kit.jsonl"
cd "$root"
bun bench/agreement.ts "$work"/*.jsonl --unseen "$work/unseen" --write
