#!/bin/sh
# Builds each NAME.bpf.o from its NAME.bpf.c into the folder that is given, this one by default. Needs clang and llvm;
# only for those who change a program. Debug sections go, so that nothing of this machine is in an object; those stay
# that say where members of the kernel's structures are looked for.
set -eu
here=$(dirname "$0")
to=$(cd "${1:-$here}" && pwd)
cd "$here"
for source in *.bpf.c; do
  out=$to/$(basename "$source" .c).o
  clang -O2 -g -target bpf -mcpu=v2 -Wall -Wextra -Werror -fdebug-compilation-dir=. -c "$source" -o "$out"
  llvm-strip -g "$out"
  relocations=--remove-section=.BTF.ext
  if grep -q preserve_access_index "$source"; then relocations=; fi
  llvm-objcopy $relocations --remove-section .rel.BTF.ext --remove-section .llvm_addrsig "$out"
done
