"""Puts k_quants.h into a copy of llama.cpp's sources:  python3 into_sources.py LLAMA_CPP

Where the sources have changed so that it does not fit any more, it says so and ends with 1.
"""
import os
import shutil
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
GUARD = "#ifdef MOULT_K_QUANTS\n"
ARGUMENTS = "(int n, float * GGML_RESTRICT s, size_t bs, const void * GGML_RESTRICT vx, const void * GGML_RESTRICT vy, int nr, int nc) {\n"
NEAREST = "static inline int nearest_int("
ROWS_LEFT = "        for (int iter = nrows - (nrows % 4); iter < nrows; iter++) {\n"
AT_ONCE = """            // All rows that are left over at once.
            if ((std::is_same<BLOC_TYPE, block_q4_K>::value || std::is_same<BLOC_TYPE, block_q6_K>::value) && INTER_SIZE == 8 && NB_COLS == 8) {
                gemv<BLOC_TYPE, INTER_SIZE, NB_COLS, PARAM_TYPE>(ne00, (float *) (dst_ptr + (iter * nb1)) + src0_start, nb1 / nb0,
                                                                 src0_ptr + src0_start * nb01, src1_ptr + (src1_col_stride * iter),
                                                                 nrows - iter, ncols);
                break;
            }
"""
IS_Q6 = "    } else if (cur->type == GGML_TYPE_Q6_K) {\n"
# Words' vectors that serve as the output too would lie in memory twice.
TAKEN = '        if (cur->ne[1] % 8 == 0 && strncmp(cur->name, "token_embd", 10) != 0) return &q6_K_8x8_q8_K;\n'


# One row of Q4_K waits for memory alone, and llama.cpp's own function waits a little less.
def calls(kind, end="", rows_min=1):
    for name in ("gemv", "gemm"):
        head = f"void ggml_{name}_q{kind}_K_8x8_q8_K{end}{ARGUMENTS}"
        yield head, f"{head}{GUARD}    if (nr >= {rows_min}) return moult::{name}<moult::Q{kind}>(n, s, bs, vx, vy, nr, nc);\n#endif\n"


def changed(path, pairs):
    text = open(path, encoding="utf-8").read()
    for before, after in pairs:
        if text.count(before) != 1:
            sys.exit(f"{path} is not as expected: {before.strip()}")
        text = text.replace(before, after)
    open(path, "w", encoding="utf-8").write(text)


def main(sources):
    folder = os.path.join(sources, "ggml/src/ggml-cpu")
    shutil.copy(os.path.join(HERE, "k_quants.h"), folder)
    changed(os.path.join(folder, "arch/x86/repack.cpp"), [(NEAREST, f'#include "../../k_quants.h"\n\n{NEAREST}'), *calls(4, rows_min=2)])
    kept = [(ROWS_LEFT, f"{ROWS_LEFT}{GUARD}{AT_ONCE}#endif\n"), (IS_Q6, f"{IS_Q6}{GUARD}{TAKEN}#endif\n")]
    changed(os.path.join(folder, "repack.cpp"), [(NEAREST, f'#include "k_quants.h"\n\n{NEAREST}'), *calls(6, "_generic"), *kept])


if __name__ == "__main__":
    main(sys.argv[1])
