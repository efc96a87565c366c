#!/bin/sh
# From nothing to a GGUF:  sh models/recipe/run.sh [FOLDER] [TOKENS] [SEED]
# Needs Debian's python3-torch, python3-numpy, python3-regex, libopenblas0-pthread and g++. Ended half-way, it goes on
# where it was when it is started again. The one dial is TOKENS: twice as many take twice as long.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
out=${1:-/tmp/moult-train}
tokens=${2:-20e6}
rounding=${ROUNDING:-2400e3}
seed=${3:-1}
python=${PYTHON:-/usr/bin/python3}
workers=${WORKERS:-$(nproc)}

"$python" -c "import torch, numpy, regex" || {
  echo "Install first: apt-get install python3-torch python3-numpy python3-regex libopenblas0-pthread g++" >&2
  exit 1
}
# Large activations come from the heap, not from fresh pages: without this half of the time goes into page faults.
export MALLOC_MMAP_THRESHOLD_=4000000000 MALLOC_TRIM_THRESHOLD_=8000000000 MALLOC_TOP_PAD_=500000000
export MOULT_TRAIN="$out" PYTHONDONTWRITEBYTECODE=1
mkdir -p "$out"
cd "$here"
"$python" apart.py
[ -f "$out/tokenizer.json" ] || "$python" tokenizer.py "$out/tokenizer.json"
resume=
[ -f "$out/model.pt" ] && resume=--resume
nice -n 19 "$python" train.py --out "$out" --tokens "$tokens" --seed "$seed" --workers "$workers" $resume
"$python" gguf.py "$out/model.pt" "$out/tokenizer.json" "$out/moult-mini.gguf" q8_0
# Once more with its weights rounded to four bits in every step; what is learnt is mostly what the unrounded ones say, and a
# quarter what stands there: a file of less than a third of F16's size.
mkdir -p "$out/rounded"
resume=
[ -f "$out/rounded/model.pt" ] && resume=--resume
nice -n 19 "$python" train.py --out "$out/rounded" --tokenizer "$out/tokenizer.json" --teacher "$out/model.pt" \
  --round q4_0 --tokens "$rounding" --decay 1 --easy-tokens 0 --muon 0.001 --adam 0.00015 --taught 0.75 --seed $((seed + 500)) \
  --workers "$workers" $resume
"$python" gguf.py "$out/rounded/model.pt" "$out/tokenizer.json" "$out/moult-mini.q4_0.gguf" q4_0
nice -n 19 "$python" checks/rounding.py "$out/tokenizer.json" "$out/model.pt" "$out/rounded/model.pt"
"$python" plot.py "$out/log.jsonl" "$out/loss.svg" || true
