#!/bin/sh
# Builds moult.bpf.o from moult.bpf.c into the folder that is given, this one by default. Needs clang and llvm; only
# for those who change the program. Debug sections go, so that nothing of this machine is in the object.
set -eu
here=$(dirname "$0")
out=${1:-$here}/moult.bpf.o
clang -O2 -g -target bpf -mcpu=v2 -Wall -Wextra -Werror -fdebug-compilation-dir=. -c "$here/moult.bpf.c" -o "$out"
llvm-strip -g "$out"
llvm-objcopy --remove-section .BTF.ext --remove-section .rel.BTF.ext --remove-section .llvm_addrsig "$out"
