#!/bin/sh
# Builds each NAME.bpf.o from its NAME.bpf.c into the folder that is given, this one by default. Needs clang and llvm;
# only for those who change a program. Debug sections go, so that nothing of this machine is in an object.
set -eu
here=$(dirname "$0")
for source in "$here"/*.bpf.c; do
  out=${1:-$here}/$(basename "$source" .c).o
  clang -O2 -g -target bpf -mcpu=v2 -Wall -Wextra -Werror -fdebug-compilation-dir=. -c "$source" -o "$out"
  llvm-strip -g "$out"
  llvm-objcopy --remove-section .BTF.ext --remove-section .rel.BTF.ext --remove-section .llvm_addrsig "$out"
done
