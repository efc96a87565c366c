#!/bin/sh
# How arguments are read out of requests, learned anew:  sh models/recipe/filling/run.sh [FOLDER] [WORK]
# Half an hour on two cores: two networks learn the same from different beginnings. Needs what the recipe needs. FOLDER gets reader.bin
# and reader.txt, and points.jsonl for the tests. WORK keeps what was seen of the requests: what is there already is not looked at again.
# MINUTES=30: the learning rate falls so that learning ends by then.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$here/../../..
out=${1:-$root/adapters/llama/filling}
points=${1:-$root/tests/adapters/llama/filling}/points.jsonl
python=${PYTHON:-/usr/bin/python3}
work=${2:-$(mktemp -d)}
[ $# -gt 1 ] || trap 'rm -rf "$work"' EXIT
mkdir -p "$work" "$out"
export PYTHONDONTWRITEBYTECODE=1
numbered() { seq -f 'dev%.0f' "$1" "$2" | tr '\n' ' '; }
first="kit dev $(numbered 2 21)"
exams="$(seq -f 'exam_dev%.0f' 1 12 | tr '\n' ' ')"
last="$(numbered 22 23)$(numbered 26 75)own $exams"
kept="dev24 dev25" # to believe
# shellcheck disable=SC2086 # names without spaces
"$python" "$here/said_values.py" ${first#kit } ${last%"$exams"} > "$root/adapters/llama/filling/said_values.txt"
new=
for name in $first 2 $last $kept; do
    [ -e "$work/seen/$name.candidates" ] && continue
    "$python" "$here/requests.py" "$name" 8 > "$work/$name.jsonl"
    new="$new $name.jsonl"
done
"$python" "$here/requests.py" 5 1 | awk 'NR % 60 == 1' > "$work/shown.jsonl"
(cd "$work" && bun "$here/see.ts" seen $new shown.jsonl)
for seed in 1 2; do
    mkdir -p "$work/$seed"
    cp "$work/shown.jsonl" "$work/$seed/points.jsonl"
    # shellcheck disable=SC2086
    "$python" "$here/learn.py" "$work/seen" "$work/$seed" $first 2 $last --epochs 4 --seed "$seed" ${MINUTES:+--minutes "$MINUTES"} \
        --points shown "$work/$seed/points.jsonl" --check $kept &
    learning="${learning:-} $!"
done
for one in $learning; do wait "$one"; done
"$python" "$here/../joined.py" reader "$out" "$points" "$work/1" "$work/2"
